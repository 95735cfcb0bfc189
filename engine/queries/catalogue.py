"""What a designer chooses from beside the drawing: kinds of step with their settings, posts, parameters, forms,
clauses, procedures that can be called; and what can be read at one place of the drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from engine import clauses, steps
from engine.diagram import DiagramError
from engine.diagram.folder import diagrams, form_files
from engine.diagram.parameter import Parameter, read_parameter
from engine.diagram.procedure import TOML, open_folder
from engine.diagram.readable import Place, open_drawing, place
from engine.diagram.titles import form_titles
from engine.people.designations import Designation
from engine.queries.draft_forms import labels_of, read_schema
from engine.queries.drafts import Draft
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime
from engine.steps.setting import CLAUSES, COMMON, PAYLOAD, TITLE, Setting
from engine.store.tables import procedure_versions, units

_MEANT = 40  # letters of what a form asks for, in a list of forms


def catalogue(rt: Runtime, draft: Draft) -> dict[str, Any]:
    """Everything the panel offers for this draft, as JSON. One statement."""
    settings = _settings(draft.files)
    return {
        **_declarations(),
        "designations": [_designation(one) for one in rt.designations.values()],
        "parameters": [_parameter(one) for one in _parameters(settings)],
        "forms": _forms(draft.files),
        "clauses": [
            {"id": one.id, "text": one.text, "source": one.source}
            for one in clauses.every_clause()
            if one.text
        ],
        "claimed": [one for one in settings.get("clauses", []) if isinstance(one, str)],
        "level": settings.get("level", ""),
        "procedures": _callable(rt, draft),
    }


def spot(draft: Draft, xml: str, element: str) -> Place:
    """The place of a node or a flow in a drawing that may not be saved yet.

    Raises Invalid where the drawing cannot be read, NotVisible where there is no such element.
    """
    forms = {name: read_schema(draft.files[file]) or {} for name, file in form_files(draft.files).items()}
    values = {one.name: one.default for one in _parameters(_settings(draft.files))}
    try:
        found = place(open_drawing(xml.encode()), element, forms, values)
    except DiagramError as error:
        raise Invalid("bad-drawing", str(error.findings[0])) from None
    if found is None:
        raise NotVisible("element-unknown", "图里没有这个步骤或连线，可能刚刚删除")
    return found


# ---------------------------------------------------------------- parts


@lru_cache(maxsize=1)
def _declarations() -> dict[str, Any]:
    """What is the same for every draft."""
    return {
        "kinds": [_kind(name) for name in steps.names()],
        "common": _declared(COMMON),
        "elsewhere": _declared((CLAUSES, TITLE, PAYLOAD)),
    }


def _kind(name: str) -> dict[str, Any]:
    kind = steps.kind(name)
    return {"key": kind.key, "title": kind.title, "help": kind.help, "settings": _declared(kind.settings)}


def _declared(settings: Iterable[Setting]) -> list[dict[str, Any]]:
    """What they say; what they leave open is left out."""
    return [{key: value for key, value in asdict(one).items() if value} for one in settings]


def _designation(one: Designation) -> dict[str, Any]:
    return {
        "name": one.name,
        "sort": one.kind.value,
        "levels": list(one.levels),
        "members": list(one.members),
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    own = {"name": one.name, "title": one.title, "type": one.type, "default": one.default}
    return own | {"shown": one.shown(one.default), "bounds": one.bounds, "choices": list(one.choices)}


def _parameters(settings: Mapping[str, Any]) -> list[Parameter]:
    """The parameters procedure.toml declares, those that can be used."""
    tables = settings.get("parameters", {})
    if not isinstance(tables, Mapping):
        return []
    found = (read_parameter(name, table)[0] for name, table in tables.items())
    return [one for one in found if one is not None]


def _settings(files: Mapping[str, bytes]) -> dict[str, Any]:
    """procedure.toml as far as it can be read."""
    return open_folder({TOML: files.get(TOML, b"")}).settings


def _forms(files: Mapping[str, bytes]) -> list[dict[str, str]]:
    titles = form_titles(files[file] for file in diagrams(files))
    return [
        {
            "name": name,
            "title": titles.get(name, name),
            "asks": "、".join(labels_of(read_schema(files[file]) or {}))[:_MEANT],
        }
        for name, file in form_files(files).items()
    ]


def _callable(rt: Runtime, draft: Draft) -> list[dict[str, str]]:
    """Published procedures of the draft's unit, those above and those below, each key once, but for itself."""
    versions = select(procedure_versions.c.key, procedure_versions.c.title, units.c.path)
    query = versions.join(units, units.c.id == procedure_versions.c.unit_id).order_by(procedure_versions.c.id)
    with rt.database.read() as c:
        here = c.scalar(select(units.c.path).where(units.c.id == draft.unit_id)) or ""
        rows = c.execute(query).all()
    titles = {row.key: row.title for row in rows if row.path.startswith(here) or here.startswith(row.path)}
    return [{"key": key, "title": title} for key, title in sorted(titles.items()) if key != draft.key]
