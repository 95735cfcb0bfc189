"""A cast for a procedure that has none written down yet: somebody in every post its diagram asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import count

from engine import pickers, steps
from engine.diagram.model import Node
from engine.execution.script import Script
from engine.people.designations import Designations, Sort
from engine.steps import SettingError

HOLDERS = {"村民代表": 30, "村民": 20}  # enough for thresholds: thirds and halves come out even
OF_A_REGISTER, OF_A_POST = 5, 1
SURNAMES = "陈林张黄李王吴刘周徐孙马朱胡郭何高罗郑梁谢宋唐许韩冯邓曹彭曾"
GIVEN = ("国强", "玉兰", "建平", "秀英", "志明", "桂花", "长根", "春梅", "大勇", "小燕")


def cast_of(script: Script, known: Designations, taken: Collection[str] = ()) -> dict[str, list[str]]:
    """Post or register → names other than those `taken`; derived groups are not written down, they follow from their
    members.
    """
    names = dict.fromkeys(leaf for name in _asked(script) for leaf in _leaves(name, known))
    people = (name for name in _people() if name not in taken)
    return {
        name: [next(people)] if _many(name, known) == 1 else _numbered(name, _many(name, known))
        for name in names
    }


def completed(roster: Mapping[str, list[str]], script: Script, known: Designations) -> dict[str, list[str]]:
    """The roster with somebody wherever the diagram asks for people of whom it names none: a step drawn since."""
    taken = {person for people in roster.values() for person in people}
    found = {post: list(people) for post, people in roster.items()}
    spare = cast_of(script, known, taken)
    for name in _asked(script):
        leaves = _leaves(name, known)
        if not any(found.get(leaf) for leaf in [name, *leaves]):
            found |= {leaf: spare[leaf] for leaf in leaves if leaf not in found}
    return found


def _numbered(name: str, many: int) -> list[str]:
    """As a roster's number is read: 村民代表1, 村民代表2, …"""
    return [f"{name}{number}" for number in range(1, many + 1)]


def _people() -> Iterator[str]:
    """Names without end, each once, the likely ones first."""
    for turn, given in enumerate(
        (*GIVEN, *(f"{a[0]}{b[-1]}" for a in GIVEN for b in GIVEN if a[0] != b[-1]))
    ):
        for place in range(len(SURNAMES)):
            yield SURNAMES[(place + turn) % len(SURNAMES)] + (
                GIVEN[place % len(GIVEN)] if turn == 0 else given
            )
    yield from (f"人员{number}" for number in count(1))  # a diagram of thousands of lanes


def _asked(script: Script) -> Iterator[str]:
    """Every designation somebody is asked by: of lanes, of the roles a kind has, and of fields that pick people."""
    for procedure in script.procedures.values():
        for node in procedure.diagram.walk():
            if node.tag in ("userTask", "manualTask", "task"):
                yield from _of(node, script.parameters)
        for form in procedure.forms.values():
            yield from pickers.asked(form)


def _of(node: Node, parameters: Mapping[str, object]) -> Iterator[str]:
    if not node.kind or node.kind not in steps.names():
        yield from [node.lane] if node.lane else []
        return
    kind = steps.kind(node.kind)
    try:
        seats = kind.seats(kind.freeze(node, parameters), node.lane or node.label, lambda name: ())
    except SettingError:
        yield from [node.lane] if node.lane else []  # what is wrong with it is said when it opens
        return
    for seat in seats:
        yield from seat.designations


def _leaves(name: str, known: Designations) -> list[str]:
    found = known.get(name)
    if found is None:
        return [name]  # a lane of another tool: somebody of that name does it
    return [] if found.kind is Sort.DUTY else sorted(found.leaves, key=list(known).index)


def _many(name: str, known: Designations) -> int:
    found = known.get(name)
    register = found is not None and found.kind is Sort.REGISTER
    return HOLDERS.get(name, OF_A_REGISTER if register else OF_A_POST)
