"""征求意见 on the server: opinions come in, are taken back, are answered; the organiser sums up.

An opinion touches its own row only, under a shared lock on the step's; summing up takes an exclusive one and counts.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from engine.operations.acting import Act, Handler
from engine.operations.work import attempt
from engine.queries.closure import Closure
from engine.queries.heard import KEPT, answered, heard, source_of, waiting
from engine.refusal import Invalid, NotVisible, Overtaken
from engine.runtime import Runtime
from engine.steps import answers, moderation, opinion, summing_up
from engine.steps.answers import Answered
from engine.steps.kind import DOERS, ORGANISER
from engine.steps.opinion import Opinion
from engine.steps.summing_up import Heard
from engine.store.proceedings import opinions, taken_part
from engine.store.tables import people, tasks

ID = re.compile(r"[0-9a-f]{32}")


def add(act: Act) -> None:
    """提意见: one's own, or entered by the clerk from paper."""
    lock(act.c, act.task.id, shared=True)
    said = opinion.read_opinion(act.data, act.person_id)
    if said.person is not None:
        set_aside(act, [said.person])
        opinion.require_first(act.settings, bool(_spoke(act, [said.person])))
        if ORGANISER not in act.roles:
            act.taken_part(said.person)
    clerk = act.entered_by if said.person is not None or act.actor is None else act.actor.person_id
    keep(act, [said], sorted(act.files), clerk)


def add_batch(act: Act) -> None:
    """录入一批: a name that one person of those asked has stands for that person; any other is kept as written."""
    assert act.actor is not None
    lock(act.c, act.task.id, shared=True)
    rows = _recognised(act, opinion.read_batch(act.data))
    persons = [said.person for _, said in rows if said.person is not None]
    opinion.require_paper(persons, sorted(act.files))
    set_aside(act, persons)
    opinion.require_once_each(act.settings, rows, act.names(_spoke(act, persons)))
    keep(act, [said for _, said in rows], sorted(act.files), act.actor.person_id)
    _leave_lists(act, persons)


def withdraw(act: Act) -> None:
    """撤回: one's own last opinion, or one that was entered by mistake and that its person has not confirmed."""
    lock(act.c, act.task.id, shared=True)
    wanted = str(act.data.get(answers.NUMBER) or "")
    of_mine = opinions.c.person_id == act.person_id
    entered = (opinions.c.entered_by == act.person_id) & opinions.c.confirmed_at.is_(None)
    allowed = of_mine | entered
    query = select(opinions).where(opinions.c.task_id == act.task.id, KEPT, allowed if wanted else of_mine)
    if wanted:
        query = query.where(opinions.c.id == wanted)
    row = act.c.execute(query.order_by(opinions.c.id.desc()).limit(1).with_for_update()).first()
    if row is None:
        raise opinion.nothing_to_withdraw()
    act.c.execute(update(opinions).where(opinions.c.id == row.id).values(withdrawn_at=act.now))
    if row.person_id is not None and not _spoke(act, [row.person_id]):
        mine = (taken_part.c.task_id == act.task.id, taken_part.c.person_id == row.person_id)
        act.c.execute(delete(taken_part).where(*mine))


def answer(act: Act) -> None:
    """答复: the opinions of the step that `of` names."""
    task_id = source(act)
    if task_id is None:
        raise Invalid("no-opinions", "没有收到意见，不用答复")
    answer_in(act, task_id)


def close(act: Act) -> dict[str, Any]:
    """汇总."""
    lock(act.c, act.task.id, shared=False)
    moderation.require_none_waiting(waiting(act.c, act.task.id), "汇总")
    heard = heard_so_far(act)
    summing_up.close(act.settings, heard, act.data, act.now)
    return summing_up.conclude(act.settings, heard, act.data) | {DOERS: [act.person_id]}


def confirm_opinion(runtime: Runtime, actor_id: int, opinion_id: str) -> str:
    """The person confirms what a clerk entered as his opinion (procedures.md 11.1), also when the step is done; the id
    of its matter. Raises NotVisible.
    """

    def once() -> str:
        mine = (
            opinions.c.id == opinion_id,
            opinions.c.person_id == actor_id,
            opinions.c.entered_by.is_not(None),
            KEPT,
        )
        with runtime.database.write() as c:
            instance_id = c.scalar(select(opinions.c.instance_id).where(*mine))
            if instance_id is None:
                raise NotVisible("opinion-unknown", "没有替您录入的这条意见，可能已经撤回")
            fresh = opinions.c.confirmed_at.is_(None)
            c.execute(update(opinions).where(*mine, fresh).values(confirmed_at=runtime.now()))
            return str(instance_id)

    return attempt(runtime, once)


# ---------------------------------------------------------------- rows


def lock(c: Connection, task_id: str, *, shared: bool) -> None:
    """Many may add at the same time; who concludes the step waits for them. Raises Overtaken when it is done."""
    query = select(tasks.c.id).where(tasks.c.id == task_id).with_for_update(read=shared)
    if c.scalar(query) is None:
        raise Overtaken("task-done", "这一步刚刚已经办结，不能再改。没有保存的内容请记下，向承办人反映")


def keep(
    act: Act,
    said: Sequence[Opinion],
    files: Sequence[str],
    clerk: int | None,
    *,
    single: bool | None = None,
    **came: Any,
) -> None:
    """One row an opinion. Their ids sort in the order in which they came, also where the clock stands still.

    `came` are columns that tell how: `source`, `household_id`, `contact`.
    """
    single = bool(act.settings.get("stances")) if single is None else single
    stamp = f"{int(act.now.timestamp() * 1_000_000):014x}{time.monotonic_ns() // 1000 % 2**40:010x}"
    rows = [
        {
            "id": f"{stamp}{place:03x}{secrets.token_hex(3)[:5]}",
            "task_id": act.task.id,
            "instance_id": act.instance_id,
            "element_id": act.task.element_id,
            "person_id": one.person,
            "author": one.author,
            "channel": one.channel,
            "stance": one.stance,
            "content": one.content,
            "single": single and one.person is not None,
            "evidence": list(files),
            "entered_by": clerk,
            "salt": secrets.token_hex(16),
            "at": act.now,
            **came,
        }
        for place, one in enumerate(said)
    ]
    act.c.execute(insert(opinions), rows)


def set_aside(act: Act, persons: Sequence[int]) -> None:
    """Where one has a single say, what came through the open link under his name gives way to what he says himself:
    anybody may write anybody's name there.
    """
    if not act.settings.get("stances"):
        return
    theirs = (opinions.c.task_id == act.task.id, opinions.c.person_id.in_(persons))
    taken = (opinions.c.source == "open", opinions.c.answered_at.is_(None), KEPT)
    given_way = {"admitted": False, "moderation": moderation.HIMSELF, "person_id": None, "single": False}
    act.c.execute(update(opinions).where(*theirs, *taken).values(given_way))


def _spoke(act: Act, persons: Iterable[int]) -> list[int]:
    """Which of them have an opinion here already."""
    wanted = sorted(set(persons))
    if not wanted:
        return []
    query = select(opinions.c.person_id).where(
        opinions.c.task_id == act.task.id, KEPT, opinions.c.person_id.in_(wanted)
    )
    return list(act.c.scalars(query.distinct()))


def _recognised(act: Act, rows: Sequence[tuple[int, Opinion]]) -> list[tuple[int, Opinion]]:
    names = {said.author for _, said in rows if said.author}
    known = _by_name(act, names) if names and act.settings["from"] else {}
    return [
        (place, Opinion(said.content, said.stance, said.channel, known[said.author]))
        if said.author in known
        else (place, said)
        for place, said in rows
    ]


def _by_name(act: Act, names: set[str]) -> dict[str, int]:
    """Those asked who bear one of these names, where only one of them does."""
    asked = set(asked_people(act))
    found: dict[str, list[int]] = {}
    query = select(people.c.id, people.c.name).where(people.c.name.in_(sorted(names)))
    for row in act.c.execute(query):
        if row.id in asked:
            found.setdefault(row.name, []).append(row.id)
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def asked_people(act: Act) -> list[int]:
    """Everybody whose opinion is asked, as the register stands now."""
    return list(dict.fromkeys(person for name in act.settings["from"] for person in act.holders(name)))


def _leave_lists(act: Act, persons: Sequence[int]) -> None:
    """The step leaves their 待办; not the organiser's, who has to sum up."""
    organisers = {
        person
        for seat in act.task.seats
        if seat.seat == ORGANISER
        for person in ([seat.person_id] if seat.person_id is not None else act.holders(seat.designation))
    }
    wanted = sorted(set(persons) - organisers)
    if not wanted:
        return
    here = (taken_part.c.task_id == act.task.id, taken_part.c.person_id.in_(wanted))
    gone = set(act.c.scalars(select(taken_part.c.person_id).where(*here)))
    rows = [{"task_id": act.task.id, "person_id": person} for person in wanted if person not in gone]
    if rows:
        act.c.execute(insert(taken_part), rows)


# ---------------------------------------------------------------- figures


def heard_so_far(act: Act) -> Heard:
    """What the rules of summing up want to know. The cost does not depend on how much has been said."""
    if act.settings["of"]:
        task_id = source(act)
        return Heard(answered=answered(act.c, task_id) if task_id else Answered())
    return heard(act.c, act.task.id, act.settings["stances"], asked_people(act))


# ---------------------------------------------------------------- answering


def source(act: Act) -> str | None:
    """The step whose opinions are answered here; None where it received none."""
    if not act.settings.get("items"):
        return None
    row = act.work.row
    closure = Closure.of(act.runtime, act.c, row.version_id, row.closure)
    return source_of(act.c, closure, act.instance_id, act.settings["of"])


def answer_in(act: Act, task_id: str) -> None:
    """Write the answers of this act to the opinions of a step, by id or by number."""
    rows = act.data[answers.ROWS]
    answers.check_rows(rows)
    named = [str(row.get(answers.NUMBER) or "") for row in rows]
    if all(ID.fullmatch(name) for name in named):
        found = [
            {"opinion": name, "adopted": row[answers.VERDICT], "reply": row.get(answers.REPLY) or ""}
            for name, row in zip(named, rows, strict=True)
        ]
        _require_known(act, task_id, named)
    else:
        found = _by_number(act, task_id, rows)
    act.c.execute(_ANSWER, [row | {"by": act.person_id, "now": act.now} for row in found])
    act.note(answered=len(found))


def _require_known(act: Act, task_id: str, ids: Sequence[str]) -> None:
    query = select(opinions.c.id).where(opinions.c.task_id == task_id, KEPT, opinions.c.id.in_(ids))
    known = set(act.c.scalars(query))
    errors = {
        f"{answers.ROWS}[{place}].{answers.NUMBER}": "没有这条意见，它可能已经撤回"
        for place, name in enumerate(ids)
        if name not in known
    }
    if errors:
        raise Invalid("opinion-unknown", "有的意见已经撤回，请刷新页面再答复", errors)


def _by_number(act: Act, task_id: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    query = select(opinions.c.id, opinions.c.adopted).where(opinions.c.task_id == task_id, KEPT)
    every: Sequence[Any] = act.c.execute(query.order_by(opinions.c.id)).all()
    left = [number for number, row in enumerate(every, 1) if row.adopted is None]
    return [
        {"opinion": every[one.number - 1].id, "adopted": one.verdict, "reply": one.reply}
        for one in answers.read(rows, len(every), left)
    ]


_ANSWER = (
    update(opinions)
    .where(opinions.c.id == bindparam("opinion"))
    .values(
        adopted=bindparam("adopted"),
        reply=bindparam("reply"),
        answered_by=bindparam("by"),
        answered_at=bindparam("now"),
    )
)

ACTS: dict[str, Handler] = {
    "close": close,
    "add_opinion": add,
    "add_batch": add_batch,
    "withdraw": withdraw,
    "answer": answer,
}
