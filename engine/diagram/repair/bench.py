"""The bench a diagram is repaired on: its XML with everything that came with it, and how parts are found, added and
taken away without leaving loose ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from lxml import etree

from engine.diagram.checking import check_folder
from engine.diagram.finding import DiagramError, Finding
from engine.diagram.folder import diagrams
from engine.diagram.model import FLOW_NODES
from engine.diagram.profile import REFUSED
from engine.diagram.reader import clean_name, read_properties
from engine.diagram.repair.drawn import Drawing
from engine.diagram.source import BPMN, SPIFF, Element, bpmn, children, is_bpmn, local, parse_whole, reference

Mend = Callable[[str | None], None]

_NONE: Mapping[str, str] = {}

TASKS = frozenset({"task", "userTask", "manualTask"})
AUTOMATIC_TASKS = frozenset({"serviceTask", "scriptTask", "businessRuleTask"})
NODES = FLOW_NODES | (REFUSED.keys() & {"complexGateway", "transaction", "adHocSubProcess"}) | AUTOMATIC_TASKS
TYPE_NAMES = {
    **dict.fromkeys(("task", "userTask", "manualTask", "sendTask", "receiveTask"), "没有名称的步骤"),
    **dict.fromkeys(("exclusiveGateway", "parallelGateway", "inclusiveGateway"), "没有名称的网关"),
    **dict.fromkeys(("complexGateway", "eventBasedGateway"), "没有名称的网关"),
    **dict.fromkeys(("intermediateCatchEvent", "intermediateThrowEvent"), "没有名称的中间事件"),
    "subProcess": "子流程",
    "transaction": "事务子流程",
    "adHocSubProcess": "即席子流程",
    "callActivity": "调用的流程",
    "serviceTask": "服务任务",
    "scriptTask": "脚本任务",
    "businessRuleTask": "规则任务",
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "boundaryEvent": "边界事件",
    "sequenceFlow": "连线",
    "lane": "泳道",
    "process": "流程",
    "participant": "泳池",
}


@dataclass(frozen=True)
class Choice:
    """One answer to what only the designer can know."""

    value: str
    label: str


@dataclass(frozen=True)
class Repair:
    """Something that can be mended at a press: what is done, said in full before it is done.

    `elements` are the ids it touches, `mends` the codes of the findings it removes there. With `choices` the designer
    says which; without, `automatic` tells whether it may be done together with others unasked, because it leaves the
    meaning as it is or there was none the engine could have kept.
    """

    id: str
    title: str
    message: str
    mends: frozenset[str]
    elements: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    automatic: bool = True

    @property
    def unasked(self) -> bool:
        """Part of mending everything that can be mended without a question."""
        return self.automatic and not self.choices


@dataclass(frozen=True)
class Offer:
    """A repair, and how it is done on the bench it was found on."""

    repair: Repair
    mend: Mend = field(compare=False)


@dataclass(eq=False)
class Bench:
    """A folder while it is repaired. `root` is None where there is not one diagram that can be read."""

    files: dict[str, bytes]
    designations: Mapping[str, object] | None = None
    name: str | None = None
    root: Element | None = None

    @classmethod
    def of(cls, files: Mapping[str, bytes], designations: Mapping[str, object] | None = None) -> Bench:
        names = diagrams(files)
        bench = cls(dict(files), designations)
        if len(names) == 1:
            with suppress(DiagramError):  # the check says what cannot be read; there is nothing to repair
                bench.root = parse_whole(files[names[0]])
                bench.name = names[0]
        return bench

    @property
    def tree(self) -> Element:
        assert self.root is not None
        return self.root

    @property
    def drawing(self) -> Drawing:
        return Drawing(self.tree)

    def folder(self) -> dict[str, bytes]:
        """The files as they are now."""
        if self.root is None or self.name is None:
            return dict(self.files)
        return self.files | {self.name: write(self.root)}

    def findings(self) -> list[Finding]:
        """What the check says of the folder as it is now."""
        return check_folder(self.folder(), self.designations)

    # ------------------------------------------------------------------------------------------ finding

    def all(self, *tags: str) -> list[Element]:
        """Every element of BPMN with one of these names, in the order of the file."""
        return list(self.tree.iter(*map(bpmn, tags)))

    def by_id(self) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for element in self.tree.iter(f"{{{BPMN}}}*"):
            if element.get("id"):
                found.setdefault(str(element.get("id")), element)
        return found

    def processes(self) -> list[Element]:
        """Those with something to do in them; the first is the one that is started."""
        return [p for p in children(self.tree, "process") if any(is_node(child) for child in p)]

    def nodes(self) -> Iterator[Element]:
        yield from self.all(*NODES)

    def flows(self) -> Flows:
        return Flows(self)

    # ------------------------------------------------------------------------------------------ changing

    def new_id(self, prefix: str) -> str:
        taken = {str(element.get("id")) for element in self.tree.iter("{*}*") if element.get("id")}
        return next(name for n in range(1, len(taken) + 2) if (name := f"{prefix}_{n}") not in taken)

    def add(
        self, parent: Element, tag: str, attributes: Mapping[str, str] = _NONE, *, at: int | None = None
    ) -> Element:
        """A new element of BPMN inside another, last or at a position."""
        made = etree.SubElement(parent, bpmn(tag), dict(attributes))
        if at is not None:
            parent.insert(at, made)
        made.tail = "\n"
        return made

    def define(self, tag: str, attributes: Mapping[str, str]) -> Element:
        """A new message, signal, error … in front of the processes."""
        first = self.tree.find(bpmn("process"))
        at = self.tree.index(first) if first is not None else len(self.tree)
        return self.add(self.tree, tag, attributes, at=at)

    def remove(self, elements: Iterable[Element]) -> None:
        """Take elements away with all that holds on to them: flows, claims of lanes, the drawing."""
        doomed = [element for element in elements if element.getparent() is not None]
        while doomed:
            dead = {str(e.get("id")) for each in doomed for e in each.iter("{*}*") if e.get("id")}
            for element in doomed:
                take_out(element)
            doomed = [element for element in self.tree.iter(f"{{{BPMN}}}*") if _hangs_on(element, dead)]
            for element in self.tree.iter(f"{{{BPMN}}}*"):
                if reference(element.get("default")) in dead:
                    del element.attrib["default"]
            self.drawing.forget(dead)

    def settings(self, element: Element) -> dict[str, str]:
        """Our own settings of an element (`spiffworkflow:properties`)."""
        return read_properties(element)

    def set(self, element: Element, **settings: str) -> None:
        """Change our own settings of an element; None of the others change."""
        holder = element.find(bpmn("extensionElements"))
        if holder is None:
            after = len(children(element, "documentation"))
            holder = self.add(element, "extensionElements", at=after)
        group = holder.find(_PROPERTIES)
        if group is None:
            group = etree.SubElement(holder, _PROPERTIES, nsmap={"spiffworkflow": SPIFF})
        for name, value in settings.items():
            there = next((p for p in group.iterfind(_PROPERTY) if p.get("name") == name), None)
            if there is None:
                there = etree.SubElement(group, _PROPERTY, name=name)
            there.set("value", value)


_PROPERTIES = f"{{{SPIFF}}}properties"
_PROPERTY = f"{{{SPIFF}}}property"


class Flows:
    """Who leads to whom, as the file stands now."""

    def __init__(self, bench: Bench) -> None:
        self.incoming: dict[str, list[Element]] = {}
        self.outgoing: dict[str, list[Element]] = {}
        self.node = {str(node.get("id")): node for node in bench.nodes() if node.get("id")}
        for flow in bench.all("sequenceFlow"):
            source, target = ends(flow)
            self.outgoing.setdefault(source, []).append(flow)
            self.incoming.setdefault(target, []).append(flow)

    def into(self, node: Element) -> list[Element]:
        return self.incoming.get(node.get("id") or "", [])

    def out_of(self, node: Element) -> list[Element]:
        return self.outgoing.get(node.get("id") or "", [])


def ends(flow: Element) -> tuple[str, str]:
    """The ids a flow comes from and goes to; empty where it says none."""
    return reference(flow.get("sourceRef")) or "", reference(flow.get("targetRef")) or ""


def is_node(element: Element) -> bool:
    return is_bpmn(element) and local(element) in NODES


def label(element: Element) -> str:
    """What a person calls it, in quotes; its type where it has no name."""
    name = tidy(element.get("name"))
    if not name and local(element) == "process":
        name = tidy(_pool_name(element))
    return f"“{name}”" if name else TYPE_NAMES.get(local(element), "没有名称的一处")


def _pool_name(process: Element) -> str | None:
    pools = process.getroottree().iterfind(f".//{bpmn('participant')}")
    return next((p.get("name") for p in pools if reference(p.get("processRef")) == process.get("id")), None)


def listed(elements: Iterable[Element], most: int = 5) -> str:
    names = [label(element) for element in elements]
    return "、".join(names[:most]) + (f"等 {len(names)} 处" if len(names) > most else "")


def ids(elements: Iterable[Element]) -> tuple[str, ...]:
    return tuple(str(element.get("id")) for element in elements if element.get("id"))


def tidy(text: str | None) -> str:
    """A name in one line, as people read it; empty where there is none."""
    return clean_name(text) or ""


def unset(element: Element, attribute: str) -> None:
    if element.get(attribute) is not None:
        del element.attrib[attribute]


def take_out(element: Element) -> None:
    """Out of the tree, leaving the text behind it in place."""
    parent = element.getparent()
    if parent is None:
        return
    if (element.tail or "").strip():
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + (element.tail or "")
        else:
            parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)


_POINTERS = frozenset({"flowNodeRef", "incoming", "outgoing", "dataObjectRef", "categoryValueRef"})
_ASSOCIATIONS = frozenset({"dataInputAssociation", "dataOutputAssociation"})


def _hangs_on(element: Element, dead: set[str]) -> bool:
    """Whether an element makes no sense without one of those that are gone."""
    name = local(element)
    if name in _POINTERS:
        return reference(element.text) in dead
    if name in ("sequenceFlow", "association", "messageFlow"):
        return any(end in dead for end in ends(element))
    if name in _ASSOCIATIONS:
        return any(
            reference(child.text) in dead for child in element if local(child) in ("sourceRef", "targetRef")
        )
    if name in ("dataObjectReference", "dataStoreReference"):
        return reference(element.get("dataObjectRef") or element.get("dataStoreRef")) in dead
    return name == "boundaryEvent" and reference(element.get("attachedToRef")) in dead


def write(root: Element) -> bytes:
    return bytes(etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True))
