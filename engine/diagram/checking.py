"""`check`: everything there is to say about a diagram, a folder, or a procedure with all it calls."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine import forms as form_rules
from engine import pickers
from engine.clauses import clause
from engine.diagram.drawing import check_drawing
from engine.diagram.examination import Examination, examine
from engine.diagram.finding import DiagramError, Finding
from engine.diagram.folder import form_file
from engine.diagram.procedure import LEVELS, TOML, Folder, Procedure, Resolve, Source, open_folder
from engine.diagram.publishing import Surroundings, check_publishing
from engine.diagram.redlines import check_redlines
from engine.diagram.source import children, truth
from engine.diagram.structure import calling_themselves
from engine.expressions import normal_name


def check_diagram(data: bytes, designations: Container[str] | None = None) -> list[Finding]:
    """Every finding about a diagram on its own, in the order of the file. Its forms and parameters are not
    known.
    """
    try:
        examination = examine(data)
    except DiagramError as error:
        return list(error.findings)
    if examination.diagram is not None:
        _publishing(examination, Surroundings(designations=designations))
    return examination.report.in_order()


def check_folder(source: Source, designations: Container[str] | None = None) -> list[Finding]:
    """Every finding about a procedure's folder: the diagram's first, then procedure.toml's, the forms' and templates'.

    `designations` are the names a lane may bear; without them lanes are not checked against any.
    """
    folder = open_folder(source)
    if folder.procedure is None or folder.examination is None:
        return folder.findings
    procedure = folder.procedure
    before = len(folder.examination.report.findings)
    around = Surroundings(
        procedure.forms, procedure.defaults, designations, procedure.inputs, bool(procedure.calls)
    )
    _publishing(folder.examination, around)
    report = folder.examination.report
    found = [*report.findings[before:], *check_redlines(procedure)]
    late = [replace(finding, file=folder.diagram_file) for finding in report.sort(found)]
    return [
        *folder.findings,
        *late,
        *_settings(procedure, folder, designations),
        *_forms(procedure, designations),
        *_templates(procedure),
    ]


def check_closure(procedure: Procedure, resolve: Resolve) -> list[Finding]:
    """What only shows when a procedure and all it calls are put together.

    `resolve` gives the procedure of a key, or None. A called procedure works on the caller's data, so names
    must not collide.
    """
    found: dict[str, Procedure] = {procedure.key: procedure}
    findings: list[Finding] = []
    queue = [procedure]
    while queue:
        caller = queue.pop(0)
        for key in caller.calls:
            called = found.get(key) or resolve(key)
            if called is None:
                findings.append(
                    _closure(
                        "no-such-procedure", f"「{caller.title}」调用的流程 {key} 还没有发布，请先发布它"
                    )
                )
            elif key not in found:
                found[key] = called
                queue.append(called)
    calls = {key: each.calls for key, each in found.items()}
    for key in calling_themselves(calls):
        message = f"「{found[key].title}」直接或间接地调用了自己，永远办不完，请断开这个圈"
        findings.append(_closure("calls-itself", message))
    return findings + list(_collisions(list(found.values()))) + list(_missing_inputs(list(found.values())))


# ------------------------------------------------------------------------------------------------ parts


def _publishing(examination: Examination, around: Surroundings) -> None:
    assert examination.diagram is not None
    report = examination.report
    report.gate = "publishing"
    for process in children(examination.root, "process"):
        if process.get("id") in examination.diagram.processes and not truth(process, "isExecutable", True):
            report.add(
                "not-executable", "标为不可执行（isExecutable），发布前请改为可执行", process, "warning"
            )
    check_publishing(examination.diagram, around, report)
    check_drawing(examination.root, examination.diagram, report)


def _templates(procedure: Procedure) -> Iterator[Finding]:
    """The Word templates of documents in the folder: a designer learns what is wrong with one, not a clerk."""
    names = [name for name in sorted(procedure.files) if name.startswith("templates/")]
    if not names:
        return
    from engine.documents.template import faults  # reads Word files: loaded where there are any

    for name in names:
        for fault in faults(name, procedure.files[name]):
            yield Finding("bad-template", fault, gate="publishing", file=name)


def _settings(procedure: Procedure, folder: Folder, designations: Container[str] | None) -> Iterator[Finding]:
    """procedure.toml against what a published procedure needs."""
    text = folder.settings
    if TOML not in folder.files:
        return
    if not text.get("title"):
        yield _toml("no-title", "没有写“名称”（title）")
    if procedure.level not in LEVELS:
        yield _toml("bad-level", f"“在哪一级办”（level）请选 {'、'.join(LEVELS)} 之一")
    if "starters" not in text:
        yield _toml(
            "no-starters", "没有写“由谁发起”（starters）；只由别的流程调用的，请写成一个也没有：starters = []"
        )
    if designations is not None:
        for name in procedure.starters:
            if name not in designations:
                yield _toml(
                    "unknown-starter", f"发起的「{name}」不是登记过的岗位、身份或职务，请改名或先登记"
                )
    for number in procedure.clauses:
        if not clause(number).text:
            yield _toml("unknown-clause", f"条款总表里没有 {number}，请核对编号")
    for parameter in procedure.parameters.values():
        for number in parameter.clause.split():
            if not clause(number).text:
                yield _toml(
                    "unknown-clause", f"参数「{parameter.title}」写的条款 {number} 不在条款总表里，请核对"
                )


def _forms(procedure: Procedure, designations: Container[str] | None) -> Iterator[Finding]:
    used = {node.properties.get("form") for node in procedure.diagram.walk()}
    for name, schema in procedure.forms.items():
        file = form_file(name)
        for problem in form_rules.check(schema):
            yield Finding("bad-form", problem, gate="publishing", file=file)
        for problem in _pickers(schema, procedure.level, designations):
            yield Finding("bad-picker", problem, gate="publishing", file=file)
        if name not in used:
            message = f"表单「{name}」没有哪一步用到，请删去或在步骤里选它"
            yield Finding("unused-form", message, severity="warning", gate="publishing", file=file)


def _pickers(schema: Mapping[str, Any], level: str, designations: Container[str] | None) -> Iterator[str]:
    """Fields that pick people must find somebody: in the matter's unit or above it."""
    if designations is None:
        return
    levels = designations if isinstance(designations, Mapping) else {}
    reach = LEVELS[: LEVELS.index(level) + 1] if level in LEVELS else LEVELS
    for component in pickers.picking(schema):
        label = component.get("label") or form_rules.key_of(component)
        for name in form_rules.designations_of(component):
            said = f"“{label}”要从“{name}”里选人，可是"
            if name not in designations:
                yield f"{said}没有登记过这个岗位或身份，请改名或先登记"
            elif name in levels and not levels[name].levels:
                yield f"{said}会次职务要到会上才定，请换成岗位或身份"
            elif name in levels and not set(levels[name].levels) & set(reach):
                yield f"{said}{level}和它的上级都没有“{name}”，请换一个"


def _toml(code: str, message: str) -> Finding:
    return Finding(code, message, gate="publishing", file=TOML)


def _closure(code: str, message: str) -> Finding:
    return Finding(code, message, gate="publishing")


def _keys(procedure: Procedure) -> set[str]:
    return {normal_name(node.key) for node in procedure.diagram.walk() if node.kind is not None}


def _collisions(procedures: list[Procedure]) -> Iterator[Finding]:
    for index, second in enumerate(procedures):
        for first in procedures[:index]:
            for name in sorted(_keys(first) & _keys(second)):
                both = f"「{first.title}」和它调用的「{second.title}」"
                message = f"{both}都有一步的结果叫「{name}」，请改一个“结果的名字”（key）"
                yield _closure("duplicate-key", message)
        for other in procedures:
            for name in sorted(_keys(second) & {normal_name(each) for each in other.parameters}):
                if other is not second:
                    message = f"「{second.title}」的步骤「{name}」和「{other.title}」的参数同名，请改一个"
                    yield _closure("key-is-parameter", message)


def _missing_inputs(procedures: list[Procedure]) -> Iterator[Finding]:
    """The first one is the one that is started; the others are called and may count on what it sets."""
    everything: set[str] = set().union(*(_keys(each) for each in procedures))
    for each in procedures:
        for name in each.inputs:
            if normal_name(name) not in everything - _keys(each):
                message = f"「{each.title}」要用调用它的流程里的「{name}」，可是没有哪一步会填它"
                yield _closure("missing-input", message)
