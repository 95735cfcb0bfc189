"""What the check says of a draft: of its folder alone, and of the procedures it calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from engine.diagram import DiagramError, Finding, Procedure, check_closure, check_folder, load_folder
from engine.operations.procedures import find_in_force
from engine.people.units import Unit, get
from engine.queries.drafts import Draft
from engine.runtime import Runtime


def findings(rt: Runtime, draft: Draft, files: Mapping[str, bytes] | None = None) -> list[Finding]:
    """As publishing will judge it: the folder (`files` instead of what is stored), then what it calls, as in force in
    the draft's unit.
    """
    content = draft.files if files is None else files
    found = check_folder(content, designations=rt.designations)
    if any(each.severity == "error" and each.gate == "execution" for each in found):
        return found
    try:
        procedure = load_folder(content)
    except DiagramError:
        return found  # what keeps it from being read is among what was found
    if not procedure.calls:
        return found
    told = rt.database.look(
        lambda c: check_closure(procedure, _Known(rt, c, procedure, get(c, draft.unit_id)))
    )
    return [*found, *(placed for each in told for placed in _at_the_call(procedure, each))]


class _Known:
    """The procedure of a key: the draft itself, or what is in force in its unit."""

    def __init__(self, rt: Runtime, c: Connection, own: Procedure, place: Unit) -> None:
        self.rt, self.c, self.own, self.place = rt, c, own, place

    def __call__(self, key: str) -> Procedure | None:
        if key == self.own.key:
            return self.own
        row = find_in_force(self.c, key, self.place)
        return self.rt.procedure(self.c, row.id) if row is not None else None


def _at_the_call(procedure: Procedure, finding: Finding) -> Iterator[Finding]:
    """A missing procedure is said at the steps that call it, where somebody can choose another."""
    calls = [
        node
        for node in procedure.diagram.walk()
        if finding.code == "no-such-procedure" and node.called and f" {node.called} " in finding.message
    ]
    for node in calls:
        yield replace(finding, element_id=node.id, label=node.label)
    if not calls:
        yield finding
