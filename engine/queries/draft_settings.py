"""The settings of a draft as its designer sees them: procedure.toml in parts, and who uses what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.clauses import Clause, every_clause
from engine.diagram import DiagramError, Finding, check_folder
from engine.diagram.parameter import Parameter, Problem, read_parameter
from engine.diagram.procedure import TOML
from engine.diagram.rewriting import parameter_users, startable
from engine.diagram.toml import read_settings
from engine.queries.drafts import Draft
from engine.runtime import Runtime
from engine.store.tables import procedure_versions, units


@dataclass(frozen=True)
class Entry:
    """A parameter as it is written. `parameter` is None where the table cannot be used; `users` are (id, label)."""

    name: str
    table: Mapping[str, Any]
    parameter: Parameter | None
    problems: list[Problem]
    users: list[tuple[str, str]]


@dataclass(frozen=True)
class Settings:
    """`values` are procedure.toml's own, `seen` its digest (None: there is none). `published` names what the draft
    would become a new version of, or is empty; `processes` are the ids and names of those in the diagram, the one a
    matter starts with first; `findings` are the check's about this file.
    """

    values: Mapping[str, Any]
    seen: str | None
    key: str
    processes: list[tuple[str, str]]
    parameters: list[Entry]
    published: str
    findings: list[Finding]

    def parameter(self, name: str) -> Entry | None:
        return next((entry for entry in self.parameters if entry.name == name), None)


def settings(rt: Runtime, draft: Draft) -> Settings:
    """Raises Invalid where procedure.toml cannot be read at all."""
    stored = draft.stored.get(TOML)
    values = read_settings(stored.data if stored is not None else None)
    found = check_folder(draft.files, designations=rt.designations)
    return Settings(
        values={name: value for name, value in values.items() if name != "parameters"},
        seen=stored.digest if stored is not None else None,
        key=draft.key or "",
        processes=_processes(draft),
        parameters=_parameters(values.get("parameters"), draft),
        published=_published(rt, draft),
        findings=[finding for finding in found if finding.file == TOML],
    )


def clauses_by_source() -> list[tuple[str, list[Clause]]]:
    """The whole catalogue, source by source, to choose from."""
    sources: dict[str, list[Clause]] = {}
    for one in every_clause():
        sources.setdefault(one.source, []).append(one)
    return list(sources.items())


def _parameters(tables: Any, draft: Draft) -> list[Entry]:
    users = _users(draft)
    entries = []
    for name, table in tables.items() if isinstance(tables, Mapping) else ():
        parameter, problems = read_parameter(name, table)
        shown = table if isinstance(table, Mapping) else {}
        entries.append(Entry(name, shown, parameter, problems, users.get(name, [])))
    return entries


def _processes(draft: Draft) -> list[tuple[str, str]]:
    try:
        return startable(draft.diagram.data) if draft.diagram is not None else []
    except DiagramError:
        return []  # the drawing's own page says what is wrong with it


def _users(draft: Draft) -> Mapping[str, list[tuple[str, str]]]:
    try:
        return parameter_users(draft.diagram.data) if draft.diagram is not None else {}
    except DiagramError:
        return {}  # the drawing's own page says what is wrong with it


def _published(rt: Runtime, draft: Draft) -> str:
    query = (
        select(procedure_versions.c.title, procedure_versions.c.version, units.c.name)
        .join(units, units.c.id == procedure_versions.c.unit_id)
        .where(procedure_versions.c.unit_id == draft.unit_id, procedure_versions.c.key == draft.key)
        .order_by(procedure_versions.c.version.desc())
        .limit(1)
    )
    with rt.database.read() as c:
        row = c.execute(query).first()
    return f"{row.name}的“{row.title}”（第 {row.version} 版）" if row is not None else ""
