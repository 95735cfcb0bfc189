"""From the XML of a file to what there is to lay out. Nothing that can be drawn is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from engine.diagram.layout import lettering
from engine.diagram.layout.picture import Box
from engine.diagram.layout.scene import Container, Group, Lane, Link, Node, Plane, Pool
from engine.diagram.source import BPMN, BPMNDI, Element, bpmn, children, local, reference, text_of, truth

SUBPROCESSES = frozenset({"subProcess", "adHocSubProcess", "transaction"})
DATA = {
    "dataObjectReference": (36, 50),
    "dataStoreReference": (50, 50),
    "dataInput": (36, 50),
    "dataOutput": (36, 50),
}
QUIET = frozenset({"association", "dataInputAssociation", "dataOutputAssociation"})
NOTE_WIDTHS = (100, 160)


class Drawn:
    """The old drawing: where things lay, and which sub-processes were open. Empty where there was none."""

    def __init__(self, root: Element) -> None:
        self.boxes: dict[str, Box] = {}
        self.expanded: dict[str, bool] = {}
        for shape in root.iter(f"{{{BPMNDI}}}BPMNShape"):
            key = reference(shape.get("bpmnElement"))
            bounds = shape.find("{*}Bounds")
            if key is None:
                continue
            if shape.get("isExpanded") is not None:
                self.expanded[key] = truth(shape, "isExpanded", True)
            box = None if bounds is None else _box(bounds)
            if box is not None:
                self.boxes.setdefault(key, box)
        planes = [reference(plane.get("bpmnElement")) for plane in root.iter(f"{{{BPMNDI}}}BPMNPlane")]
        self.planes = {plane for plane in planes if plane}

    def is_open(self, element: Element) -> bool:
        """An expanded sub-process; one never drawn is, when it holds something."""
        key = element.get("id") or ""
        if key in self.expanded:
            return self.expanded[key]
        if key in self.boxes:
            return False  # drawn without saying: BPMN takes that for collapsed
        return any(
            local(child).lower().endswith(("task", "event", "gateway", "activity", "process"))
            for child in element
        )


def _box(bounds: Element) -> Box | None:
    try:
        x, y, width, height = (float(bounds.get(name, "")) for name in ("x", "y", "width", "height"))
    except ValueError:
        return None
    return Box(x, y, width, height)


class Reader:
    """Reads the planes of one file."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.drawn = Drawn(root)
        self.home: dict[str, Container] = {}  # node -> the container it is in
        self.inner: list[Element] = []  # collapsed sub-processes: each has a plane of its own
        self.flows: dict[str, str] = {}  # sequence flow -> its source

    def planes(self) -> list[Plane]:
        processes = {process.get("id") or "": process for process in children(self.root, "process")}
        planes: list[Plane] = []
        shown: set[str] = set()
        for collaboration in children(self.root, "collaboration"):
            plane = self._collaboration(collaboration, processes, shown)
            if plane is not None:
                planes.append(plane)
        for key, process in processes.items():
            if key and key not in shown:
                planes.append(self._plane(process))
        while self.inner:
            planes.append(self._plane(self.inner.pop(0)))
        return planes

    def _plane(self, element: Element) -> Plane:
        plane = Plane(element.get("id") or "")
        plane.container = self._container(element, lanes=True)
        self._join(plane, [element])
        return plane

    def _collaboration(
        self, element: Element, processes: dict[str, Element], shown: set[str]
    ) -> Plane | None:
        plane = Plane(element.get("id") or "")
        held: list[Element] = [element]
        for participant in children(element, "participant"):
            key = reference(participant.get("processRef")) or ""
            container = None
            if key in processes and key not in shown:
                shown.add(key)
                held.append(processes[key])
                container = self._container(processes[key], lanes=True)
            plane.pools.append(Pool(participant.get("id") or "", participant.get("name") or "", container))
        if not plane.pools:
            return None
        loose = Container(f"{plane.root}:notes")
        self._fill(loose, element)
        if loose.nodes:
            plane.container = loose
        self._join(plane, held)
        return plane

    # ------------------------------------------------------------------------------------------- containers

    def _container(self, element: Element, lanes: bool = False) -> Container:
        container = Container(element.get("id") or "")
        self._fill(container, element)
        if lanes:
            bands = _Bands(container)
            bands.read(element)
        return container

    def _fill(self, container: Container, element: Element) -> None:
        for child in _drawable(element):
            node = self._node(child)
            if node is not None and node.id and node.id not in self.home:
                container.nodes[node.id] = node
                self.home[node.id] = container
        for node in container.nodes.values():
            if node.host is not None and (
                node.host not in container.nodes or container.nodes[node.host].host
            ):
                node.host = None

    def _node(self, element: Element) -> Node | None:
        tag, key = local(element), element.get("id") or ""
        name = " ".join((element.get("name") or "").split())
        if tag in DATA:
            return Node(key, tag, name, *DATA[tag])
        if tag == "textAnnotation":
            return _note(key, text_of(element))
        if tag.endswith("Gateway"):
            return Node(key, tag, name, 50, 50)
        if tag.endswith("Event"):
            host = reference(element.get("attachedToRef")) if tag == "boundaryEvent" else None
            return Node(key, tag, name, 36, 36, host=host)
        width = next((w for w in (100, 140) if lettering.lines(name, w - 12, 12) <= 4), 200)
        node = Node(key, tag, name, width, 80)
        if tag in SUBPROCESSES:
            if self.drawn.is_open(element):
                node.inside = self._container(element)
            elif next(_drawable(element), None) is not None:
                self.inner.append(element)
        return node

    # ------------------------------------------------------------------------------------------- links

    def _join(self, plane: Plane, held: list[Element]) -> None:
        """The links of the plane's containers, and what goes from one to another."""
        inside = {id(container) for container in plane.containers()}
        links = [link for element in held for link in self._links(element)]
        for link in links:
            if not link.quiet:
                self.flows[link.id] = link.source
        for link in links:
            home, other = self.home.get(link.source), self.home.get(link.target)
            if home is not None and home is other and id(home) in inside:
                home.links.append(link)
            else:
                plane.across.append(link)
            self._own(link)
        for container in plane.containers():
            self._nearest(container)
        plane.groups = [
            self._group(group) for element in held for group in _groups(element) if group.get("id")
        ]

    def _links(self, element: Element) -> Iterator[Link]:
        collapsed = {id(each) for each in self.inner}
        stack = [element]
        while stack:
            here = stack.pop(0)
            for child in here:
                tag, key = local(child), child.get("id")
                if tag in SUBPROCESSES and id(child) in collapsed:
                    stack += [part for part in child if local(part).startswith("data")]
                elif tag in ("dataInputAssociation", "dataOutputAssociation") and key:
                    yield from _data_link(child, here)
                elif tag in ("sequenceFlow", "association", "messageFlow") and key:
                    source, target = reference(child.get("sourceRef")), reference(child.get("targetRef"))
                    if source and target:
                        name = " ".join((child.get("name") or "").split())
                        yield Link(key, source, target, name, tag != "sequenceFlow")
                elif child.tag != bpmn("extensionElements") and len(child):
                    stack.append(child)

    def _own(self, link: Link) -> None:
        """A note belongs to what it is tied to; one tied to a line, to where the line begins."""
        for one, other in ((link.source, link.target), (link.target, link.source)):
            container = self.home.get(one)
            if container is None:
                continue
            node, other = container.nodes[one], self.flows.get(other, other)
            near = container.nodes.get(other)
            if node.is_artifact and node.owner is None and near is not None and not near.is_artifact:
                node.owner = other

    def _nearest(self, container: Container) -> None:
        """A note tied to nothing stays near what it was drawn next to."""
        boxes = self.drawn.boxes
        steps = [key for key, node in container.nodes.items() if not node.is_artifact and key in boxes]
        for node in container.nodes.values():
            if node.is_artifact and node.owner is None and node.id in boxes and steps:
                node.owner = min(steps, key=lambda key: _distance(boxes[node.id], boxes[key]))

    def _group(self, element: Element) -> Group:
        key = element.get("id") or ""
        box = self.drawn.boxes.get(key)
        members = [
            other
            for other, place in self.drawn.boxes.items()
            if box is not None and other != key and other in self.home and box.contains(place)
        ]
        return Group(key, tuple(members), box)


def _distance(one: Box, two: Box) -> float:
    across = max(one.x - two.right, two.x - one.right, 0)
    down = max(one.y - two.bottom, two.y - one.bottom, 0)
    middle = abs(one.centre[0] - two.centre[0]) + abs(one.centre[1] - two.centre[1])
    return across + down + middle / 1000


def _drawable(element: Element) -> Iterator[Element]:
    """The children that are drawn as nodes."""
    for child in element:
        tag = local(child)
        if not isinstance(child.tag, str) or not child.tag.startswith("{" + BPMN + "}"):
            continue
        if (
            tag in ("task", "callActivity", "textAnnotation")
            or tag in DATA
            or tag in SUBPROCESSES
            or tag.endswith(("Task", "Gateway", "Event"))
        ):
            yield child
        elif tag == "ioSpecification" and local(element) == "process":
            yield from _drawable(child)


def _note(key: str, text: str) -> Node:
    longest = max((lettering.advance(part, 12) for part in text.splitlines()), default=0)
    least, most = NOTE_WIDTHS
    width = 2 * round(min(most, max(least, longest + 24)) / 2)
    height = 10 + lettering.LINE * lettering.lines(text, width - 14, 12)
    return Node(key, "textAnnotation", text, width, max(30, height + height % 2))


def _groups(element: Element) -> Iterator[Element]:
    yield from element.iter(bpmn("group"))


def _data_link(element: Element, step: Element) -> Iterator[Link]:
    key, owner = element.get("id") or "", step.get("id") or ""
    if local(element) == "dataInputAssociation":
        for source in children(element, "sourceRef")[:1]:
            yield Link(key, reference(source.text) or "", owner, quiet=True)
    else:
        for target in children(element, "targetRef")[:1]:
            yield Link(key, owner, reference(target.text) or "", quiet=True)


class _Bands:
    """The lanes of a process: the innermost ones are bands."""

    def __init__(self, container: Container) -> None:
        self.container = container
        self.claimed: dict[str, int] = {}
        self.count = 0

    def read(self, process: Element) -> None:
        for lanes in children(process, "laneSet"):
            for lane in children(lanes, "lane"):
                self._lane(lane, 0)
        self.container.bands = max(1, self.count)
        for key, band in self.claimed.items():
            if key in self.container.nodes:
                self.container.nodes[key].band = band
        if self.count > 1:
            self._unclaimed(process)

    def _lane(self, element: Element, depth: int) -> None:
        first = self.count
        place = len(self.container.lanes)
        for inner in [
            lane for child in children(element, "childLaneSet") for lane in children(child, "lane")
        ]:
            self._lane(inner, depth + 1)
        if self.count == first:
            self.count += 1
        for claim in children(element, "flowNodeRef"):
            self.claimed.setdefault(reference(claim.text) or "", first)
        name = " ".join((element.get("name") or "").split())
        lane = Lane(element.get("id") or "", name, first, self.count - 1, depth)
        if lane.id:
            self.container.lanes.insert(place, lane)

    def _unclaimed(self, process: Element) -> None:
        """A node that no lane claims goes where most of what it is tied to is; an event at a step's edge, with it."""
        nodes = self.container.nodes
        near: dict[str, list[str]] = defaultdict(list)
        for flow in children(process, "sequenceFlow"):
            source, target = reference(flow.get("sourceRef")), reference(flow.get("targetRef"))
            if source in nodes and target in nodes:
                near[source or ""].append(target or "")
                near[target or ""].append(source or "")
        for key, node in nodes.items():
            bands = [nodes[other].band for other in near[key] if other in self.claimed]
            if node.host is None and key not in self.claimed and bands:
                node.band = max(sorted(set(bands)), key=bands.count)
        for node in nodes.values():
            if node.host is not None:
                node.band = nodes[node.host].band
