"""What stands at the end of a story that was played: all a page needs to show it and to go on, as JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from engine import pickers
from engine.diagram.model import Node
from engine.durations import SHANGHAI
from engine.execution import ExecutionError, Task
from engine.execution.answering import Answering
from engine.refusal import Refusal
from engine.scenarios import samples
from engine.scenarios.playing import Played
from engine.scenarios.report import day_and_time, until
from engine.scenarios.stage import Stage
from engine.scenarios.telling import facts, in_rows
from engine.steps import moderation, slips
from engine.steps.kind import Action

TASKS = ("userTask", "manualTask", "task")
MOST_NAMES = 200  # of those who may do something, offered in one list
MOST_DUE = 6
MOST_TAKEN = 200  # elements and flows of the last move that a token is seen to pass
AHEAD, NOW = timedelta(days=15), timedelta()  # a meeting is called long enough before for any announcing
ON_LINE = frozenset(
    {moderation.action().name, *(action.name for action in slips.actions())}
)  # have to do with links
MOST_TASKS = 200  # different ones: each is looked at in all that it can come to
FILE_HINT = "推演不上传附件，写个文件名就行"


def scene(played: Played) -> dict[str, Any]:
    """The whole of it. Raises ExecutionError where more is open than a page can offer."""
    stage = played.stage
    rehearsal = stage.rehearsal
    tasks = list(_tasks(stage))
    if len(tasks) > MOST_TASKS:
        raise ExecutionError(
            f"同时打开的待办有 {len(tasks):,} 件，推演一次最多 {MOST_TASKS} 件。请把流程拆小一些，或者减少并行"
        )
    return {
        "clock": _local(stage.clock()),
        "clock_words": day_and_time(stage.clock()),
        "positions": _positions(stage),
        "visited": list(dict.fromkeys(rehearsal.passed)),
        "taken": rehearsal.passed[played.taken :][-MOST_TAKEN:],
        "tasks": [_task(played, task, many) for task, many in tasks],
        "due": [_due(moment, name) for moment, name in stage.falling_due()[:MOST_DUE]],
        "awaited": [
            {"kind": kind, "name": name, "fields": _payload(stage, kind, name)}
            for kind, name in _heard(stage)
        ],
        "lines": [asdict(line) for line in played.lines],
        "data": in_rows(stage.nodes, rehearsal.data, rehearsal.script, stage.roster),
        "facts": facts(stage.nodes, rehearsal.data),
        "passed": _passed(stage),
        "missed": _missed(stage),
        "finished": rehearsal.finished,
        "outcome": rehearsal.outcome,
        "stuck": rehearsal.stuck,
        "error": rehearsal.error,
        "moves": len(played.moves),
        "refused": None
        if played.refused is None
        else dict(zip(("move", "message"), played.refused, strict=True)),
    }


# ---------------------------------------------------------------- where it stands


def _positions(stage: Stage) -> dict[str, int]:
    """Element → how many stand there."""
    open_ = [task.element_id for task in stage.rehearsal.open_tasks()]
    return {place: max(1, open_.count(place)) for place in stage.rehearsal.positions()}


def _passed(stage: Stage) -> list[str]:
    """The steps and ends that were passed, in order, as people call them; the same twice running only once."""
    way = [stage.nodes[element] for element in stage.rehearsal.trace if element in stage.nodes]
    names = [node.label for node in way if node.name and (node.tag in TASKS or node.tag == "endEvent")]
    return [name for place, name in enumerate(names) if place == 0 or names[place - 1] != name]


def _missed(stage: Stage) -> list[str]:
    seen = {stage.nodes[element].label for element in stage.rehearsal.passed if element in stage.nodes}
    named = (
        node for node in stage.nodes.values() if node.name and (node.tag in TASKS or node.tag == "endEvent")
    )
    return list(dict.fromkeys(node.label for node in named if node.label not in seen))


def _heard(stage: Stage) -> list[tuple[str, str]]:
    return list(dict.fromkeys(stage.rehearsal.waiting))


def _payload(stage: Stage, kind: str, name: str) -> list[str]:
    return sorted(stage.rehearsal.script.definition.payload(name)) if kind == "message" else []


def _due(moment: datetime, name: str) -> dict[str, str]:
    return {"name": name, "at": _local(moment), "words": until(moment)}


def _local(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="minutes")


# ---------------------------------------------------------------- what can be done


def _tasks(stage: Stage) -> list[tuple[Task, int]]:
    """Each open step once, with how many of it there are."""
    found: dict[str, tuple[Task, int]] = {}
    for task in stage.rehearsal.open_tasks():
        first, many = found.get(task.element_id, (task, 0))
        found[task.element_id] = first, many + 1
    return list(found.values())


def _task(played: Played, task: Task, many: int) -> dict[str, Any]:
    stage, node = played.stage, played.stage.nodes[task.element_id]
    due = stage.due_of(task)
    found: dict[str, Any] = {
        "element": task.element_id,
        "label": node.label,
        "does": _called(stage, node),
        "many": many,
        "kind": task.kind,
        "lane": task.lane,
        "guidance": node.documentation,
        "due": None if due is None else _due(due, node.label),
        "late": due is not None and due <= stage.clock(),
        "said": len(stage.rehearsal.handed_in(task.id)),
        "errors": played.offers.errors(task),
    }
    try:
        offers, more = played.offers.of(stage, task)
        acts = list(_acts(stage, task)) if task.kind else []
        title = stage.rehearsal.answering(task.id).kind.title if task.kind else "办理"
    except ExecutionError as error:  # its settings cannot be read with the data there is
        return found | {"offers": [], "more": 0, "acts": [], "title": "", "wrong": str(error)}
    return found | {
        "offers": [asdict(one) for one in offers],
        "more": more,
        "acts": acts,
        "title": title,
        "wrong": "",
    }


def _called(stage: Stage, node: Node) -> str:
    """The name a story calls a step by: what the diagram says, unless two are called so."""
    alike = [one for one in stage.nodes.values() if one.label == node.label and one.tag in TASKS]
    return node.label if len(alike) == 1 else node.id


def _acts(stage: Stage, task: Task) -> Iterator[dict[str, Any]]:
    """What may be done; how a collective step is concluded comes last, as it does in life."""
    step = stage.rehearsal.answering(task.id)
    actions = step.actions()
    if step.kind.collective and actions[0].name == "close":
        actions = [*actions[1:], actions[0]]
    for action in actions:
        if action.name not in ON_LINE:
            yield _act(stage, task, step, action, alone=len(actions) == 1)


def _act(stage: Stage, task: Task, step: Answering, action: Action, *, alone: bool) -> dict[str, Any]:
    said, roster = stage.rehearsal.handed_in(task.id), stage.roster
    people = [n for n in range(1, len(roster.names) + 1) if step.may(n, action, said)]
    moment = stage.clock() + (AHEAD if action.name == "convene" else NOW)
    sample = samples.sample(_named(stage, action.schema), moment, least=True)
    able = [roster.name(number) for number in people]
    return {
        "title": action.title,
        "action": None if alone else action.title,
        "mass": action.mass,
        "schema": _plain(_named(stage, action.schema)),
        "sample": sample,
        "who": able[:MOST_NAMES],
        "not_yet": _not_yet(stage, step, action, able[:1], sample, said),
    }


def _not_yet(
    stage: Stage,
    step: Answering,
    action: Action,
    able: Sequence[str],
    sample: Mapping[str, Any],
    said: Sequence[Any],
) -> str:
    """Why it cannot be done now, tried with samples; empty where it can, and where what is typed decides."""
    if not able:
        return "名单里没有可以办这件事的人"
    try:
        data = stage.as_handed_in(action.schema, sample)
        step.submit(data, able[0], said, stage.clock(), action.name if step.kind.collective else None)
    except ExecutionError as error:
        refusal = error.__cause__
        return refusal.message if isinstance(refusal, Refusal) and not refusal.fields else ""
    return ""


def _named(stage: Stage, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the people of the cast by name: a story says names, not numbers."""

    def options(designations: Sequence[str]) -> list[tuple[Any, str]]:
        roster = stage.roster
        names = [roster.name(person) for name in designations for person in roster.holders(name)]
        return [(name, name) for name in dict.fromkeys(names)]

    return pickers.offering(schema, options)


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Without uploads: a story writes a file's name."""
    return {**schema, "components": [_component(part) for part in schema.get("components") or []]}


def _component(part: Mapping[str, Any]) -> dict[str, Any]:
    if part.get("components"):
        return _plain(part)
    if part.get("type") != "filepicker":
        return dict(part)
    rules = {key: value for key, value in (part.get("validate") or {}).items() if key == "required"}
    kept = {key: part[key] for key in ("key", "label", "conditional", "layout", "id") if key in part}
    return {**kept, "type": "textfield", "description": FILE_HINT, "validate": rules}
