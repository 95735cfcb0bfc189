"""Signatures under the minutes of a meeting (BB-6, procedures.md 11.5).

What is signed is a digest of the minutes: of the meeting, who was there, what became of each item, and the recorder's
own words. When any of it changes, a signature is still there and is seen to be under another text. The words are the
recorder's until somebody has signed; after that they change only with a note, which stands in them.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from engine import journal
from engine.authorisation import Actor, meeting_filter
from engine.durations import SHANGHAI
from engine.journal.chain import canonical
from engine.operations import saving
from engine.operations.work import attempt
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from engine.runtime import Runtime
from engine.store.proceedings import agenda_items, meeting_members, meetings, signatures
from engine.store.tables import units
from engine.store.voting import ballots

ROLES = ("主持", "记录", "参加")
LONGEST = 10_000  # characters of the recorder's words
NOTE, WORDS, SIGNATURE, SIGNED_BY = "更正说明", "纪要", "签名", "签字的人"


def sign_minutes(runtime: Runtime, actor_id: int, meeting_id: str, seen: str, files: Sequence[str]) -> None:
    """Sign as the one who presides, keeps the record or attended. `seen`: the digest of what was shown.

    Raises Invalid without a picture of the signature, Forbidden, Overtaken when the minutes have changed, NotVisible.
    """

    def once(c: Connection, actor: Actor, row: Row[Any]) -> None:
        role = role_of(c, row, actor_id)
        if role is None:
            raise Forbidden("not-there", "会议记录由主持人、记录人和到会的人签字，您没有参加这次会议")
        digest = _require_seen(c, row, seen)
        if actor_id in signed_by(c, row.id, digest):
            raise Overtaken("signed", "您已经签过了，不用再签")
        _write(runtime, c, actor, row, {actor_id: role}, digest, files)

    _change(runtime, actor_id, meeting_id, once)


def sign_minutes_for(
    runtime: Runtime, actor_id: int, meeting_id: str, seen: str, people: Sequence[int], files: Sequence[str]
) -> None:
    """Several have signed on paper: chair or recorder hand in photos of the page. Raises what `sign_minutes` raises."""

    def once(c: Connection, actor: Actor, row: Row[Any]) -> None:
        _require_conducts(c, actor, row)
        digest = _require_seen(c, row, seen)
        before = signed_by(c, row.id, digest)
        roles = {person: role_of(c, row, person) for person in dict.fromkeys(people) if person not in before}
        if not roles:
            raise Invalid("nobody", "请勾选纸上签了字的人", {SIGNED_BY: "请勾选"})
        if None in roles.values():
            raise Invalid("not-there", "勾选的人里有人没有到会，不能签字", {SIGNED_BY: "有人没有到会"})
        _write(runtime, c, actor, row, {p: role for p, role in roles.items() if role}, digest, files)

    _change(runtime, actor_id, meeting_id, once)


def write_minutes(runtime: Runtime, actor_id: int, meeting_id: str, words: str, note: str = "") -> None:
    """The recorder's own words; once somebody has signed only with a note why, and everybody signs again.

    Raises Invalid, Forbidden, NotVisible.
    """

    def once(c: Connection, actor: Actor, row: Row[Any]) -> None:
        _require_conducts(c, actor, row)
        before = digest_of(c, row)
        void, said, why = len(signed_by(c, row.id, before)), words.strip(), note.strip()
        if len(said) > LONGEST or len(why) > 255:
            raise Invalid(
                "long", f"写得太长了：记录最多 {LONGEST} 字，更正说明最多 255 字", {WORDS: "太长了"}
            )
        if void and not why:
            message = f"已经有 {void} 人签了字。要改，请写明为什么改；改了以后，签过的人都要重新签"
            raise Invalid("signed-already", message, {NOTE: "请写明为什么改"})
        if void:
            day = runtime.now().astimezone(SHANGHAI)
            said = f"{said}\n\n{day.year} 年 {day.month} 月 {day.day} 日更正：{why}"
        c.execute(update(meetings).where(meetings.c.id == row.id).values(minutes=said))
        after = digest_of(c, c.execute(select(meetings).where(meetings.c.id == row.id)).one())
        detail = {"meeting": row.id, "before": before, "after": after, "void": void}
        entry = journal.Entry(runtime.now(), "amend_minutes", actor_id=actor.person_id, detail=detail)
        journal.append_to_unit(c, row.unit_id, [entry])

    _change(runtime, actor_id, meeting_id, once)


# ---------------------------------------------------------------- what is signed, and by whom


def digest_of(c: Connection, row: Row[Any]) -> str:
    """The digest of a meeting's minutes (a row of `meetings`). Ids, not names: a name can be erased by law."""
    own = ("id", "name", "place", "starts_at", "opened_at", "ended_at", "status", "chair_id", "recorder_id")
    members = select(
        meeting_members.c.person_id,
        meeting_members.c.is_voter,
        meeting_members.c.attendance,
        meeting_members.c.weight,
        meeting_members.c.in_place_of,
    ).where(meeting_members.c.meeting_id == row.id)
    items = select(agenda_items.c.task_id, agenda_items.c.title, agenda_items.c.outcome).where(
        agenda_items.c.meeting_id == row.id, agenda_items.c.withdrawn_at.is_(None)
    )
    votes = select(ballots.c.task_id, ballots.c.published).where(ballots.c.meeting_id == row.id)
    content = {
        "meeting": [getattr(row, name) for name in own],
        "guests": row.guests,
        "words": row.minutes,
        "members": [list(one) for one in c.execute(members.order_by(meeting_members.c.person_id))],
        "agenda": [list(one) for one in c.execute(items.order_by(agenda_items.c.position))],
        "votes": [list(one) for one in c.execute(votes.order_by(ballots.c.task_id))],
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def role_of(c: Connection, row: Row[Any], person_id: int) -> str | None:
    """As what this person signs; None for who was not there."""
    if person_id == row.chair_id:
        return ROLES[0]
    if person_id == row.recorder_id:
        return ROLES[1]
    own = (meeting_members.c.meeting_id == row.id, meeting_members.c.person_id == person_id)
    came = meeting_members.c.attendance.in_(("present", "left"))
    return ROLES[2] if c.execute(select(meeting_members.c.person_id).where(*own, came)).first() else None


def signed_by(c: Connection, meeting_id: str, digest: str) -> set[int]:
    """Who has signed this text."""
    own = (signatures.c.meeting_id == meeting_id, signatures.c.digest == digest)
    return set(c.scalars(select(signatures.c.person_id).where(*own)))


def conducts(actor: Actor, row: Row[Any]) -> bool:
    """Whether the minutes are in this person's hands: who presided or kept the record, or the unit's clerk."""
    return actor.person_id in (row.chair_id, row.recorder_id) or row.unit_id in actor.clerk_units


# ---------------------------------------------------------------- one change


def _change(runtime: Runtime, actor_id: int, meeting_id: str, once: Any) -> None:
    """Under the lock on the meeting's row, so that nobody signs what is being changed."""

    def work() -> None:
        with runtime.database.write() as c:
            actor = runtime.actor(c, actor_id)
            query = select(meetings).join(units, units.c.id == meetings.c.unit_id)
            seen = query.where(meetings.c.id == meeting_id, meeting_filter(actor))
            row = c.execute(seen.with_for_update(of=meetings)).one_or_none()
            if row is None:
                raise NotVisible("meeting-unknown", "没有这次会议，或者它不在您能查看的范围里")
            if row.status not in ("held", "inquorate"):
                raise Invalid("not-ended", "会议还没有结束，会议记录要等结束以后再签字、修改")
            once(c, actor, row)

    attempt(runtime, work)


def _require_conducts(c: Connection, actor: Actor, row: Row[Any]) -> None:
    if not conducts(actor, row):
        raise Forbidden("not-recorder", "会议记录由主持人、记录人或文书来改、来传签字页")


def _require_seen(c: Connection, row: Row[Any], seen: str) -> str:
    digest = digest_of(c, row)
    if seen != digest:
        raise Overtaken("minutes-changed", "会议记录刚刚改过，和您看到的不一样了。请重新看一遍，再签字")
    return digest


def _write(
    runtime: Runtime,
    c: Connection,
    actor: Actor,
    row: Row[Any],
    roles: dict[int, str],
    digest: str,
    files: Sequence[str],
) -> None:
    if not files:
        raise Invalid("form", "请先签名，或者传一张签字的照片", {SIGNATURE: "请签名，或者传照片"})
    first = select(agenda_items.c.instance_id).where(agenda_items.c.meeting_id == row.id)
    instance_id = c.scalar(
        first.order_by(agenda_items.c.withdrawn_at.is_not(None), agenda_items.c.position).limit(1)
    )
    saving.bind_files(c, frozenset(files), actor.person_id, str(instance_id), None)
    now, rows = runtime.now(), []
    for person, role in roles.items():
        rows.append(
            {
                "id": uuid.uuid4().hex,
                "meeting_id": row.id,
                "person_id": person,
                "role": role,
                "digest": digest,
                "evidence": list(files),
                "entered_by": actor.person_id if person != actor.person_id else None,
                "at": now,
            }
        )
    c.execute(insert(signatures), rows)
    detail = {"meeting": row.id, "digest": digest, "people": sorted(roles), "files": sorted(files)}
    entry = journal.Entry(now, "sign_minutes", actor_id=actor.person_id, detail=detail)
    journal.append_to_unit(c, row.unit_id, [entry])
