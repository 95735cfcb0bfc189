"""A scenario written down is read again as it was, and plays to the same end."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.redlines import PROCESSES
from engine.scenarios import load, run
from engine.scenarios.writing import retitled, short_roster, write
from engine.scenarios.written import ScenarioError, load_roster, read
from engine.working_days import WEEKDAYS_ONLY

ALL = sorted(path for path in PROCESSES.glob("*/scenarios/*.toml") if path.name != "roster.toml")
letters = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)
texts = st.one_of(
    letters,
    st.sampled_from(["金额", 'a"b', "行\n下一行", "'''", '"""', "\\", "# 不是注释", "[不是表]", "a.b"]),
)
names = texts.filter(bool)
plain = st.one_of(
    texts, st.integers(-(2**53), 2**53), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    plain, lambda one: st.lists(one, max_size=3) | st.dictionaries(names, one, max_size=3), max_leaves=6
)
moves = st.one_of(
    st.fixed_dictionaries(
        {"by": names, "does": names},
        optional={"action": names, "data": st.dictionaries(names, values, max_size=4)},
    ),
    st.fixed_dictionaries({"does": names, "result": st.dictionaries(names, values, max_size=4)}),
    st.fixed_dictionaries({"does": names, "error": names}),
    st.fixed_dictionaries({"wait": st.sampled_from(["3wd", "到期", "1h"])}),
    st.fixed_dictionaries({"message": names}, optional={"data": st.dictionaries(names, plain, max_size=2)}),
)
stories = st.fixed_dictionaries(
    {"title": names, "step": st.lists(moves, min_size=1, max_size=5)},
    optional={
        "story": texts,
        "roster": st.dictionaries(names, st.lists(names, max_size=3), max_size=3),
        "parameters": st.dictionaries(names, plain, max_size=3),
        "expect": st.fixed_dictionaries(
            {}, optional={"outcome": names, "path": st.lists(names, min_size=1, max_size=3)}
        ),
    },
)


@settings(max_examples=150, deadline=None)
@given(stories)
def test_what_is_written_is_read_again(raw: dict[str, Any]) -> None:
    again = tomllib.loads(write(raw))
    assert _scenario(again) == _scenario(raw)


def _scenario(raw: dict[str, Any]) -> Any:
    """As it is read, but for the calendar, which is an object of its own each time."""
    return replace(read({**raw, "story": raw.get("story", "").strip()}, "试"), calendar=WEEKDAYS_ONLY)


@pytest.mark.parametrize("path", ALL[:: len(ALL) // 12], ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_a_shipped_scenario_written_again_plays_to_the_same_end(path: Path) -> None:
    folder = path.parent.parent
    roster = path.with_name("roster.toml")
    shared = load_roster(roster.read_bytes()) if roster.exists() else {}
    text = write(tomllib.loads(path.read_text("utf-8")))
    first, again = (run(folder, load(each, "试", shared)) for each in (path.read_bytes(), text))
    assert again.passed
    assert again.lines == first.lines


def test_a_title_changes_and_nothing_else() -> None:
    text = '# 为什么\ntitle = "旧"  # 名称\n[[step]]\nwait = "1d"\ntitle = "不是它"\n'
    assert (
        retitled(text, '新"的\n')
        == '# 为什么\ntitle = "新\\"的\\n"\n[[step]]\nwait = "1d"\ntitle = "不是它"\n'
    )
    assert retitled('[[step]]\nwait = "1d"\n', "新") == 'title = "新"\n[[step]]\nwait = "1d"\n'


def test_only_the_people_who_differ_are_written_down() -> None:
    shared = {"书记": ["甲"], "文书": ["乙"], "代表": ["代表1"]}
    roster = {"书记": ["甲"], "文书": ["丙"], "代表": ["代表1", "代表2"], "委员": ["丁", "戊"]}
    assert short_roster(roster, shared) == {"文书": "丙", "代表": 2, "委员": ["丁", "戊"]}
    assert short_roster({"书记": ["甲"]}, shared) == {"文书": [], "代表": []}
    assert short_roster({"书记": []}, {"书记": ["甲"]}) == {"书记": []}


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"wait": "1d", "result": {}}, "result 只用在 does 上"),
        ({"does": "办", "result": {}, "data": {}}, "不能和 data 一起写"),
        ({"does": "办", "result": {}, "error": "x"}, "不能和 error 一起写"),
        ({"does": "办", "error": "x", "refused": "不"}, "不能和 refused 一起写"),
        ({"does": "办", "result": "通过"}, "result 要写成一组"),
        ({"does": "办", "error": 5}, "error 要写成文字"),
    ],
)
def test_what_a_step_comes_to_is_written_by_itself(step: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        read({"step": [step]}, "试")


def test_nobody_need_be_named_for_a_result() -> None:
    story = read(
        {"roster": {"书记": ["甲"]}, "step": [{"does": "办", "result": {}}, {"does": "办", "error": "x"}]},
        "试",
    )
    assert [step.by for step in story.steps] == [None, None]
