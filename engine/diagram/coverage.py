"""条款: what a procedure's steps, parameters and forms rest on, and what of its source documents nothing rests on. Read
from the files as they are, so that a diagram that cannot run yet is covered, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine import clauses as texts
from engine.clauses import Clause
from engine.diagram.finding import DiagramError
from engine.diagram.folder import diagram_of, form_name
from engine.diagram.model import ACTIVITIES, FLOW_NODES, PERSON_TASKS
from engine.diagram.procedure import TOML
from engine.diagram.reader import read_properties
from engine.diagram.source import BPMN, Element, local, parse, reference
from engine.handed_in import NotReadable, toml
from engine.steps import kind as kind_of
from engine.steps import names as kinds

LAW = "FD"  # the law's floor holds for a procedure as a whole; a step need not carry it
TAGS = {
    "callActivity": "调用流程",
    "subProcess": "一段流程",
    "boundaryEvent": "附在步骤上的事件",
    "intermediateCatchEvent": "等候",
    "intermediateThrowEvent": "发出",
    "startEvent": "开始",
    "endEvent": "结束",
}
_NUMBER = re.compile(r"\b[A-Z]{2}-[0-9]+(?:\.[0-9]+)?\b")


@dataclass(frozen=True)
class Carrier:
    """An element of the diagram and the numbers it cites. `how` says what it is (`票决`, `开始`); `settles` is a step a
    person does, which ought to rest on something.
    """

    id: str
    label: str
    how: str
    kind: str | None
    clauses: tuple[str, ...]
    settles: bool


@dataclass(frozen=True)
class Mention:
    """A parameter or form that cites a clause; `what` in Chinese, `number` of the clause."""

    what: str
    title: str
    number: str


@dataclass(frozen=True)
class Line:
    """A clause with all that rests on it. `claimed`: procedure.toml lists it. `rule` is what the program enforces of
    it, in words.
    """

    clause: Clause
    carriers: tuple[Carrier, ...]
    mentions: tuple[Mention, ...]
    claimed: bool
    rule: str

    @property
    def state(self) -> str:
        """carried, enforced, law (for the whole), gap (listed, but nothing carries it), unlisted, unknown or left."""
        if not self.clause.text:
            return "unknown"
        if self.carriers:
            return "carried" if self.claimed else "unlisted"
        if not self.claimed:
            return "left"
        return "enforced" if self.rule else "law" if _section(self.clause.id) == LAW else "gap"


@dataclass(frozen=True)
class Coverage:
    """`lines` by source document, in the catalogue's order; `bare` are steps that rest on nothing."""

    carriers: tuple[Carrier, ...]
    lines: tuple[Line, ...]

    @property
    def bare(self) -> list[Carrier]:
        return [each for each in self.carriers if each.settles and not each.clauses]

    def of(self, *states: str) -> list[Line]:
        """The lines in one of these states."""
        return [line for line in self.lines if line.state in states]

    def sources(self) -> list[tuple[str, list[Line]]]:
        """The lines of every source document, by its title."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.clause.source or "条款总表里没有的编号", []).append(line)
        return list(found.items())


def coverage(files: Mapping[str, bytes]) -> Coverage:
    """Of a folder. Never raises: what cannot be read cites nothing."""
    diagram = diagram_of(files)
    found = carriers(files[diagram]) if diagram is not None else []
    mentions = list(_mentions(files))
    claimed = _claimed(files)
    cited = [number for each in found for number in each.clauses]
    numbers = list(dict.fromkeys([*claimed, *cited, *(mention.number for mention in mentions)]))
    rules = {rule.clause: rule.says for rule in texts.rules()}
    lines = [
        Line(
            texts.clause(number),
            tuple(each for each in found if number in each.clauses),
            tuple(mention for mention in mentions if mention.number == number),
            number in claimed,
            rules.get(number, ""),
        )
        for number in _in_order(numbers)
    ]
    return Coverage(tuple(found), tuple(lines))


def carriers(diagram: bytes) -> list[Carrier]:
    """Every node of the diagram in the order of the file, whether it cites something or not."""
    try:
        root = parse(diagram)
    except DiagramError:
        return []
    return [_carrier(element) for element in _nodes(root) if element.get("id")]


def _nodes(root: Element) -> Iterator[Element]:
    for element in root.iter(f"{{{BPMN}}}*"):
        if local(element) in FLOW_NODES:
            yield element


def _carrier(element: Element) -> Carrier:
    tag, settings = local(element), read_properties(element)
    waits = tag in ("sendTask", "receiveTask") and reference(element.get("messageRef")) is None
    person = tag in PERSON_TASKS or waits
    kind = (settings.get("kind") or ("handle" if settings.get("form") else None)) if person else None
    how = kind_of(kind).title if kind in kinds() else TAGS.get(tag, "步骤" if tag in ACTIVITIES else "分支")
    name = " ".join((element.get("name") or "").split())
    numbers = tuple(dict.fromkeys(settings.get("clauses", "").split()))
    return Carrier(element.get("id") or "", name or "没有名称", how, kind, numbers, person)


def _mentions(files: Mapping[str, bytes]) -> Iterator[Mention]:
    parameters = _settings(files).get("parameters", {})
    for name, table in parameters.items() if isinstance(parameters, dict) else ():
        clause = table.get("clause") if isinstance(table, dict) else None
        for number in clause.split() if isinstance(clause, str) else ():
            yield Mention("参数", str(table.get("title") or name), number)
    for name, data in files.items():
        if (form := form_name(name)) is not None:
            for number in dict.fromkeys(_NUMBER.findall(data.decode("utf-8", "replace"))):
                if texts.clause(number).text:
                    yield Mention("表单", form, number)


def _claimed(files: Mapping[str, bytes]) -> list[str]:
    listed = _settings(files).get("clauses", [])
    return [number for number in listed if isinstance(number, str)] if isinstance(listed, list) else []


def _settings(files: Mapping[str, bytes]) -> dict[str, object]:
    try:
        return toml(files.get(TOML, b""))
    except NotReadable:
        return {}


def _in_order(numbers: list[str]) -> list[str]:
    """These and all others of their documents, in the catalogue's order; of the law only what is cited."""
    ordered: list[str] = []
    for section in dict.fromkeys(map(_section, sorted(numbers, key=lambda number: _section(number) == LAW))):
        whole = [clause.id for clause in texts.catalogue(section)]
        wanted = [number for number in whole if section != LAW or number in numbers]
        ordered += [*wanted, *(n for n in numbers if _section(n) == section and n not in whole)]
    return ordered


def _section(number: str) -> str:
    return number.split("-")[0]
