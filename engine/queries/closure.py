"""The procedure versions one matter runs on: its own, and those it calls."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from engine import pickers
from engine.diagram import Procedure
from engine.diagram.model import Node
from engine.people.roster import names_of
from engine.runtime import Runtime


class Closure:
    """Where an element of a running matter is drawn, whose forms it uses, and the names of people these picked.

    It lives as long as the connection it was read with.
    """

    def __init__(self, procedures: list[Procedure], c: Connection) -> None:
        self.main = procedures[0]
        self._c, self._names = c, dict[int, str]()
        self.procedures = procedures

    @classmethod
    def of(cls, rt: Runtime, c: Connection, version_id: int, called: Mapping[str, int]) -> "Closure":
        return cls([rt.procedure(c, version) for version in (version_id, *called.values())], c)

    def steps(self) -> Iterator[tuple[Procedure, Node]]:
        """The steps people do, with the procedure each belongs to."""
        for procedure in self.procedures:
            for node in procedure.diagram.walk():
                if node.kind:
                    yield procedure, node

    def find(self, element_id: str | None) -> tuple[Procedure, Node] | None:
        for procedure in self.procedures:
            for node in procedure.diagram.walk():
                if node.id == element_id:
                    return procedure, node
        return None

    def caller(self, process_id: str) -> Node | None:
        """The step that calls this process; a process that several call is not about any one of them."""
        nodes = [node for procedure in self.procedures for node in procedure.diagram.walk()]
        found = [node for node in nodes if node.called == process_id]
        return found[0] if len(found) == 1 else None

    def naming(self, schema: Mapping[str, Any], data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The form with the names of the people picked in `data`, whatever they hold by now."""
        picked = pickers.people_in(schema, data)
        names = list(zip(sorted(picked), self.spell(sorted(picked)), strict=True))
        return pickers.offering(schema, lambda _: names) if picked else schema

    def spell(self, ids: Iterable[int]) -> list[str]:
        """Names of people. One statement for those not asked before."""
        wanted = list(ids)
        self._names |= names_of(self._c, set(wanted) - self._names.keys())
        return [self._names.get(person, "已离任人员") for person in wanted]
