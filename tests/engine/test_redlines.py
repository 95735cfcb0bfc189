"""The red lines: the law's numbers as data, compared without a division (FD-6)."""

from fractions import Fraction
from pathlib import Path

import pytest

from engine.redlines import PROCESSES, Redlines, redlines


@pytest.mark.parametrize(
    ("key", "fraction", "inclusive", "base"),
    [
        ("村代会到会", "2/3", True, "组成人员"),
        ("村代会通过", "1/2", False, "到会组成人员"),
        ("村民会议到会", "1/2", False, "全体"),
        ("村民会议户代表到会", "2/3", True, "户"),
        ("村民小组会议到会", "2/3", True, "全体"),
        ("一事一议代表农户", "2/3", True, "户"),
        ("八步表决通过", "2/3", True, "到会"),
        ("代表占组成人员", "4/5", True, "组成人员"),
        ("妇女代表", "1/3", True, "组成人员"),
    ],
)
def test_the_numbers_of_the_law(key: str, fraction: str, inclusive: bool, base: str) -> None:
    threshold = redlines().thresholds[key]
    assert (threshold.fraction, threshold.inclusive, threshold.base) == (Fraction(fraction), inclusive, base)


def test_thresholds_include_or_exclude_the_fraction_itself() -> None:
    """BB-5.2's example: 13 of 19 is two thirds, and yet 13 of 26 is not more than half."""
    rules = redlines().thresholds
    assert rules["八步表决通过"].met(13, 19)
    assert not rules["村代会通过"].met(13, 26)
    assert rules["村代会通过"].met(14, 26)
    assert rules["村代会到会"].met(14, 21)
    assert not rules["村代会到会"].met(13, 21)
    assert rules["村代会到会"].met(2 * 10**30, 3 * 10**30)
    assert not rules["村代会到会"].met(2 * 10**30 - 1, 3 * 10**30)


def test_periods_and_retention() -> None:
    rules = redlines()
    assert rules.periods["决议公示"].at_least == "7d"
    assert rules.periods["民主评议"].at_most == "P1Y"
    assert rules.retention["views"] >= 180
    assert rules.law["in_force"].year == 2026


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('comparison = "至少"', 'comparison = "大约"'),
        ('fraction = "2/3"', 'fraction = "三分之二"'),
        ('scope = "单位"', 'scope = "全县"'),
        ("[retention]\nviews = 183", '[retention]\nviews = "半年"'),
        ("[law]", "[laws]"),
        ('quorum = ["八步到会"]', 'quorum = ["九步到会"]'),
        (
            'key = "决议公示"\ntitle = "决议公示至少多久"\nat_least = "7d"',
            'key = "决议公示"\ntitle = "x"\nat_least = "5wd"',
        ),
    ],
)
def test_mistakes_are_refused(tmp_path: Path, old: str, new: str) -> None:
    text = (PROCESSES / "redlines.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "redlines.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ValueError, match=r"redlines\.toml 写得不对"):
        Redlines.load(tmp_path)
