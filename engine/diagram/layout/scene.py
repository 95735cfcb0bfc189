"""What there is to lay out: pools, lanes, nodes and links of a BPMN file, without any of their places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from engine.diagram.layout.picture import Box


@dataclass
class Node:
    """A step, event, gateway, note or data object. `host` is the step a boundary event sits on; `inside` what an
    expanded sub-process holds; `owner` the node a note or data object is kept near.
    """

    id: str
    tag: str
    name: str
    width: float
    height: float
    band: int = 0
    host: str | None = None
    inside: Container | None = None
    owner: str | None = None

    @property
    def is_artifact(self) -> bool:
        return self.tag in (
            "textAnnotation",
            "dataObjectReference",
            "dataStoreReference",
            "dataInput",
            "dataOutput",
        )

    @property
    def is_gateway(self) -> bool:
        return self.tag.endswith("Gateway")

    @property
    def is_event(self) -> bool:
        return self.tag.endswith("Event")

    @property
    def is_small(self) -> bool:
        """Its name stands beside it, not in it."""
        return self.is_gateway or self.is_event or (self.is_artifact and self.tag != "textAnnotation")


@dataclass(frozen=True)
class Link:
    """A line between two nodes of the same container. `quiet` ones (associations) do not order the nodes."""

    id: str
    source: str
    target: str
    name: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class Lane:
    """Bands `first` to `last`; `depth` is 0 for the outermost."""

    id: str
    name: str
    first: int
    last: int
    depth: int


@dataclass
class Container:
    """What is laid out together: a process or an expanded sub-process."""

    id: str
    nodes: dict[str, Node] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    bands: int = 1

    def walk(self) -> Iterator[Container]:
        """This one and every one inside it."""
        yield self
        for node in self.nodes.values():
            if node.inside is not None:
                yield from node.inside.walk()

    def boundary(self, host: str) -> list[Node]:
        """The events at a step's edge. Asked only when everything has been read."""
        return self._guests.get(host, [])

    @cached_property
    def _guests(self) -> dict[str, list[Node]]:
        guests: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.host is not None:
                guests.setdefault(node.host, []).append(node)
        return guests


@dataclass(frozen=True)
class Pool:
    """A participant. Without a container it is a black box."""

    id: str
    name: str
    container: Container | None


@dataclass(frozen=True)
class Group:
    """A frame around what it held when it was drawn."""

    id: str
    members: tuple[str, ...]
    box: Box | None


@dataclass
class Plane:
    """One picture of the file: a collaboration's pools, a process, or the inside of a collapsed sub-process. `across`
    are links between different containers or to a pool or line.
    """

    root: str
    pools: list[Pool] = field(default_factory=list)
    container: Container | None = None
    across: list[Link] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    def containers(self) -> Iterator[Container]:
        for one in [self.container, *(pool.container for pool in self.pools)]:
            if one is not None:
                yield from one.walk()
