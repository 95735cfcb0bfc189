"""What a unit's administrator does: posts and registers, people and accounts, tasks that hang."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from engine import journal, steps
from engine.authorisation import open_seats, require_administrator
from engine.operations.opening import Seating, seat_rows
from engine.operations.procedures import unit_named
from engine.operations.tasks import Step
from engine.operations.work import Done, Work, attempt
from engine.people import accounts as credentials
from engine.people import tenures as holding
from engine.people.units import Unit, ancestors, get, within
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime
from engine.store.database import new_id
from engine.store.tables import accounts, assignments, people, submissions, tasks, units

PHONE = re.compile(r"\+?\d[\d -]{5,18}\d")  # mobile or landline; whether it answers is not ours to know

# ---------------------------------------------------------------- posts and registers


def appoint(runtime: Runtime, actor_id: int, person_id: int, unit: str | int, designation: str) -> list[str]:
    """Give somebody a post or a place on a register, from today; returns what to be warned about.

    Raises Invalid when a red line forbids it (procedures.md §10), Forbidden, NotVisible.
    """
    today = runtime.today()

    def write(c: Connection, place: Unit) -> list[str]:
        try:
            return holding.appoint(c, person_id, designation, place.id, today, known=runtime.designations)
        except holding.Refused as error:
            raise Invalid("appointment", str(error), {"post": str(error)}) from error

    return _change_posts(runtime, actor_id, person_id, unit, "appoint", designation, write)


def dismiss(runtime: Runtime, actor_id: int, person_id: int, unit: str | int, designation: str) -> None:
    """End what somebody holds; yesterday was the last day. What they had signed for goes back to the post."""
    last_day = runtime.today() - timedelta(days=1)

    def write(c: Connection, place: Unit) -> list[str]:
        try:
            holding.dismiss(c, person_id, designation, place.id, last_day, known=runtime.designations)
        except holding.Refused as error:
            raise Invalid("dismissal", str(error), {"post": str(error)}) from error
        return []

    _change_posts(runtime, actor_id, person_id, unit, "dismiss", designation, write)


def _change_posts(
    runtime: Runtime,
    actor_id: int,
    person_id: int,
    unit: str | int,
    action: str,
    designation: str,
    write: Callable[[Connection, Unit], list[str]],
) -> list[str]:
    now = runtime.now()

    def work(c: Connection) -> tuple[list[str], int]:
        place = unit_named(c, unit)
        require_administrator(runtime.actor(c, actor_id), place.path)
        warnings = write(c, place)
        detail = {"person": person_id, "post": designation}
        entry = journal.Entry(at=now, actor_id=actor_id, action=action, detail=detail)
        journal.append_to_unit(c, place.id, [entry])
        return warnings, place.id

    warnings, place_id = runtime.database.run(work)
    settle_posts(runtime, place_id)
    return warnings


def settle_posts(runtime: Runtime, unit_id: int) -> None:
    """After posts changed in a unit: release what was signed for by people who may not do it any more, and
    seat
    joint approvals anew. Each matter is its own operation."""
    with runtime.database.read() as c:
        path = get(c, unit_id).path
        rows = c.execute(
            select(tasks.c.id, tasks.c.kind, tasks.c.claimed_by)
            .join(units, units.c.id == tasks.c.unit_id)
            .where(within(path))
        ).all()
    for row in rows:
        if row.claimed_by is not None:
            _release_if_lost(runtime, row.id)
        if steps.kind(row.kind).several:
            _seat_anew(runtime, row.id)


def _release_if_lost(runtime: Runtime, task_id: str) -> None:
    def once() -> None:
        with runtime.database.snapshot() as c:
            row = c.execute(select(tasks).where(tasks.c.id == task_id)).first()
            if row is None or row.claimed_by is None:
                return
            seats = c.execute(select(assignments).where(assignments.c.task_id == task_id)).all()
            if open_seats(runtime.actor(c, row.claimed_by), seats, row.excluded):
                return
            work = Work.read(runtime, c, row.instance_id)
        work.task_changes[task_id] = {"claimed_by": None, "claimed_at": None}
        work.record("release", task=row, behalf_of=row.claimed_by, cause="post-lost")
        with runtime.database.write() as c:
            work.save(c)

    attempt(runtime, once)


def _seat_anew(runtime: Runtime, task_id: str) -> None:
    """Joint approval follows the posts: who sits where is worked out again; seats that answered stay as they
    are.
    """

    def once() -> None:
        with runtime.database.snapshot() as c:
            row = c.execute(select(tasks).where(tasks.c.id == task_id)).first()
            if row is None or not row.settings.get("seats"):
                return
            current = c.execute(select(assignments).where(assignments.c.task_id == task_id)).all()
            done = select(submissions.c.seat).where(
                submissions.c.task_id == task_id, submissions.c.withdrawn_at.is_(None)
            )
            answered = set(c.scalars(done))
            work = Work.read(runtime, c, row.instance_id)
            line = ancestors(c, row.unit_id)
            holders = Seating(work, c, line, row.excluded, row.settings["seats"])
            fresh = steps.kind(row.kind).seats(row.settings, row.lane or row.name, holders)
            rows = [
                new
                for seat in fresh
                if seat.name not in answered
                for new in seat_rows(runtime.designations, task_id, seat, line)
            ]
        if {_place(r) for r in rows} == {_place(dict(r._mapping)) for r in current if r.seat not in answered}:
            return
        work.record("reseat", task=row)
        with runtime.database.write() as c:
            work.save(c)
            mine = assignments.c.task_id == task_id
            c.execute(delete(assignments).where(mine, assignments.c.seat.not_in(answered)))
            if rows:
                c.execute(insert(assignments), rows)

    attempt(runtime, once)


def _place(seat: Mapping[str, Any]) -> tuple[Any, ...]:
    return seat["seat"], seat["designation"], seat["unit_id"], seat["person_id"]


# ---------------------------------------------------------------- tasks that hang


def reassign_task(runtime: Runtime, actor_id: int, task_id: str, person_id: int, reason: str) -> Done:
    """Give an open task to one of the people who may do it. Raises Forbidden, Invalid, NotVisible."""
    return _move(runtime, actor_id, task_id, person_id, reason)


def release_for(runtime: Runtime, actor_id: int, task_id: str, reason: str) -> Done:
    """Give a task that somebody sits on back to the post. Raises Forbidden, Invalid, NotVisible."""
    return _move(runtime, actor_id, task_id, None, reason)


def _move(runtime: Runtime, actor_id: int, task_id: str, person_id: int | None, reason: str) -> Done:
    reason = reason.strip()
    if len(reason) < 2:
        raise Invalid("reason", "请写明理由", {"reason": "请写明为什么改派，留痕备查"})

    def once() -> Done:
        with runtime.database.snapshot() as c:
            step = Step.read(runtime, c, actor_id, task_id)
            require_administrator(step.actor, step.work.row.unit_path)
            if step.kind.several or step.kind.collective:
                raise Invalid("reassign-several", "这一步由几个岗位一起办，不能改派；岗位上没有人时请先任命")
            if person_id is not None:
                _require_able(runtime, c, step, person_id)
        work, now = step.work, step.work.now
        work.task_changes[task_id] = {"claimed_by": person_id, "claimed_at": now if person_id else None}
        note = SimpleNamespace(id=task_id, element_id=step.task.element_id, name=step.task.name)
        submission = work.submit(note, "reassign", {"理由": reason}, actor_id, None, frozenset())
        assert work.submitted is not None
        values = work.submitted.values
        sealed = journal.digest(values["salt"], values["data"])
        work.record("reassign", task=step.task, submission=submission, digest=sealed, person=person_id)
        return step.save()

    return attempt(runtime, once)


def _require_able(runtime: Runtime, c: Connection, step: Step, person_id: int) -> None:
    person = runtime.actor(c, person_id)
    if not open_seats(person, step.seats, step.task.excluded, step.earlier):
        message = f"{person.name}不在能办这一步的岗位上。请先任命，再改派"
        raise Invalid("reassign-person", message, {"person_id": message})


# ---------------------------------------------------------------- people and accounts


def add_person(
    runtime: Runtime,
    actor_id: int,
    unit: str | int,
    name: str,
    *,
    gender: str | None = None,
    phone: str | None = None,
    login: str | None = None,
) -> tuple[int, str | None]:
    """Enter a person in a unit; with `login` they get an account. Returns the id and the first password,
    shown once.
    """
    name, password = name.strip(), secrets.token_urlsafe(9) if login else None
    if not 1 < len(name) <= 30:
        raise Invalid("name", "请填写姓名", {"name": "请填写 2 到 30 个字的姓名"})
    if phone and not PHONE.fullmatch(phone):
        raise Invalid(
            "phone", "电话号码不对", {"phone": "请核对号码：手机 11 位，座机带区号，不知道的可以不填"}
        )
    now = runtime.now()

    def write(c: Connection) -> int:
        place = unit_named(c, unit)
        require_administrator(runtime.actor(c, actor_id), place.path)
        values = {"unit_id": place.id, "name": name, "gender": gender or None, "phone": phone or None}
        person_id = new_id(c.execute(insert(people).values(**values)))
        if login and password:
            credentials.create_account(c, person_id, login, password, must_change=True)
        entry = journal.Entry(at=now, actor_id=actor_id, action="add-person", detail={"person": person_id})
        journal.append_to_unit(c, place.id, [entry])
        return person_id

    try:
        return runtime.database.run(write), password
    except IntegrityError as error:
        taken = {"login": "这个账号或手机号已经有人用了，请换一个"}
        raise Invalid("taken", "账号或手机号已经有人用了", taken) from error


def reset_password(runtime: Runtime, actor_id: int, person_id: int) -> str:
    """A new first password for somebody in the administrator's units; it has to be changed at the first
    sign-in.
    """
    password, now = secrets.token_urlsafe(9), runtime.now()

    def write(c: Connection) -> None:
        row = _person(c, person_id)
        require_administrator(runtime.actor(c, actor_id), row.path)
        try:
            credentials.set_password(c, person_id, password, must_change=True)
        except KeyError as error:
            raise NotVisible("account-unknown", "这个人还没有账号") from error
        entry = journal.Entry(
            at=now, actor_id=actor_id, action="reset-password", detail={"person": person_id}
        )
        journal.append_to_unit(c, row.unit_id, [entry])

    runtime.database.run(write)
    return password


def change_password(runtime: Runtime, actor_id: int, old: str, new: str) -> None:
    """One's own password. Every other session ends. Raises Invalid."""
    with runtime.database.read() as c:
        mine = accounts.c.person_id == actor_id
        stored = c.execute(select(accounts.c.password_hash).where(mine)).scalar()
    if not credentials.verify_password(stored, old):
        raise Invalid("password", "原来的密码不对", {"old": "原来的密码不对，请重新输入"})
    try:
        runtime.database.run(lambda c: credentials.set_password(c, actor_id, new))
    except credentials.PasswordRefused as error:
        raise Invalid("password", str(error), {"new": str(error)}) from error


def _person(c: Connection, person_id: int) -> Row[Any, Any, Any]:
    row = c.execute(
        select(people.c.id, people.c.unit_id, units.c.path)
        .join(units, units.c.id == people.c.unit_id)
        .where(people.c.id == person_id)
    ).first()
    if row is None:
        raise NotVisible("person-unknown", "查无此人")
    return row
