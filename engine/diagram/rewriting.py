"""Names that stand in a diagram, found and changed wherever they stand: forms, parameters, the process itself.

It works on any file that can be parsed, also one that could not be published yet, and changes nothing else in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from engine.diagram.model import FLOW_NODES
from engine.diagram.reader import clean_name
from engine.diagram.source import BPMN, SPIFF, Element, bpmn, local, parse, parse_whole, reference
from engine.values import normal_name

_BRACED = re.compile(r"\{(\s*)([^{}]*?)(\s*)\}")
_TOKEN = re.compile(
    r""""[^"]*"|'[^']*'|\.\s*[^\W\d]\w*|[^\W\d]\w*"""
)  # texts and fields of a result are no names
_EXPRESSIONS = ("conditionExpression", "condition", "completionCondition", "loopCondition", "loopCardinality")
_TIMES = ("timeDate", "timeDuration", "timeCycle")
_PROCESS_REFERENCES = ("bpmnElement", "processRef", "calledElement")


def form_users(data: bytes) -> dict[str, list[tuple[str, str]]]:
    """Form -> the steps it belongs to, as (id, label). Raises DiagramError for a file that is no diagram."""
    found: dict[str, list[tuple[str, str]]] = {}
    for setting, step in _settings(parse(data)):
        if setting.get("name") == "form" and setting.get("value"):
            found.setdefault(setting.get("value", "").strip(), []).append(_named(step))
    return found


def with_form_renamed(data: bytes, before: str, name: str) -> bytes:
    """The diagram, its steps using the form under the new name. Raises DiagramError."""
    return _with_settings(
        data,
        lambda setting, text: name if setting == "form" and text.strip() == before else text,
    )


def parameter_users(data: bytes) -> dict[str, list[tuple[str, str]]]:
    """Every name read as a parameter may be -> where, as (id, label), each place once. Raises DiagramError."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for text, step, braced in _texts(parse(data)):
        for name in _braced(text) if braced else _free(text):
            found.setdefault(normal_name(name), {})[_named(step)] = None
    return {name: list(places) for name, places in found.items()}


def with_parameter_renamed(data: bytes, before: str, name: str) -> bytes:
    """The diagram reading the parameter under its new name, in settings, times and conditions. Raises DiagramError."""
    root = parse_whole(data)

    def free(text: str) -> str:
        return _TOKEN.sub(lambda token: name if normal_name(token[0]) == before else token[0], text)

    def braced(text: str) -> str:
        return _BRACED.sub(
            lambda found: f"{{{found[1]}{name}{found[3]}}}" if normal_name(found[2]) == before else found[0],
            text,
        )

    for setting, _ in _settings(root):
        setting.set("value", braced(setting.get("value", "")))
    for element in root.iter(f"{{{BPMN}}}*"):
        if local(element) in _TIMES and element.text:
            element.text = braced(element.text)
        elif local(element) in _EXPRESSIONS and element.text:
            element.text = free(element.text)
    return _written(root)


def process_id(data: bytes) -> str | None:
    """What the procedure would be published as. Raises DiagramError."""
    process = parse(data).find(bpmn("process"))
    return process.get("id") if process is not None else None


def taken_ids(data: bytes) -> set[str]:
    """The ids of everything in the file. Raises DiagramError."""
    return {str(element.get("id")) for element in parse(data).iter("*") if element.get("id")}


def with_process_id(data: bytes, key: str) -> bytes:
    """The diagram with another id of its first process, and all that refers to it. Raises DiagramError."""
    root = parse_whole(data)
    process = root.find(bpmn("process"))
    before = process.get("id") if process is not None else None
    if process is None or before == key:
        return data
    process.set("id", key)
    for element in root.iter("*"):
        for attribute in _PROCESS_REFERENCES:
            text = element.get(attribute)
            if text is not None and reference(text) == before:
                prefix, colon, _ = text.strip().rpartition(":")
                element.set(attribute, f"{prefix}{colon}{key}")
    return _written(root)


def startable(data: bytes) -> list[tuple[str, str]]:
    """The processes with something in them, by id and as people call them; the first is started. Raises
    DiagramError.
    """
    root = parse(data)
    pools = {reference(pool.get("processRef")): pool.get("name") for pool in root.iter(bpmn("participant"))}
    found = []
    for number, process in enumerate(_processes(root), start=1):
        name = " ".join((process.get("name") or pools.get(process.get("id")) or "").split())
        found.append((process.get("id") or "", name or f"图上第 {number} 个流程"))
    return found


def with_first_process(data: bytes, chosen: str) -> bytes:
    """The diagram with another process first: that one is started. It takes over the id, which is what the procedure is
    known by; the one before gets the other's. Raises DiagramError.
    """
    root = parse_whole(data)
    first = next(_processes(root), None)
    target = next((process for process in _processes(root) if process.get("id") == chosen), None)
    if first is None or target is None or target is first:
        return data
    swapped = {first.get("id"): chosen, chosen: first.get("id")}
    for element in root.iter("*"):
        for attribute in _PROCESS_REFERENCES:
            text = element.get(attribute)
            other = swapped.get(reference(text))
            if text is not None and other:
                prefix, colon, _ = text.strip().rpartition(":")
                element.set(attribute, f"{prefix}{colon}{other}")
    first.set("id", chosen)
    target.set("id", swapped[chosen] or "")
    first.addprevious(target)
    return _written(root)


# ---------------------------------------------------------------- parts


def _processes(root: Element) -> Iterator[Element]:
    return (
        p for p in root.findall(bpmn("process")) if any(local(e) in FLOW_NODES for e in p.iter(bpmn("*")))
    )


def _written(root: Element) -> bytes:
    """In the drawing editor's spelling, so that comparing two files shows what has changed and nothing else."""
    text = bytes(etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False))
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.replace(b'"/>', b'" />') + b"\n"


def _settings(root: Element) -> Iterator[tuple[Element, Element]]:
    """Every setting, with the element it is a setting of."""
    for setting in root.iter(f"{{{SPIFF}}}property"):
        extension = next(setting.iterancestors(bpmn("extensionElements")), None)
        owner = extension.getparent() if extension is not None else None
        if owner is not None:
            yield setting, owner


def _with_settings(data: bytes, change: Callable[[str, str], str]) -> bytes:
    root, changed = parse_whole(data), False
    for setting, _ in _settings(root):
        before = setting.get("value", "")
        after = change(setting.get("name", ""), before)
        if after != before:
            setting.set("value", after)
            changed = True
    return _written(root) if changed else data


def _texts(root: Element) -> Iterator[tuple[str, Element, bool]]:
    """What may name a parameter: the text, where it stands, and whether the name stands in braces there."""
    for setting, step in _settings(root):
        yield setting.get("value", ""), step, True
    for element in root.iter(f"{{{BPMN}}}*"):
        if local(element) in _TIMES + _EXPRESSIONS:
            yield "".join(map(str, element.itertext())), _owner(element), local(element) in _TIMES


def _owner(element: Element) -> Element:
    """The step or flow an expression belongs to."""
    inner = ("EventDefinition", "LoopCharacteristics")
    owner = element.getparent()
    while owner is not None and local(owner).endswith(inner) and owner.getparent() is not None:
        owner = owner.getparent()
    return element if owner is None else owner


def _named(element: Element) -> tuple[str, str]:
    label = clean_name(element.get("name"))
    return element.get("id") or "", label or element.get("id") or "没有名称的一处"


def _braced(text: str) -> Iterator[str]:
    for found in _BRACED.finditer(text):
        yield found[2]


def _free(text: str) -> Iterator[str]:
    for token in _TOKEN.finditer(text):
        if token[0][0] not in "\"'.":
            yield token[0]
