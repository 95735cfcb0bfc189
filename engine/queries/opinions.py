"""What a step that gathers or answers opinions shows: what is asked, who has spoken, and every opinion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from engine.authorisation import Actor
from engine.operations.links import page_code
from engine.people.roster import holders_of, names_of, place
from engine.queries.closure import Closure
from engine.queries.heard import KEPT, WAITING, answered, heard, source_of, waiting
from engine.queries.households import slip_figures
from engine.runtime import Runtime
from engine.steps import period, summing_up
from engine.steps.answers import Answered
from engine.steps.kind import MEMBER, ORGANISER, RECORDER
from engine.steps.summing_up import Heard
from engine.store.proceedings import opinions
from engine.store.tables import people

SHOWN = 200  # opinions on one page, the latest first
UNREAD = 20  # of those to be moderated, the latest; they are read one by one
IN_DIGEST, LONGEST = 30, 60  # lines of a digest to begin with, and characters of each


@dataclass(frozen=True)
class OpinionView:
    """One opinion. `number` is its place among all; `files` are ids of photos."""

    id: str
    number: int
    author: str
    channel: str
    stance: str
    content: str
    files: list[str]
    at: datetime
    entered_by: str
    is_confirmed: bool
    is_mine: bool
    may_withdraw: bool
    adopted: str
    reply: str
    source: str = "account"  # or household, or open: how it came
    contact: str = ""  # where a stranger wants to be reached; for who organises the step


@dataclass(frozen=True)
class PublicSide:
    """What a step has to do with people without an account, for who organises it; to others only `code` is told.

    `code` is that of the matter's public page, empty while there is none. `to_moderate` are the first of those from the
    open link that nobody has read, `more` how many besides. `links` is how many households have a slip, `answered` how
    many of them have answered.
    """

    code: str = ""
    to_moderate: list[OpinionView] = field(default_factory=list)
    more: int = 0
    links: int = 0
    answered: int = 0


@dataclass(frozen=True)
class ConsultView:
    """`acts` are what this person may do now. `waiting` names who was asked and has not spoken, for the organiser.

    `missing` tells in Chinese what keeps it from being summed up; `reason_needed` that it may be, with a reason.
    """

    acts: tuple[str, ...]
    ask: str
    asks_me: bool
    is_leading: bool
    stances: list[str]
    channels: list[str]
    least: int
    mine: list[OpinionView]
    heard: Heard
    thresholds: list[str]
    missing: list[str]
    closable: bool
    reason_needed: bool
    until: datetime | None
    is_over: bool
    items: list[OpinionView]
    more: int
    waiting: list[str]
    digest: str
    of: str
    answered: Answered
    public: PublicSide

    @property
    def ready(self) -> bool:
        """Whether it may be summed up as it stands, with nothing to explain."""
        return self.closable and not self.reason_needed


def view(rt: Runtime, c: Connection, actor: Actor, row: Any, roles: frozenset[str]) -> ConsultView:
    """What this person sees of a consultation now."""
    if row.settings["of"]:
        return _answering(rt, c, actor, row, roles)
    settings = row.settings
    leads = bool(roles & {ORGANISER, RECORDER})
    asked = _asked(rt, c, row)
    so_far = heard(c, row.id, settings["stances"], asked)
    here = opinions.c.task_id == row.id
    mine = listed(c, here & (opinions.c.person_id == actor.person_id), actor, named=True)
    items = listed(c, here, actor, named=leads) if leads or not roles else []
    over = period.is_over(settings, rt.now())
    outside = public_side(c, actor, row, leads=leads)
    lacking = summing_up.missing(settings, so_far)
    enough = summing_up.enough(settings, so_far)
    return ConsultView(
        acts=_acts(settings, roles, bool(mine), outside),
        ask=settings["ask"],
        asks_me=MEMBER in roles,
        is_leading=leads,
        stances=settings["stances"],
        channels=settings["channels"],
        least=settings["least"],
        mine=mine,
        heard=so_far,
        thresholds=settings["coverage"],
        missing=lacking,
        closable=(enough or over) and not outside.to_moderate,
        reason_needed=not enough and over and bool(lacking),
        until=period.ends(settings),
        is_over=over,
        items=items,
        more=max(0, so_far.items - len(items)) if items else 0,
        waiting=_waiting(c, row.id, asked) if leads else [],
        digest=digest(c, row.id, settings, so_far) if leads else "",
        of="",
        answered=Answered(),
        public=outside,
    )


def _acts(
    settings: Mapping[str, Any], roles: frozenset[str], has_spoken: bool, outside: PublicSide
) -> tuple[str, ...]:
    found = ["moderate"] if outside.to_moderate else []
    if MEMBER in roles and not (settings["stances"] and has_spoken):
        found.append("add_opinion")
    if roles & {ORGANISER, RECORDER}:
        found.append("add_batch")
    if ORGANISER in roles:
        found.append("close")
    if has_spoken or roles & {ORGANISER, RECORDER}:
        found.append("withdraw")
    if roles & {ORGANISER, RECORDER} and settings["from"]:
        found += ["make_links", "renew_link"] if outside.links else ["make_links"]
    return tuple(found)


def _answering(rt: Runtime, c: Connection, actor: Actor, row: Any, roles: frozenset[str]) -> ConsultView:
    closure = Closure.of(rt, c, row.version_id, row.closure)
    key = row.settings["of"]
    task_id = source_of(c, closure, row.instance_id, key) if row.settings.get("items") else None
    done = answered(c, task_id) if task_id else Answered()
    leads = bool(roles & {ORGANISER, RECORDER})
    items = listed(c, opinions.c.task_id == task_id, actor, named=leads, to_answer=True) if task_id else []
    acts = (("answer",) if task_id else ()) + (() if done.left else ("close",))
    return ConsultView(
        acts=acts if ORGANISER in roles else (),
        ask=row.settings["ask"],
        asks_me=False,
        is_leading=leads,
        stances=[],
        channels=[],
        least=0,
        mine=[],
        heard=Heard(items=done.items, answered=done),
        thresholds=[],
        missing=[f"还有 {done.left} 条没有答复"] if done.left else [],
        closable=not done.left,
        reason_needed=False,
        until=None,
        is_over=False,
        items=items,
        more=max(0, done.items - len(items)),
        waiting=[],
        digest=summing_up.in_short(row.settings, Heard(answered=done)) if leads and not done.left else "",
        of=next((node.label for _, node in closure.steps() if node.key == key), key),
        answered=done,
        public=public_side(c, actor, row, leads=False),
    )


def public_side(c: Connection, actor: Actor, row: Any, *, leads: bool) -> PublicSide:
    """Of an open step (a row of its task). One statement for who takes part, seven at most for who organises it."""
    code = page_code(c, row.instance_id) or ""
    if not leads:
        return PublicSide(code)
    unread = listed(c, opinions.c.task_id == row.id, actor, named=True, kept=WAITING, limit=UNREAD)
    more = waiting(c, row.id) - len(unread) if len(unread) == UNREAD else 0
    made, done = slip_figures(c, row.id)
    return PublicSide(code, unread[::-1], more, made, done)


# ---------------------------------------------------------------- reading


def listed(
    c: Connection,
    which: ColumnElement[bool],
    actor: Actor,
    *,
    named: bool,
    to_answer: bool = False,
    kept: ColumnElement[bool] = KEPT,
    before: int | None = None,
    limit: int = SHOWN,
) -> list[OpinionView]:
    """The latest opinions, last first; to be answered, those without an answer first, in the order they came. Who may
    not see names sees family names only. `before`: only those with a smaller number.
    """
    by, clerk = people.alias("by"), people.alias("clerk")
    numbered = (
        select(opinions, func.row_number().over(order_by=opinions.c.id).label("number"))
        .where(which, kept)
        .subquery()
    )
    query = (
        select(numbered, by.c.name.label("person"), clerk.c.name.label("clerk"))
        .outerjoin(by, by.c.id == numbered.c.person_id)
        .outerjoin(clerk, clerk.c.id == numbered.c.entered_by)
    )
    if before is not None:
        query = query.where(numbered.c.number < before)
    order = (numbered.c.adopted.is_not(None), numbered.c.id) if to_answer else (numbered.c.id.desc(),)
    return [_opinion(row, actor, named) for row in c.execute(query.order_by(*order).limit(limit))]


def _opinion(row: Row[Any], actor: Actor, named: bool) -> OpinionView:
    mine = row.person_id == actor.person_id
    name = row.person or row.author
    return OpinionView(
        id=row.id,
        number=row.number,
        author=name if named or mine else masked(name),
        channel=row.channel,
        stance=row.stance,
        content=row.content,
        files=list(row.evidence) if named or mine else [],
        at=row.at,
        entered_by=row.clerk or "",
        is_confirmed=row.confirmed_at is not None,
        is_mine=mine,
        may_withdraw=mine or (row.entered_by == actor.person_id and row.confirmed_at is None),
        adopted=row.adopted or "",
        reply=row.reply or "",
        source=row.source,
        contact=row.contact if named else "",
    )


def masked(name: str) -> str:
    """张某某; nothing for nobody."""
    return name[:1] + "某" * min(2, len(name) - 1) if name else ""


def digest(c: Connection, task_id: str, settings: Mapping[str, Any], so_far: Heard) -> str:
    """What the organiser begins with: the figures, then what was said, by stance, each thing once."""
    query = (
        select(opinions.c.stance, opinions.c.content, func.count().label("number"))
        .where(opinions.c.task_id == task_id, KEPT, opinions.c.content != "")
        .group_by(opinions.c.stance, opinions.c.content)
        .order_by(func.count().desc(), func.min(opinions.c.id))
        .limit(IN_DIGEST)
    )
    said = c.execute(query).all()
    lines = [summing_up.in_short(settings, so_far)]
    for stance in [*settings["stances"], ""]:
        of_it = [row for row in said if row.stance == stance]
        lines += [f"{stance}："] if stance and of_it else []
        lines += [f"· {_shortened(row.content)}{_times(row.number)}" for row in of_it]
    return "\n".join(lines)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _times(number: int) -> str:
    return f"（{number} 条）" if number > 1 else ""


def _asked(rt: Runtime, c: Connection, row: Any) -> list[int]:
    """Everybody whose opinion is asked now. At most one statement."""
    line = rt.line(c, row.unit_id, row.path)
    known = rt.designations
    found = {
        (name, unit.id)
        for name in row.settings["from"]
        if name in known and (unit := place(name, line, known)) is not None
    }
    held = holders_of(c, found, rt.today(), known) if found else {}
    everybody = dict.fromkeys(person for persons in held.values() for person in persons)
    return [person for person in everybody if person not in row.excluded]


def _waiting(c: Connection, task_id: str, asked: Sequence[int]) -> list[str]:
    spoke = set(c.scalars(select(opinions.c.person_id).where(opinions.c.task_id == task_id, KEPT).distinct()))
    silent = [person for person in asked if person not in spoke]
    names = names_of(c, silent)
    return [names[person] for person in silent if person in names]
