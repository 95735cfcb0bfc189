"""What a step needs before it can be published: a name, a way it is done, a form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.diagram import folder
from engine.diagram.folder import form_file, form_files
from engine.diagram.procedure import MAX_FILES
from engine.diagram.repair.bench import TASKS, Bench, Offer, Repair, ids, listed, tidy, unset
from engine.diagram.source import Element, bpmn, local, reference

_SHARED = "办理"
_NAMES = {"subProcess": "子流程", "callActivity": "调用流程"}


def is_step(element: Element) -> bool:
    """Whether a person does it here."""
    if local(element) in TASKS:
        return True
    return local(element) in ("sendTask", "receiveTask") and reference(element.get("messageRef")) is None


def handled(bench: Bench, step: Element, **settings: str) -> None:
    """Make a step one that somebody handles: a user task, as every step with a way of its own is drawn here."""
    step.tag = bpmn("userTask")
    for name in ("messageRef", "operationRef", "implementation", "instantiate"):
        unset(step, name)
    bench.set(step, kind="handle", **settings)


def names(bench: Bench) -> Iterator[Offer]:
    """Steps without a name, called by what they are and their place."""
    unnamed = [n for n in bench.nodes() if (is_step(n) or local(n) in _NAMES) and not tidy(n.get("name"))]

    def mend(_: str | None) -> None:
        taken = {tidy(n.get("name")) for n in bench.nodes()}
        for node in unnamed:
            kind = _NAMES.get(local(node), "步骤")
            name = next(each for i in range(1, 100_000) if (each := f"{kind} {i}") not in taken)
            taken.add(name)
            node.set("name", name)

    if unnamed:
        message = f"{len(unnamed)} 处没有名称，先按次序叫“步骤 1”“步骤 2”……，以后可以在流程图上改。"
        yield Offer(Repair("names", "先编上名称", message, frozenset({"no-label"}), ids(unnamed)), mend)


def kinds(bench: Bench) -> Iterator[Offer]:
    """Steps that do not say how they are done: 办理, each with a form of its own."""
    found = [n for n in bench.nodes() if is_step(n) and not _kind(bench, n)]

    def mend(_: str | None) -> None:
        for step in found:
            handled(bench, step, form=new_form(bench, step))

    if found:
        fields = sum(len(_fields(step)) for step in found)
        kept = f"原来那个工具里填写的 {fields} 项接过来，其余的" if fields else ""
        message = (
            f"{listed(found)}没有说明怎么办：设为“办理”（一个人签收、填表、交），各配一张表单，"
            f"{kept}先空着。要征求意见、审议、票决、公示的，再在流程图上换。"
        )
        mends = frozenset({"no-kind"})
        yield Offer(Repair("kinds", "设为“办理”，配上表单", message, mends, ids(found)), mend)


def forms(bench: Bench) -> Iterator[Offer]:
    """Steps of the kind 办理 whose form is not there."""
    found = [
        n for n in bench.nodes() if is_step(n) and _kind(bench, n) == "handle" and not _has_form(bench, n)
    ]

    def mend(_: str | None) -> None:
        for step in found:
            wanted = bench.settings(step).get("form", "").strip()
            if wanted and _usable(wanted):
                bench.files[form_file(wanted)] = folder.new_form(wanted, _fields(step))
            else:
                bench.set(step, form=new_form(bench, step))

    if found:
        message = f"{listed(found)}没有表单，各配一张空的，再在“表单”里画。"
        mends = frozenset({"form-missing", "form-unknown"})
        yield Offer(Repair("forms", "配上表单", message, mends, ids(found)), mend)


def idle_kinds(bench: Bench) -> Iterator[Offer]:
    """A way of doing it on something nobody does."""
    found = [n for n in bench.nodes() if not is_step(n) and "kind" in bench.settings(n)]

    def mend(_: str | None) -> None:
        for node in found:
            for each in [e for e in node.iter("{*}property") if e.get("name") == "kind"]:
                parent = each.getparent()
                if parent is not None:
                    parent.remove(each)

    if found:
        message = f"{listed(found)}不是由人办的步骤，写在那里的办理方式不起作用，删去。"
        yield Offer(
            Repair("idle-kinds", "删去不起作用的办理方式", message, frozenset({"kind-ignored"}), ids(found)),
            mend,
        )


# ---------------------------------------------------------------- forms


def room_for_forms(bench: Bench) -> int:
    """How many more forms the folder takes, with some left for what a designer adds."""
    return max(0, MAX_FILES - 50 - len(bench.files))


def new_form(bench: Bench, step: Element) -> str:
    """Put a new form for a step into the folder; its name. Where there are too many, all share one that is empty."""
    if not room_for_forms(bench):
        bench.files.setdefault(form_file(_SHARED), folder.new_form(_SHARED))
        return _SHARED
    stem = re.sub(r"[^\w-]+", "", tidy(step.get("name")))[:40] or step.get("id") or "表单"
    taken = {name.lower() for name in form_files(bench.files)}
    names = (stem if n == 1 else f"{stem}{n}" for n in range(1, len(taken) + 2))
    name = next(each for each in names if each.lower() not in taken)
    bench.files[form_file(name)] = folder.new_form(name, _fields(step))
    return name


_TYPES = {
    "long": "number",
    "int": "number",
    "integer": "number",
    "double": "number",
    "boolean": "checkbox",
    "date": "datetime",
    "enum": "select",
}


def _fields(step: Element) -> list[dict[str, Any]]:
    """The fields Camunda, Activiti and Flowable keep in the step itself (`formField`, `formProperty`)."""
    found: dict[str, dict[str, Any]] = {}
    written = step.iterfind(f"{bpmn('extensionElements')}//{{*}}*")
    for each in (e for e in written if local(e) in ("formField", "formProperty")):
        key = re.sub(r"[^\w]+", "_", each.get("id") or "").strip("_")
        if not key:
            continue
        kind = _TYPES.get(each.get("type") or "", "textfield")
        field: dict[str, Any] = {"type": kind, "key": key}
        field["label"] = tidy(each.get("label") or each.get("name")) or key
        if kind == "datetime":
            field |= {"subtype": "date", "dateLabel": field["label"]}
        if kind == "select":
            values = [e for e in each if local(e) == "value" and e.get("id")]
            field["values"] = [{"label": e.get("name") or e.get("id"), "value": e.get("id")} for e in values]
        found.setdefault(key, field)
    return list(found.values())


def _kind(bench: Bench, step: Element) -> str:
    settings = bench.settings(step)
    return settings.get("kind", "").strip() or ("handle" if settings.get("form", "").strip() else "")


def _has_form(bench: Bench, step: Element) -> bool:
    return form_file(bench.settings(step).get("form", "").strip()) in bench.files


def _usable(name: str) -> bool:
    return "/" not in name and not name.startswith(".") and len(name) <= 60


RULES = (names, kinds, forms, idle_kinds)
