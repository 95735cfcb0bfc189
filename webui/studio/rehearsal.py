"""推演: the page a draft is rehearsed on, on the real engine. The browser keeps the story and hands it in whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson
from flask import Response, jsonify, render_template, request
from jinja2.utils import htmlsafe_json_dumps

from engine import operations
from engine.execution import DiagramError, ExecutionError
from engine.execution.script import Script
from engine.operations.proving import ALTOGETHER
from engine.operations.scenarios import retitle_scenario, save_scenario
from engine.queries import drafts
from engine.queries.rehearsing import Playable, holidays, playable
from engine.refusal import Invalid, NotVisible
from engine.scenarios import FOLDER, Report, load, run, run_folder
from engine.scenarios.casting import cast_of, completed
from engine.scenarios.playing import SECONDS, Player
from engine.scenarios.scene import scene
from engine.scenarios.telling import story
from engine.scenarios.written import DEFAULT_BEGIN, KEYS, ScenarioError, toml
from webui.sessions import actor, runtime, signed_in
from webui.studio import blueprint
from webui.studio.body import json_body
from webui.studio.picture import picture
from webui.studio.places import places

STAGE = ("roster", "households", "parameters", "calendar", "begins", "data")  # what a story stands on
_player = Player()


@blueprint.get("/drafts/<draft_id>/rehearsal")
@signed_in
def rehearsal(draft_id: str) -> str:
    found = _playable(draft_id)
    try:
        script = found.script({})
    except (DiagramError, ExecutionError) as error:
        listed = error.findings if isinstance(error, DiagramError) else []
        return render_template(
            "studio/rehearsal_blocked.html",
            draft=found.draft,
            findings=listed,
            error=str(error),
            **places(found.draft),
        )
    diagram = found.draft.diagram
    page = {
        "draft": draft_id,
        "xml": picture(diagram.data if diagram else None) or "",
        "stage": _stage(found, script),
        "parameters": _parameters(script),
        "posts": _posts(found, script),
        "holidays": holidays(runtime()),
        "scenarios": [asdict(one) for one in found.scenarios()],
    }
    # In the order it has: who comes first on a roster is the first of those who come to a meeting.
    ordered = htmlsafe_json_dumps(page, dumps=json.dumps, ensure_ascii=False)
    return render_template("studio/rehearsal.html", draft=found.draft, page=ordered)


@blueprint.post("/drafts/<draft_id>/rehearsal/play")
@signed_in
def play(draft_id: str) -> Any:
    """Body: a scenario as JSON, its `step` the moves so far. What stands at its end, or which move is refused."""
    found, raw = _playable(draft_id), _body()
    try:
        shown = _player.play(found.content, found.script, raw, scene)
    except DiagramError as error:
        raise Invalid("not-executable", f"流程图现在走不通，先改好再推演：{error.findings[0]}") from error
    except (ScenarioError, ExecutionError) as error:
        raise Invalid("rehearsal", str(error)) from error
    return jsonify(shown | {"story": story(shown["lines"])})


@blueprint.get("/drafts/<draft_id>/scenarios/<file>")
@signed_in
def scenario(draft_id: str, file: str) -> Any:
    """A scenario as the page plays it: the stage with the folder's people, its moves, and what it expects."""
    found = _playable(draft_id)
    text = found.files.get(f"{FOLDER}/{file}")
    if text is None:
        raise NotVisible("file-unknown", "没有这个情形，可能已经删除")
    try:
        raw, written = toml(text), load(text, file, found.roster)
    except ScenarioError as error:
        raise Invalid("scenario", f"读不了这个情形：{error}") from error
    stage = _jsonable({name: raw[name] for name in STAGE if name in raw})
    stage |= {"roster": written.roster, "begins": written.begins.isoformat(timespec="minutes")}
    about = {
        "title": written.title,
        "story": written.story,
        "file": file,
        "expect": _jsonable(raw.get("expect", {})),
    }
    shown = about | {"stage": stage, "step": _jsonable(raw["step"])}
    return Response(orjson.dumps(shown), content_type="application/json")  # in the order it is written


@blueprint.post("/drafts/<draft_id>/scenarios")
@signed_in
def write(draft_id: str) -> Any:
    """Body: `{"scenario": {…}, "file"?, "seen"?}`. It is played at once; the answer tells what came of it."""
    body = _body(KEYS | {"scenario", "file", "seen"})
    raw = body.get("scenario")
    if not isinstance(raw, dict):
        raise Invalid("body", "要保存的情形没有传全，请刷新页面再试")
    file, saved = save_scenario(
        runtime(), actor().person_id, draft_id, raw, body.get("file") or None, body.get("seen") or None
    )
    found = _playable(draft_id)
    text = found.files[f"{FOLDER}/{file}"]
    report = run(found.files, load(text, file.removesuffix(".toml"), found.roster), SECONDS)
    listed = [asdict(one) for one in found.scenarios()]
    return jsonify(file=file, digest=saved.digest, report=_told(report), scenarios=listed)


@blueprint.post("/drafts/<draft_id>/scenarios/<file>/title")
@signed_in
def retitle(draft_id: str, file: str) -> Any:
    """Body: `{"title", "seen"}`."""
    body = _body({"title", "seen"})
    title, seen = str(body.get("title") or ""), str(body.get("seen") or "")
    retitle_scenario(runtime(), actor().person_id, draft_id, file, title, seen)
    return jsonify(scenarios=[asdict(one) for one in _playable(draft_id).scenarios()])


@blueprint.delete("/drafts/<draft_id>/scenarios/<file>")
@signed_in
def drop(draft_id: str, file: str) -> Any:
    seen = request.args.get("seen", "")
    operations.remove_file(runtime(), actor().person_id, draft_id, f"{FOLDER}/{file}", seen)
    return jsonify(scenarios=[asdict(one) for one in _playable(draft_id).scenarios()])


@blueprint.post("/drafts/<draft_id>/scenarios/run")
@signed_in
def run_all(draft_id: str) -> Any:
    found = _playable(draft_id)
    try:
        reports = run_folder(found.files, SECONDS, ALTOGETHER)
    except DiagramError as error:
        raise Invalid("not-executable", f"流程图现在走不通，先改好再跑情形：{error.findings[0]}") from error
    return jsonify(reports=[_told(report) for report in reports])


# ---------------------------------------------------------------- parts


def _playable(draft_id: str) -> Playable:
    return playable(runtime(), drafts.draft(runtime(), actor(), draft_id))


def _body(known: set[str] | frozenset[str] = KEYS) -> dict[str, Any]:
    body = json_body(hint := "要推演的内容没有传全，请刷新页面再试")
    if body.keys() - known:
        raise Invalid("body", hint)
    return body


def _stage(found: Playable, script: Script) -> dict[str, Any]:
    """What a story begins with where nobody has chosen otherwise."""
    roster = completed(found.roster, script, runtime().designations)
    return {
        "roster": roster,
        "begins": DEFAULT_BEGIN.isoformat(timespec="minutes"),
        "parameters": {},
        "households": {},
    }


def _posts(found: Playable, script: Script) -> list[str]:
    """Who might be put on the roster: those the diagram asks for."""
    return list(cast_of(script, runtime().designations))


def _parameters(script: Script) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "title": one.title,
            "type": one.type,
            "default": one.default,
            "shown": one.shown(one.default),
            "choices": list(one.choices),
            "bounds": one.bounds,
            "unit": one.unit,
        }
        for one in script.known_parameters.values()
    ]


def _told(report: Report) -> dict[str, Any]:
    told = report.as_dict()
    faults = [
        {"at": line["at"], "what": line["what"], "faults": line["faults"]}
        for line in told["lines"]
        if line["faults"]
    ]
    return {name: told[name] for name in ("name", "title", "passed", "outcome")} | {"faults": faults}


def _jsonable(value: Any) -> Any:
    """TOML has dates, JSON has not."""
    if isinstance(value, Mapping):
        return {key: _jsonable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_jsonable(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
