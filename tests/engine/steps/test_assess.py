"""测评: who rates, when it may be summed up, and what it comes to, against fractions."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import steps
from engine.diagram.model import Node, Scope
from engine.refusal import Invalid, Overtaken
from engine.steps import Seat, SettingError, Submission, period
from engine.steps.assess import SETTINGS, Rated, conclude, require_closable, require_room
from engine.steps.kind import MEMBER, ORGANISER, RECORDER
from engine.working_days import WEEKDAYS_ONLY

KIND = steps.kind("assess")
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
USUAL = {"from": "村民代表", "pass": "至少 3/5 收回票"}


def node(**properties: str) -> Node:
    settings = USUAL | properties
    settings = {"kind": "assess"} | {name: value for name, value in settings.items() if value}
    return Node("rate", "userTask", "满意度测评", Scope("p"), lane="文书", properties=settings)


def frozen(parameters: dict[str, Any] | None = None, **properties: str) -> dict[str, Any]:
    return period.opened(KIND.freeze(node(**properties), parameters or {}), NOW, WEEKDAYS_ONLY)


def seats(*people: int) -> list[Seat]:
    return [Seat(ORGANISER, ("文书",)), Seat(RECORDER, ("文书",)), Seat(MEMBER, ("村民代表",), people)]


def rate(person: int | None, score: str = "满意") -> Submission:
    return Submission({"评价": score, "意见": ""}, person, MEMBER, "rate", NOW)


def batch(**counts: int) -> Submission:
    return Submission({**counts, "意见": "", "照片": []}, 99, ORGANISER, "add_batch", NOW)


def close(at: datetime = NOW) -> Submission:
    return Submission({"说明": ""}, 99, ORGANISER, "close", at)


def played(settings: dict[str, Any], among: list[Seat], *acts: Submission) -> dict[str, Any] | None:
    for number, act in enumerate(acts):
        KIND.accept(settings, among, acts[:number], act)
    return KIND.result(settings, among, acts)


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"from": ""}, "没有写“由谁测评”（from）"),
        ({"from": "public 村民代表"}, "不要再选别的身份"),
        ({"pass": ""}, "没有写“怎样算合格”"),
        ({"pass": "至少 60%"}, "看不懂"),
        ({"pass": "至少 3/5 到会"}, "基数只能是"),
        ({"pass": "至少 3/5 应参评", "from": "public"}, "没有应参评的名册"),
        ({"scores": "好"}, "至少要写两档"),
        ({"scores": "好 好"}, "不能重复"),
        ({"scores": "好 照片"}, "不能叫照片"),
        ({"satisfied": "优秀"}, "不在各档"),
        ({"satisfied": "满意 基本满意 不满意"}, "不能是全部"),
        ({"least": "三", "until": "7d"}, "整数"),
        ({"least": "3"}, "再写“测评多久”"),
        ({"until": "一周"}, "“测评多久”"),
        ({"pass": "至少 {满意率} 收回票"}, "参数“满意率”不存在"),
    ],
)
def test_what_a_designer_can_set_wrong(change: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        frozen(**change)
    assert [said in problem.message for problem in KIND.check(node(**change), {}, {})] == [True]


def test_settings_are_frozen_with_parameters() -> None:
    settings = frozen(
        {"满意率": "3/5", "人数": 20}, **{"pass": "至少 {满意率} 收回票", "least": "{人数}", "until": "7d"}
    )
    assert settings["pass"] == ["至少 3/5 收回票"] and settings["least"] == 20
    assert set(SETTINGS) == set(settings) - {"until_at"}
    assert settings["satisfied"] == ["满意", "基本满意"]
    assert frozen(scores="好 不好")["satisfied"] == ["好"]


def test_the_public_are_all_who_live_in_the_village() -> None:
    found = {
        seat.name: seat.designations
        for seat in KIND.seats(frozen(**{"from": "public"}), "文书", lambda _: [])
    }
    assert found[MEMBER] == ("村民",)


# ---------------------------------------------------------------- rating


def test_everybody_rates_and_it_is_summed_up() -> None:
    acts = [rate(1), rate(2, "基本满意"), rate(3, "不满意"), close()]
    result = played(frozen(), seats(1, 2, 3), *acts)
    assert result == {
        "结论": "满意",
        "参评": 3,
        "应参评": 3,
        "满意": 2,
        "满意率": "2/3",
        "各档": {"满意": 1, "基本满意": 1, "不满意": 1},
        "依据": ["满意 2 × 5 ≥ 收回票 3 × 3"],
        "说明": "",
        "办理人": [99],
    }


def test_nobody_rates_twice_but_may_take_it_back() -> None:
    among = seats(1, 2)
    with pytest.raises(Overtaken, match="每人只评一次"):
        played(frozen(), among, rate(1), rate(1, "不满意"))
    again = Submission({}, 1, MEMBER, "withdraw", NOW)
    result = played(frozen(), among, rate(1), again, rate(1, "不满意"), close())
    assert result is not None and result["各档"] == {"满意": 0, "基本满意": 0, "不满意": 1}
    with pytest.raises(Invalid, match="没有可以撤回的"):
        played(frozen(), among, rate(1), Submission({}, 2, MEMBER, "withdraw", NOW))


def test_paper_counts_with_what_was_rated_by_hand() -> None:
    result = played(frozen(), seats(*range(30)), rate(1), batch(满意=10, 不满意=8), close())
    assert result is not None and (result["参评"], result["满意率"], result["结论"]) == (
        19,
        "11/19",
        "不满意",
    )


def test_there_are_not_more_papers_than_people() -> None:
    with pytest.raises(Invalid, match="应参评 3 人，已经收到 1 份，再加 3 份"):
        played(frozen(), seats(1, 2, 3), rate(1), batch(满意=3))
    require_room(Rated({"满意": 500}, 0), 500)  # the public has no register to compare with
    corrected = Submission({"编号": "1"}, 99, ORGANISER, "withdraw", NOW)
    result = played(frozen(), seats(1, 2, 3), batch(满意=3), corrected, batch(满意=2), close())
    assert result is not None and result["参评"] == 2


def test_a_batch_says_something() -> None:
    assert KIND.faults(frozen(), {"满意": None, "基本满意": 0, "不满意": None}) != {}
    assert KIND.faults(frozen(), {"满意": None, "基本满意": None, "不满意": 1}) == {}


# ---------------------------------------------------------------- summing up


def test_without_a_single_rating_there_is_nothing_to_sum_up() -> None:
    with pytest.raises(Invalid, match="还没有人评价"):
        played(frozen(), seats(1), close())


def test_before_the_period_is_over_enough_must_have_rated() -> None:
    settings = frozen(least="3", until="7d")
    with pytest.raises(Invalid, match="至少要有 3 人参评，现在 2 人。测评到 3 月 9 日 24:00为止"):
        played(settings, seats(1, 2, 3, 4), rate(1), rate(2), close())
    assert played(settings, seats(1, 2, 3, 4), rate(1), rate(2), rate(3), close())


def test_after_the_period_too_few_is_an_outcome() -> None:
    settings = frozen(least="3", until="7d")
    later = close(NOW + timedelta(days=8))
    result = played(settings, seats(1, 2, 3, 4), rate(1), rate(2), later)
    assert result is not None and result["结论"] == "参评不足"
    nobody = played(settings, seats(1, 2), later)
    assert nobody is not None and (nobody["结论"], nobody["满意率"]) == ("参评不足", "")


@given(
    st.lists(st.integers(0, 60), min_size=3, max_size=3),
    st.integers(0, 40),
    st.fractions(Fraction(1, 12), 1, max_denominator=12),
    st.booleans(),
    st.sampled_from(["收回票", "应参评"]),
    st.integers(0, 30),
)
def test_the_outcome_is_that_of_fractions(
    counts: list[int], absent: int, share: Fraction, strict: bool, base: str, least: int
) -> None:
    strict = strict and share < 1
    text = f"{'超过' if strict else '至少'} {share.numerator}/{share.denominator} {base}"
    settings = frozen(**{"pass": text, "least": str(least), "until": "7d"})
    number, good = sum(counts), counts[0] + counts[1]
    rated = Rated(dict(zip(settings["scores"], counts, strict=True)), number + absent)
    reached = conclude(settings, rated, {})["结论"]
    whole = number if base == "收回票" else number + absent
    if number < max(1, least):
        assert reached == "参评不足"
        with pytest.raises(Invalid):
            require_closable(settings, rated, NOW)
        return
    rate = Fraction(good, whole)
    assert reached == ("满意" if (rate > share if strict else rate >= share) else "不满意")
    require_closable(settings, rated, NOW)


def test_the_designers_page_tells_every_setting_act_and_field() -> None:
    told = Path("docs/办理方式/assess.md").read_text("utf-8")
    settings = frozen()
    for name in (*SETTINGS, *(a.name for a in KIND.actions(settings, {})), *KIND.fields(settings, {})):
        assert f"| `{name}` |" in told, name
    assert all(f"`{outcome}`" in told for outcome in KIND.outcomes(settings))
