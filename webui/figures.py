"""The columns of the statistics, once for the page and the Excel file: what they are called, and what they say."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from engine.queries.statistics import Figures

Value = int | Fraction | None
NUMBER, CHANGE, SHARE = "number", "change", "share"


@dataclass(frozen=True)
class Column:
    """`group`: the heading over several columns, or the column's own where `title` is empty."""

    group: str
    title: str
    kind: str
    value: Callable[[Figures], Value]


COLUMNS = (
    Column("意见建议（条）", "本期", NUMBER, lambda f: f.opinions),
    Column("意见建议（条）", "比上年", CHANGE, lambda f: f.more[0]),
    Column("召开村代会（次）", "本期", NUMBER, lambda f: f.meetings),
    Column("召开村代会（次）", "比上年", CHANGE, lambda f: f.more[1]),
    Column("议成（项）", "本期", NUMBER, lambda f: f.resolved),
    Column("议成（项）", "比上年", CHANGE, lambda f: f.more[2]),
    Column("推行村（个）", "行政村", NUMBER, lambda f: f.villages),
    Column("推行村（个）", "推行", NUMBER, lambda f: f.using),
    Column("推行村（个）", "占比", SHARE, lambda f: Fraction(f.using, f.villages) if f.villages else None),
    Column("村级党组织（个）", "", NUMBER, lambda f: f.parties),
)
GATHERING_COLUMNS = ("会议名称", "召开（次）", "比上年", "议成（项）", "比上年")
NOTES = (
    "意见建议：征求意见、公示反馈中收到的，本人、户码、纸上录入的都算，一条算一条，按收到的日子；撤回的不算，公开渠道来的核对采用后才算。",
    "村代会：名称是村民代表会议（村代会）、开成了的会，按开会的日子；到会不够、取消的不算。",
    "议成：在村代会上表决通过的议案，逐项计；选举不算。",
    "比上年：与上年同一时段比。时段还没有过完的，只比到今天为止的日子。",
    "推行村：时段内有办件开始或者在办的行政村（屋场的算在村里）。占比的分母是行政村总数。",
    "村级党组织：时段最后一天有书记在任的村。它和行政村是两个口径，不能混用。",
    "“本级”一行是本单位自己的事收到的意见等，不属于下面哪一个。各单位按固定次序排列，不排名。",
)


def headings() -> list[tuple[str, list[Column]]]:
    """The groups of columns in order."""
    return [(group, list(columns)) for group, columns in groupby(COLUMNS, lambda column: column.group)]


def said(kind: str, value: Value) -> str:
    """1,234; +56, −7, 0; 87%; – where there is nothing to say."""
    if value is None:
        return "–"
    if kind == SHARE:
        return f"{_nearest(100 * value)}%"
    if kind == CHANGE and value:
        return f"{'+' if value > 0 else '−'}{abs(value):,}"
    return f"{value:,}"


def _nearest(value: Value) -> int:
    assert value is not None
    return int(value + Fraction(1, 2))
