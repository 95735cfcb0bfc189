"""Every kind reads the settings it declares, and no others: what a designer may set is what has an effect."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

import pytest

from engine.diagram.model import Node, Scope
from engine.steps import Kind, SettingError, kind, names
from engine.steps.setting import ALWAYS, COMMON, FITTING, Setting

FORMS = {"f": {"type": "default", "components": [{"type": "textfield", "key": "x", "label": "x"}]}}
PARAMETERS: dict[str, Any] = {"时长": "7d", "人数": 3, "比例": "2/3", "名单": ["甲", "乙"]}
FITTING_PARAMETER = {
    "duration": "时长",
    "number": "人数",
    "fraction": "比例",
    "words": "名单",
    "designations": "名单",
}


class Recording(dict[str, str]):
    """Properties that remember what was asked for."""

    def __init__(self, written: dict[str, str]) -> None:
        super().__init__(written)
        self.read: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.read.add(name)
        return super().__getitem__(name)


def example(one: Setting) -> str:
    """Something that may be written there."""
    if one.choices:
        return one.choices[0].value
    bases = f"至少 2/3 {one.bases[0]}" if one.bases else ""
    own = {"duration": "7d", "number": "1", "thresholds": bases, "form": "f", "path": "{前面.名单}"}
    return own.get(one.sort, "甲")


def read_by(step: Kind, written: dict[str, str]) -> set[str]:
    node = Node("s", "userTask", "步骤", Scope("p"), lane="文书")
    node.properties = recording = Recording({"kind": step.key} | written)
    with suppress(SettingError):  # what it read until then counts all the same
        step.freeze(node, PARAMETERS)
    list(step.check(node, FORMS, PARAMETERS))
    return recording.read


def ways(step: Kind) -> Iterator[dict[str, str]]:
    """With nothing written, with each setting alone, with all of them, and with all that a required one allows."""
    every = {one.name: example(one) for one in step.settings}
    required = {one.name: every[one.name] for one in step.settings if one.required and not one.needs}
    yield {}
    yield every
    for one in step.settings:
        yield required | {one.name: every[one.name]}
        partner = {one.needs: every[one.needs]} if one.needs else {}
        yield required | {one.name: every[one.name]} | partner


@pytest.mark.parametrize("name", names())
def test_a_kind_reads_what_it_declares_and_nothing_else(name: str) -> None:
    step = kind(name)
    read = set[str]().union(*(read_by(step, written) for written in ways(step)))
    declared = {one.name for one in step.settings}
    assert read - ALWAYS == declared - ALWAYS
    assert {"form"} & read >= {"form"} & declared


@pytest.mark.parametrize("name", names())
def test_a_declaration_says_what_a_designer_must_know(name: str) -> None:
    step = kind(name)
    assert step.help
    by_name = {one.name: one for one in step.settings}
    assert len(by_name) == len(step.settings)
    assert not by_name.keys() & {one.name for one in COMMON}
    for one in step.settings:
        assert one.part and one.title and (one.required or one.default or one.otherwise), one.name
        assert set(filter(None, (one.needs, one.without, one.words_of))) <= by_name.keys(), one.name
        assert (one.sort == "thresholds") == bool(one.bases)
        assert one.sort not in ("choice", "several") or one.choices
        assert set(one.parameters) <= {*FITTING.get(one.sort, ()), "choice"}


WITH_PARAMETER = [
    (name, one)
    for name in names()
    for one in kind(name).settings
    if one.parameters and one.sort in FITTING_PARAMETER
]


@pytest.mark.parametrize(("name", "one"), WITH_PARAMETER, ids=[f"{n}-{o.name}" for n, o in WITH_PARAMETER])
def test_a_parameter_may_stand_where_the_declaration_says_so(name: str, one: Setting) -> None:
    """Written by its name, it comes to the same as its value written out."""
    step = kind(name)
    parameter = FITTING_PARAMETER[one.sort]
    value = PARAMETERS[parameter]
    plain = " ".join(value) if isinstance(value, list) else str(value)
    base = {o.name: example(o) for o in step.settings if o.required and not o.needs}
    if one.words_of:
        base[one.words_of] = "甲 乙"
    if one.needs or one.name == "seats":
        base |= {"seats": "3", "candidates": "{前面.名单}"} if name == "ballot" else {one.needs: "甲 乙"}
    if name in ("consult", "assess"):
        base |= {"until": "7d", "from": "甲"}

    def frozen(text: str) -> dict[str, Any] | str:
        node = Node("s", "userTask", "步骤", Scope("p"), lane="文书")
        node.properties = {"kind": name} | base | {one.name: text}
        try:
            return step.freeze(node, PARAMETERS)
        except SettingError as error:
            return str(error)

    assert frozen(f"{{{parameter}}}") == frozen(plain)


def test_every_combination_of_titles_is_told_apart() -> None:
    """A panel with two settings of one title would be a riddle."""
    for name in names():
        titles = [one.title for one in (*kind(name).settings, *COMMON)]
        assert not [t for t, u in product(titles, titles) if titles.count(t) > 1], name
