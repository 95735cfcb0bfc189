"""What may be said on an open step without an account, and what people said there that is public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine.masking import masked
from engine.queries.disclosed import Participation, Voice
from engine.queries.heard import KEPT, WAITING
from engine.runtime import Runtime
from engine.steps import moderation, period, strangers
from engine.store.proceedings import notices, opinions
from engine.store.tables import people, tasks

SORTS = {"consult": "意见", "notice": "反馈", "assess": "评价"}
ASKS = {"notice": "对公示的内容有意见，或者不同意，都可以提", "assess": "这件事办得怎么样，请您评一评"}
SHOWN = 50  # voices on a page, the latest first


def offered(rt: Runtime, open_tasks: Sequence[Any], ends: Mapping[str, datetime]) -> list[Participation]:
    """What a visitor may do now on these steps (rows of `tasks`); `ends` are those of the notices that are up."""
    found = []
    for task in open_tasks:
        until = ends.get(task.id) if task.kind == "notice" else period.ends(task.settings)
        over = until is not None and rt.now() >= until
        if strangers.takes(task.kind, task.settings) and not over and (task.kind != "notice" or until):
            found.append(on_step(task.id, task.kind, task.name, task.settings, until))
    return found


def on_step(
    task_id: str, kind: str, step: str, settings: Mapping[str, Any], until: datetime | None
) -> Participation:
    """The question of a step, whoever is asked it."""
    return Participation(
        task_id=task_id,
        sort=SORTS[kind],
        step=step,
        ask=str(settings.get("ask") or ASKS.get(kind, "")),
        choices=strangers.choices(kind, settings),
        needs_text=strangers.needs_text(kind, settings),
        until=until,
        takes_photo=kind != "assess",
    )


def running(c: Connection, instance_ids: Sequence[str], now: datetime) -> dict[str, datetime]:
    """When the notices end that are up now, by task. One statement."""
    up = (notices.c.instance_id.in_(instance_ids), notices.c.ended_at.is_(None), notices.c.ends_at > now)
    query = select(notices.c.task_id, notices.c.ends_at).where(*up)
    return {row.task_id: row.ends_at for row in c.execute(query)} if instance_ids else {}


# ---------------------------------------------------------------- what was said


_SHOWN = (
    KEPT & (opinions.c.answered_at.is_not(None) | (opinions.c.source == "open")) & (opinions.c.content != "")
)


def voices(c: Connection, instance_id: str, labels: Mapping[str, str]) -> tuple[list[Voice], int]:
    """What was answered, or admitted from the open link, the latest first; and how many more there are. Two statements.

    Whose a consultation's opinion was is shown to nobody: in a village a masked name and a stance are a name.
    """
    here = (opinions.c.instance_id == instance_id, _SHOWN)
    query = (
        select(opinions, people.c.name, notices.c.task_id.label("notice"))
        .outerjoin(people, people.c.id == opinions.c.person_id)
        .outerjoin(notices, notices.c.task_id == opinions.c.task_id)
        .where(*here)
        .order_by(opinions.c.id.desc())
        .limit(SHOWN)
    )
    found = [_voice(row, labels.get(row.element_id, "")) for row in c.execute(query)]
    more = 0
    if len(found) == SHOWN:
        more = int(c.scalar(select(func.count()).select_from(opinions).where(*here)) or 0) - SHOWN
    return _alike(found), more


def _alike(found: Sequence[Voice]) -> list[Voice]:
    """What several said in the same words, and got the same answer to, stands once with how many they were."""
    by_words: dict[tuple[str, ...], Voice] = {}
    for one in found:
        words = (one.step, one.sort, one.author, one.content, one.adopted, one.reply)
        before = by_words.get(words)
        by_words[words] = replace(before, number=before.number + 1) if before is not None else one
    return list(by_words.values())


def _voice(row: Any, step: str) -> Voice:
    return Voice(
        step=step,
        sort=row.stance or "意见",
        author=masked(row.author or row.name or "") if row.notice else "",
        at=row.at,
        content=row.content,
        adopted=row.adopted or "",
        reply=row.reply or "",
        answered_at=row.answered_at,
    )


def waiting(c: Connection, instance_id: str) -> int:
    """How many from the open link wait to be read, on steps that are open. One statement."""
    here = opinions.c.task_id.in_(select(tasks.c.id).where(tasks.c.instance_id == instance_id))
    return int(c.scalar(select(func.count()).where(here, WAITING)) or 0)


def unadopted(c: Connection, instance_id: str) -> str:
    """未采用 2 条（与本事项无关等）; empty where there are none. One statement.

    Only reasons everybody uses are told; one written by hand may be about a person.
    """
    refused = (opinions.c.instance_id == instance_id, opinions.c.admitted.is_(False))
    query = select(opinions.c.moderation, func.count().label("number")).where(*refused)
    rows = c.execute(query.group_by(opinions.c.moderation).order_by(func.count().desc())).all()
    if not rows:
        return ""
    number = sum(int(row.number) for row in rows)
    known = [row.moderation for row in rows if row.moderation in moderation.REASONS]
    why = f"（{'、'.join(known[:2])}{'等' if len(rows) > len(known[:2]) else ''}）" if known else ""
    return f"扫码提的意见里，未采用 {number} 条{why}"
