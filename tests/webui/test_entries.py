"""A parameter's value goes onto the page and comes back the same; whatever else is typed is refused in words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from engine.diagram.parameter import TYPES, Parameter
from webui import entries

WORDS = ("村务公开栏", "微信群", "大喇叭", "入户告知")
durations = st.one_of(
    st.builds("{}wd".format, st.integers(0, 300)),
    st.builds("{}d".format, st.integers(0, 3000)),
    st.builds("P{}M".format, st.integers(1, 120)),
    st.builds("P{}Y".format, st.integers(1, 9)),
    st.builds("PT{}H".format, st.integers(1, 500)),
    st.builds("P{}DT{}H".format, st.integers(1, 9), st.integers(1, 23)),
    st.builds("P{}W".format, st.integers(1, 9)),
    st.builds("PT{}M".format, st.integers(1, 500)),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "number": st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6).map(lambda x: round(x, 3))),
    "integer": st.integers(-(10**9), 10**9),
    "money": st.integers(0, 10**9).map(lambda cents: cents / 100 if cents % 100 else cents // 100),
    "duration": durations,
    "choice": st.sampled_from(WORDS),
    "fraction": st.tuples(st.integers(0, 99), st.integers(1, 99)).map(lambda x: f"{min(x)}/{max(x)}"),
    "list": st.lists(st.sampled_from(WORDS), unique=True),
}


def parameter(type: str, **more: Any) -> Parameter:
    choices = WORDS if type == "choice" else ()
    default = {"duration": "3d", "fraction": "1/2", "list": [], "choice": WORDS[0]}.get(type, 1)
    return Parameter("某数", "某个数", type, default, **({"choices": choices} | more))


def posted(entry: entries.Entry, ticks: bool) -> MultiDict[str, str]:
    """What a browser sends for the field as it stands."""
    form = MultiDict([("seen", "0")])
    for word in entry.words if ticks else [entry.text]:
        form.add("p.某数", word)
    form.add("p.某数.of", entry.of)
    if entry.units:
        form.add("p.某数.unit", entry.unit)
    return form


@pytest.mark.parametrize("type", TYPES)
@given(data=st.data())
def test_what_is_left_alone_stays_as_it_was(type: str, data: st.DataObject) -> None:
    one, value = parameter(type), data.draw(VALUES[type])
    form = posted(entries.shown(one, value), ticks=False)
    assert entries.read(one, form, (value,)) == value


@given(VALUES["list"])
def test_ticks_come_back_in_the_order_of_the_choices(value: list[str]) -> None:
    one = parameter("list", choices=WORDS)
    form = posted(entries.shown(one, value), ticks=True)
    assert entries.read(one, form, (value,)) == value
    assert entries.read(one, form) == [word for word in WORDS if word in value]


@pytest.mark.parametrize("type", TYPES)
@given(
    text=st.text(max_size=30), of=st.text(max_size=5), unit=st.sampled_from(["", "wd", "d", "M", "h", "x"])
)
def test_anything_typed_is_a_value_or_refused_in_words(type: str, text: str, of: str, unit: str) -> None:
    """What is read can be judged by the parameter, and what was typed is shown again."""
    one = parameter(type)
    form = MultiDict([("p.某数", text), ("p.某数.of", of), ("p.某数.unit", unit)])
    try:
        value = entries.read(one, form)
    except entries.Unreadable as refused:
        assert str(refused)
    else:
        assert one.problem(value) is None or one.problem(value)
    assert entries.shown(one, one.default, form).text == text


@pytest.mark.parametrize(
    ("type", "typed", "value"),
    [
        ("money", {"": "１，２３４．５"}, 1234.5),
        ("money", {"": " 2000.00 "}, 2000),
        ("integer", {"": "-7"}, -7),
        ("duration", {"": "三", ".unit": "d"}, None),
        ("duration", {"": "3", ".unit": "M"}, "P3M"),
        ("duration", {"": "P1DT6H"}, "P1DT6H"),
        ("fraction", {"": "2", ".of": "3"}, "2/3"),
        ("fraction", {"": "3", ".of": "2"}, None),
        ("fraction", {"": "2/3", ".of": ""}, None),
        ("list", {"": "甲，乙、 丙"}, ["甲", "乙", "丙"]),
    ],
)
def test_ways_of_typing(type: str, typed: dict[str, str], value: Any) -> None:
    form = MultiDict({f"p.某数{part}": text for part, text in typed.items()})
    if value is None:
        with pytest.raises(entries.Unreadable):
            entries.read(parameter(type), form)
    else:
        assert entries.read(parameter(type), form) == value


def test_the_same_said_otherwise_is_no_change() -> None:
    form = MultiDict({"p.某数": "12", "p.某数.unit": "M", "p.某数.of": "18"})
    assert entries.read(parameter("duration"), form, ("P1Y",)) == "P1Y"
    assert entries.read(parameter("fraction"), form, ("2/3",)) == "2/3"


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [("1", "2", "50%"), ("2", "3", "约 66.7%"), ("1", "0", ""), ("3", "2", ""), ("x", "2", ""), ("", "", "")],
)
def test_the_share(part: str, whole: str, said: str) -> None:
    assert entries.percent(part, whole) == said


def test_hours_are_offered_only_where_hours_are_reckoned() -> None:
    assert "h" not in entries.shown(parameter("duration"), "3d").units
    assert "h" in entries.shown(parameter("duration", minimum="PT2H"), "3d").units
    assert entries.shown(parameter("duration"), "P1DT1M").units == {}
