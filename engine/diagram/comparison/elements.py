"""A BPMN file taken apart into what is compared one by one: steps, flows, lanes and the like, each with its facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from engine.diagram.comparison import words
from engine.diagram.source import Element, is_bpmn, local, reference, text_of

REFERENCES = {
    "sourceRef": "source",
    "targetRef": "target",
    "attachedToRef": "attached",
    "processRef": "processRef",
}
POINTERS = ("messageRef", "signalRef", "errorRef", "escalationRef")  # of event definitions, to what they name
SILENT = frozenset(
    ("id", "default", "type", "exporter", "exporterVersion", "targetNamespace", "schemaLocation")
)
LISTS = (
    "loopDataInputRef",
    "loopDataOutputRef",
)  # by their place in the data, or by a data object of that name
SKIPPED = frozenset(("incoming", "outgoing", "flowNodeRef"))


@dataclass
class Item:
    """`facts` are texts by path, `links` ids of other items by what they are to this one. `order` are the flows that
    leave it, as the file has them: their conditions are tried in that order.
    """

    key: str  # its id; made up where the file gives none, or gives it twice
    tag: str
    name: str
    facts: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """How people do it, where it is a step; as the model has it."""
        return self.facts.get("set:kind", "") or ("handle" if self.facts.get("set:form") else "")

    @property
    def is_flow(self) -> bool:
        return self.tag in words.FLOWS


@dataclass
class Parts:
    """The items of a file, in its order, by key."""

    items: dict[str, Item] = field(default_factory=dict)

    @cached_property
    def incoming(self) -> dict[str, list[Item]]:
        """The flows that lead into each item."""
        found: dict[str, list[Item]] = {}
        for one in self.items.values():
            if one.is_flow:
                found.setdefault(one.links.get("target", ""), []).append(one)
        return found

    def label(self, key: str | None) -> str:
        """What a person calls it: its name, of a flow also its ends; what it is, where it has no name."""
        item = self.items.get(key or "")
        if item is None:
            return key or ""
        if not item.is_flow:
            return item.name or self._unnamed(item)
        ends = f"{self._end(item.links.get('source'))} → {self._end(item.links.get('target'))}"
        return f"{item.name}（{ends}）" if item.name else ends

    def _end(self, key: str | None) -> str:
        item = self.items.get(key or "")
        return "？" if item is None else item.name or self._unnamed(item)

    def _unnamed(self, item: Item) -> str:
        """An unnamed gateway is known by what leads into it, anything else by its id."""
        flows = self.incoming.get(item.key, [])
        before = [self.items[f.links["source"]] for f in flows if f.links.get("source") in self.items]
        named = next((one.name for one in before if one.name), "")
        return f"{named}后面的{words.noun(item.tag)}" if named else item.key


def take_apart(root: Element) -> Parts:
    """Every item of the file. What is drawn and how is not looked at here."""
    reader = _Reader()
    reader.read(root)
    return reader.parts()


class _Reader:
    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._claims: dict[str, str] = {}  # node -> lane; the innermost, which comes last, counts
        self._defaults: dict[str, Item] = {}
        self._lists: dict[str, str] = {}  # data objects that only name a list: id -> name

    def read(self, root: Element) -> None:
        """Walks with a stack of its own: a file may be nested deeper than Python calls functions."""
        named = {reference(one.text) for tag in LISTS for one in root.iter(f"{{*}}{tag}")}
        for data in root.iter("{*}dataObject"):
            if data.get("id") in named and data.get("name"):
                self._lists[str(data.get("id"))] = str(data.get("name"))
        pending: list[tuple[Element, Item | None]] = [(root, None)]
        while pending:
            element, around = pending.pop()
            item = around
            if is_bpmn(element) and local(element) in words.NOUNS and element.get("id") not in self._lists:
                item = self._item(element, around)
            pending += [(child, item) for child in reversed(element) if is_bpmn(child)]

    def parts(self) -> Parts:
        for node, lane in self._claims.items():
            if node in self._items:
                self._items[node].links["lane"] = lane
        for flow_id in self._defaults:
            if flow_id in self._items:
                self._items[flow_id].facts["isDefault"] = "true"
        for item in self._items.values():
            source = self._items.get(item.links.get("source", ""))
            if item.tag == "sequenceFlow" and source is not None:
                source.order.append(item.key)
        return Parts(self._items)

    def _item(self, element: Element, around: Item | None) -> Item:
        tag = local(element)
        name = " ".join((element.get("name") or "").split())
        item = Item(self._key(element), tag, name)
        self._items[item.key] = item
        if around is not None:
            item.links["owner"] = around.key
        for attribute, text in element.attrib.items():
            self._attribute(item, str(attribute), str(text))
        if tag == "lane":
            for claim in element.findall("{*}flowNodeRef"):
                if node := reference(claim.text):
                    self._claims[node] = item.key
        counted: Counter[str] = Counter()
        for child in element:
            self._child(item, child, "", counted)
        if default := reference(element.get("default")):
            self._defaults[default] = item
        return item

    def _key(self, element: Element) -> str:
        key = element.get("id")
        if not key:
            ends = f"{element.get('sourceRef', '')}→{element.get('targetRef', '')}"
            key = ends if ends != "→" else f"（没有标识的{words.noun(local(element))}）"
        unique, number = key, 1
        while unique in self._items:
            number += 1
            unique = f"{key} #{number}"
        return unique

    def _attribute(self, item: Item, attribute: str, text: str) -> None:
        name = attribute.rpartition("}")[2]
        if name in REFERENCES and reference(text):
            item.links[REFERENCES[name]] = str(reference(text))
        elif name != "name" and name not in SILENT:
            item.facts[name] = text.strip()

    def _child(self, item: Item, child: Element, path: str, counted: Counter[str]) -> None:
        """What stands inside an item and is none itself, as facts of it, by their path."""
        name = local(child)
        if not name or (is_bpmn(child) and (name in words.NOUNS or name in SKIPPED)):
            return
        if name == "documentation":
            item.facts["documentation"] = "\n".join(filter(None, (item.facts.get(name), text_of(child))))
        elif name == "conditionExpression":
            item.facts["condition"] = text_of(child)
        elif name == "properties" and not is_bpmn(child):
            item.facts |= dict(_settings(child))
        else:
            where = f"{path}.{name}" if path else name
            counted[where] += 1
            self._flatten(item, child, where if counted[where] == 1 else f"{where}#{counted[where]}", counted)

    def _flatten(self, item: Item, element: Element, path: str, counted: Counter[str]) -> None:
        name, said = local(element), False
        if name.endswith("EventDefinition"):
            item.facts[path] = words.event(name)
            said = True
        for attribute, text in element.attrib.items():
            key = str(attribute).rpartition("}")[2]
            if key in POINTERS and reference(str(text)):
                item.links[key] = str(reference(str(text)))
            elif key not in SILENT:
                item.facts[f"{path}.{key}"], said = str(text).strip(), True
        text = (element.text or "").strip()
        if text:
            text = self._lists.get(reference(text) or "", text) if name in LISTS else text
            item.facts[f"{path}.text" if name.endswith("EventDefinition") else path] = text
        elif not said and len(element) == 0 and name not in ("extensionElements", "laneSet"):
            item.facts[path] = "true"  # that it is there is what it says
        for child in element:
            self._child(item, child, path, counted)


def _settings(properties: Element) -> Iterator[tuple[str, str]]:
    for one in properties:
        if local(one) == "property" and one.get("name"):
            yield f"set:{one.get('name')}", (one.get("value") or "").strip()
