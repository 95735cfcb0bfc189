"""The procedure versions one matter runs on: its own, and those it calls."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from engine.diagram import Procedure
from engine.diagram.model import Node
from engine.runtime import Runtime


class Closure:
    """Where an element of a running matter is drawn, and whose forms it uses."""

    def __init__(self, procedures: list[Procedure]) -> None:
        self.main = procedures[0]
        self._procedures = procedures

    @classmethod
    def of(cls, rt: Runtime, c: Connection, version_id: int, called: Mapping[str, int]) -> "Closure":
        return cls([rt.procedure(c, version) for version in (version_id, *called.values())])

    def steps(self) -> Iterator[tuple[Procedure, Node]]:
        """The steps people do, with the procedure each belongs to."""
        for procedure in self._procedures:
            for node in procedure.diagram.walk():
                if node.kind:
                    yield procedure, node

    def find(self, element_id: str | None) -> tuple[Procedure, Node] | None:
        for procedure in self._procedures:
            for node in procedure.diagram.walk():
                if node.id == element_id:
                    return procedure, node
        return None
