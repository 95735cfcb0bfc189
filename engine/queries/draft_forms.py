"""The forms of a draft as its designer sees them, and forms elsewhere that can be taken over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_

from engine import forms as rules
from engine.authorisation import Actor, design_units
from engine.diagram import Finding, check_folder
from engine.diagram.folder import diagrams, form_file, form_files
from engine.diagram.titles import FORM_NAME, form_title, form_titles, form_users_of
from engine.form_shape import shape_problem
from engine.handed_in import NotReadable, json_value
from engine.queries.drafts import Draft
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.drafts import draft_files, drafts
from engine.store.tables import procedure_versions, units

_SHOWN = 6  # labels of a form that stand in a list
_DEEPEST = 30


@dataclass(frozen=True)
class Form:
    """`labels` are what it asks for; `users` the steps it belongs to, as (id, label); `schema` None if unreadable."""

    name: str
    digest: str
    changed_at: datetime
    schema: Mapping[str, Any] | None
    labels: list[str]
    users: list[tuple[str, str]]
    findings: list[Finding]

    @property
    def title(self) -> str:
        return form_title(self.name, [label for _, label in self.users])

    @property
    def says(self) -> str:
        """What it asks for, in a line."""
        if not self.labels:
            return "还是空的"
        more = f"等 {len(self.labels)} 项" if len(self.labels) > _SHOWN else ""
        return "、".join(self.labels[:_SHOWN]) + more


@dataclass(frozen=True)
class Offer:
    """A form somewhere else. `source` names the place for whoever takes it: `draft-…` or `version-…`."""

    source: str
    place: str
    name: str
    title: str
    labels: list[str]

    @property
    def suggested(self) -> str:
        """What to call it where it is taken to."""
        return self.title if FORM_NAME.fullmatch(self.title) else self.name


def forms_of(rt: Runtime, draft: Draft) -> list[Form]:
    """The draft's forms by name, with what the check says of each."""
    found = check_folder(draft.files, designations=rt.designations)
    users = _users(draft)
    return [
        _form(draft, name, users, [each for each in found if each.file == file])
        for name, file in form_files(draft.files).items()
    ]


def form_of(rt: Runtime, draft: Draft, name: str) -> Form:
    """Raises NotVisible."""
    file = form_file(name)
    if file not in draft.stored:
        raise NotVisible("form-unknown", f"没有叫“{name}”的表单，可能刚刚被改名或删除")
    found = check_folder(draft.files, designations=rt.designations)
    return _form(draft, name, _users(draft), [each for each in found if each.file == file])


def offers(rt: Runtime, actor: Actor, draft: Draft) -> list[Offer]:
    """Forms of the other drafts of one's units and of the procedures in force around them, place by place."""
    return [
        Offer(source, place, name, titles.get(name, name), labels_of(schema))
        for source, place, files in _places(rt, actor, draft)
        for titles in [form_titles(files[file] for file in diagrams(files))]
        for name, schema in _schemas(files)
    ]


def offered(rt: Runtime, actor: Actor, draft: Draft, source: str, name: str) -> bytes:
    """The schema of one of `offers`. Raises NotVisible."""
    for each, _, files in _places(rt, actor, draft):
        data = files.get(form_file(name)) if each == source else None
        if data is not None:
            return data
    raise NotVisible("form-unknown", "这张表单已经不在那里了，请刷新页面再选")


def labels_of(schema: Any) -> list[str]:
    """What a form asks for, in its order; of a hostile one as much as can be read."""
    return list(_labels(schema, 0))


def read_schema(data: bytes) -> Mapping[str, Any] | None:
    """The schema in a file, None where there is none that can be read as a form."""
    try:
        schema = json_value(data)
    except NotReadable:
        return None
    return schema if shape_problem(schema) is None else None


# ---------------------------------------------------------------- parts


def _form(
    draft: Draft, name: str, users: Mapping[str, list[tuple[str, str]]], findings: list[Finding]
) -> Form:
    stored = draft.stored[form_file(name)]
    schema = read_schema(stored.data)
    return Form(
        name, stored.digest, stored.changed_at, schema, labels_of(schema), users.get(name, []), findings
    )


def _users(draft: Draft) -> Mapping[str, list[tuple[str, str]]]:
    return form_users_of(draft.diagram.data) if draft.diagram is not None else {}


def _labels(schema: Any, depth: int) -> Iterator[str]:
    components = schema.get("components") if isinstance(schema, Mapping) else None
    for component in components if isinstance(components, list) and depth < _DEEPEST else ():
        if not isinstance(component, Mapping):
            continue
        label = component.get("label") or component.get("dateLabel") or component.get("timeLabel")
        if isinstance(label, str) and component.get("type") not in rules.DISPLAY:
            yield label
        if component.get("type") == "group":
            yield from _labels(component, depth + 1)


def _schemas(files: Mapping[str, bytes]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, file in form_files(files).items():
        schema = read_schema(files[file])
        if schema is not None and not rules.check(schema):
            yield name, schema


def _places(rt: Runtime, actor: Actor, draft: Draft) -> Iterator[tuple[str, str, Mapping[str, bytes]]]:
    """Where forms can be taken from: source, what it is called, its files."""
    mine = select(drafts.c.id, drafts.c.title).where(
        drafts.c.unit_id.in_(design_units(actor)), drafts.c.removed_at.is_(None), drafts.c.id != draft.id
    )
    files = select(draft_files.c.draft_id, draft_files.c.name, draft_files.c.data).where(
        draft_files.c.draft_id.in_(mine.with_only_columns(drafts.c.id)),
        draft_files.c.name.like("forms/%") | draft_files.c.name.like("%.bpmn"),
    )
    with rt.database.snapshot() as c:
        titles = c.execute(mine.order_by(drafts.c.title, drafts.c.id)).all()
        held: dict[str, dict[str, bytes]] = {row.id: {} for row in titles}
        for one in c.execute(files):
            held[one.draft_id][one.name] = one.data
        versions = c.execute(_NEWEST).all()
        here = c.scalar(select(units.c.path).where(units.c.id == draft.unit_id)) or ""
        published = [
            (f"version-{row.id}", f"{row.title}（第 {row.version} 版）", rt.procedure(c, row.id).files)
            for row in versions
            if row.path.startswith(here) or here.startswith(row.path)
        ]
    yield from published
    for row in titles:
        yield f"draft-{row.id}", f"{row.title}（草稿）", held[row.id]


_NEWEST = (
    select(procedure_versions.c.id, procedure_versions.c.title, procedure_versions.c.version, units.c.path)
    .join(units, units.c.id == procedure_versions.c.unit_id)
    .where(
        tuple_(procedure_versions.c.unit_id, procedure_versions.c.key, procedure_versions.c.version).in_(
            select(
                procedure_versions.c.unit_id,
                procedure_versions.c.key,
                func.max(procedure_versions.c.version),
            ).group_by(procedure_versions.c.unit_id, procedure_versions.c.key)
        )
    )
    .order_by(procedure_versions.c.title, procedure_versions.c.id)
)
