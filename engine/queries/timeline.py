"""The timeline of a matter: its journal, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.authorisation import Actor
from engine.queries import results
from engine.queries.closure import Closure
from engine.queries.papers import attached, with_papers
from engine.queries.results import Attachment, Line
from engine.store.tables import journal, people, submissions

RECENT = 200  # entries on one page, the latest ones
ACTIONS = {
    "start": "发起",
    "claim": "签收",
    "release": "退回待签收",
    "complete": "办理",
    "withdraw": "撤回了上一步",
    "cancel": "撤销办件",
    "reassign": "改派",
    "confirm": "确认了代录的内容",
    "use_seal": "登记用印",
    "file": "登记备案",
    "file_receipt": "登记备案回执",
    "take_down_page": "撤下了公开页",
    "put_up_page": "恢复了公开页",
    "remind": "到期提醒",
    "timer": "到时间，自动往下走",
    "message": "收到消息",
    "signal": "收到信号",
    "retry": "重新执行",
    "clock": "到时间",
    "reschedule": "按新的工作日安排重算了时限",
}


@dataclass(frozen=True)
class Entry:
    """`who` acted; where `entered_by` is set, that clerk entered it for `who`. None: the clock did it."""

    sequence: int
    at: datetime
    who: str | None
    entered_by: str | None
    action: str
    title: str
    element_id: str | None
    step: str | None
    verdict: str | None
    lines: list[Line]
    reason: str | None
    status: str | None
    outcome: str | None
    opened: list[str]
    submission_id: str | None
    confirmed_at: datetime | None
    may_confirm: bool
    withdrawn: bool


def read(
    c: Connection, actor: Actor, instance_id: str, closure: Closure, parameters: Mapping[str, Any]
) -> list[Entry]:
    """Newest first. One statement, and one more where a clerk entered something."""
    rows = c.execute(_QUERY.where(journal.c.chain == f"instance:{instance_id}")).all()
    papers = attached(c, {row.submission_id for row in rows if row.entered_by is not None})
    return [_entry(row, actor, closure, parameters, papers.get(row.submission_id, [])) for row in rows]


_BEHALF = people.alias("behalf")
_QUERY = (
    select(
        journal,
        people.c.name.label("actor"),
        _BEHALF.c.name.label("behalf"),
        submissions.c.data,
        submissions.c.person_id,
        submissions.c.entered_by,
        submissions.c.confirmed_at,
        submissions.c.withdrawn_at,
    )
    .outerjoin(people, people.c.id == journal.c.actor_id)
    .outerjoin(_BEHALF, _BEHALF.c.id == journal.c.behalf_of_id)
    .outerjoin(submissions, submissions.c.id == journal.c.submission_id)
    .order_by(journal.c.sequence.desc())
    .limit(RECENT)
)


def _entry(
    row: Row[Any], actor: Actor, closure: Closure, parameters: Mapping[str, Any], papers: list[Attachment]
) -> Entry:
    detail = row.detail or {}
    handed_in = row.data is not None and row.action not in ("confirm", "withdraw", "cancel", "reassign")
    for_another = row.behalf_of_id is not None and row.behalf_of_id != row.actor_id
    waiting = for_another and row.confirmed_at is None and row.withdrawn_at is None
    return Entry(
        sequence=row.sequence,
        at=row.at,
        who=row.behalf if for_another else row.actor,
        entered_by=row.actor if for_another else None,
        action=row.action,
        title=_title(row, closure, parameters),
        element_id=row.element_id,
        step=detail.get("step"),
        verdict=results.verdict(closure, row, parameters) if handed_in else None,
        lines=with_papers(results.handed_in(closure, row, parameters), papers) if handed_in else [],
        reason=(row.data or {}).get("理由") if row.action in ("cancel", "reassign") else detail.get("reason"),
        status=detail.get("status"),
        outcome=detail.get("outcome"),
        opened=_names(detail.get("opened")),
        submission_id=row.submission_id,
        confirmed_at=row.confirmed_at,
        may_confirm=waiting and row.behalf_of_id == actor.person_id,
        withdrawn=row.withdrawn_at is not None,
    )


def _title(row: Row[Any], closure: Closure, parameters: Mapping[str, Any]) -> str:
    if row.action == "clock" and (row.detail or {}).get("photo"):
        return "最后一天，请补拍公示的照片"
    return ACTIONS.get(row.action) or results.act_title(closure, row, parameters) or str(row.action)


def _names(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, Sequence) and not isinstance(value, str) else []
