"""Files of other tools: opened, and mended at a press where it is certain what is meant.

`opened` makes a folder of a file. `repairs` says what can be done about a folder, each in full before it is done;
`apply` does one, `apply_all` all that need no question. What is not offered here, a person has to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from engine.diagram.repair import (
    activities,
    asking,
    conditions,
    deciding,
    events,
    flows,
    folder,
    identity,
    leftovers,
    legible,
    loops,
    pages,
    posts,
    steps,
)
from engine.diagram.repair.bench import Bench, Choice, Offer, Repair
from engine.diagram.repair.opening import opened

__all__ = ["Choice", "Repair", "Repaired", "apply", "apply_all", "apply_provisionally", "opened", "repairs"]

Files = Mapping[str, bytes]
Designations = Mapping[str, object]
Rule = Callable[[Bench], Iterator[Offer]]

# What runs at all comes first, then what each step needs; what other tools left goes last, after it was made use of.
_RULES: tuple[Rule, ...] = (
    *identity.RULES,
    *legible.RULES,
    *activities.RULES,
    *leftovers.RULES,
    *events.RULES,
    *loops.RULES,
    *conditions.RULES,
    *flows.RULES,
    *asking.RULES,
    *deciding.RULES,
    *posts.RULES,
    *steps.RULES,
    *folder.RULES,
    *leftovers.LAST,
    *pages.RULES,
    *folder.LAST,
)
_ON_DEMAND: tuple[Rule, ...] = flows.LAST  # never part of mending everything, and slow to find
_ROUNDS = 8  # one repair may uncover another: an empty sub-process becomes a step, which then needs a form


class Repaired(dict[str, bytes]):
    """A folder after repairs; `done` is what was done, in order."""

    def __init__(self, files: Files, done: tuple[Repair, ...]) -> None:
        super().__init__(files)
        self.done = done


def repairs(files: Files, designations: Designations | None = None) -> list[Repair]:
    """Everything that can be mended at a press, in the order it had best be done. Never raises for bad content."""
    bench = Bench.of(files, designations)
    if bench.root is None:
        return []
    return [offer.repair for rule in (*_RULES, *_ON_DEMAND) for offer in rule(bench)]


def apply(
    files: Files, repair_id: str, choice: str | None = None, designations: Designations | None = None
) -> Repaired:
    """The folder with one repair done. Raises KeyError where it is not offered (any more) or the choice is none of
    those offered.
    """
    bench = Bench.of(files, designations)
    for rule in (*_RULES, *_ON_DEMAND) if bench.root is not None else ():
        for offer in rule(bench):
            repair = offer.repair
            if repair.id != repair_id:
                continue
            if repair.choices and choice not in {each.value for each in repair.choices}:
                raise KeyError(choice)
            offer.mend(choice if repair.choices else None)
            return Repaired(bench.folder(), (repair,))
    raise KeyError(repair_id)


def apply_all(files: Files, designations: Designations | None = None) -> Repaired:
    """The folder with everything done that needs no question, also what only shows after something else is mended."""
    return _mended(files, designations, answering=False)


def apply_provisionally(files: Files, designations: Designations | None = None) -> Repaired:
    """As `apply_all`, with every question answered by its first choice: to see what would be left then, never to keep.

    Of what may change the meaning and has no choice, nothing is done.
    """
    return _mended(files, designations, answering=True)


def _mended(files: Files, designations: Designations | None, *, answering: bool) -> Repaired:
    bench = Bench.of(files, designations)
    done: list[Repair] = []
    for _ in range(_ROUNDS) if bench.root is not None else ():
        before = len(done)
        for rule in _RULES:
            for offer in list(rule(bench)):
                repair = offer.repair
                if repair.unasked or (answering and repair.choices):
                    offer.mend(repair.choices[0].value if repair.choices else None)
                    done.append(repair)
        if len(done) == before:
            break
    return Repaired(bench.folder() if done else files, tuple(done))
