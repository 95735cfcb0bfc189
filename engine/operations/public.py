"""What people without an account hand in: through the open link of a matter's page, or by a household's own link.

It becomes rows of the step, as everything many do there; the matter's state is not touched. What comes through the open
link waits to be moderated. A photo is drawn anew and bound to the matter; the public never sees it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine import files, forms
from engine.operations import attempts, links
from engine.operations.acting import Act, open_row, roles
from engine.operations.opinions import keep, lock, set_aside
from engine.operations.work import attempt
from engine.queries.heard import KEPT, published
from engine.refusal import Invalid, NotVisible, Overtaken, TooMany
from engine.runtime import Runtime
from engine.steps import notice, period, strangers
from engine.steps.kind import ORGANISER, Action
from engine.steps.opinion import AUTHOR, Opinion
from engine.store.proceedings import opinions, ratings, taken_part
from engine.store.tables import file_uses

Upload = tuple[bytes, str]  # content and name of a file
PHOTO = "照片"
PATIENCE = 3.0  # seconds a visitor waits for others' photos
_drawing = BoundedSemaphore(2)


@dataclass(frozen=True)
class Received:
    """What a visitor is told: where it can be followed, and whether it is still to be moderated."""

    page_code: str
    step: str
    waits: bool
    until: datetime | None
    again: bool = False  # this very form had come in before


def say(
    runtime: Runtime,
    code: str,
    task_id: str,
    data: Mapping[str, Any],
    *,
    address: str,
    photo: Upload | None = None,
    once: str = "",
) -> Received:
    """An opinion, an objection or a rating through the matter's own page. A rating with a mark of its form (`once`)
    counts once, however often the form is sent.

    Raises NotVisible for an unknown code, Overtaken when the step is over, Invalid with the fields at fault, TooMany.
    """

    def welcome(c: Connection) -> tuple[Any, Act]:
        link = links.found(c, code, household=False)
        act = _act(runtime, c, task_id, link.instance_id)
        if not strangers.takes(act.kind.key, act.settings):
            raise Invalid("not-open", f"“{act.task.name}”不从这里收意见，请找村文书")
        return link, act

    def let_in(c: Connection) -> None:
        link, act = welcome(c)
        _require_open(act)
        _clean(act, data, household=False)
        attempts.require_room(runtime, c, address, link.instance_id)
        attempts.count_photo(runtime, c, address)

    picture = _picture(runtime, photo, let_in)

    def work(c: Connection) -> Received:
        link, act = welcome(c)
        lock(c, task_id, shared=True)
        until = _require_open(act)
        clean = _clean(act, data, household=False)
        rating = _mark(act, clean, once)
        if act.kind.key == "assess" and act.c.scalar(select(ratings.c.id).where(ratings.c.id == rating)):
            return Received(link.code, act.task.name, False, until, again=True)
        attempts.count_address(runtime, c, address, link.instance_id)
        if act.kind.key == "assess":
            _rate(act, clean, source="open", id=rating)
            return Received(link.code, act.task.name, False, until)
        found = _keep_photo(act, picture)
        author, contact = (str(clean.get(key) or "").strip() for key in (AUTHOR, strangers.PHONE))
        keep(act, [_opinion(act, clean, author=author)], found, None, source="open", contact=contact)
        act.activate(ORGANISER)
        return Received(link.code, act.task.name, True, until)

    return attempt(runtime, lambda: runtime.database.run(work, 1))


def answer_for_household(
    runtime: Runtime, code: str, data: Mapping[str, Any], *, photo: Upload | None = None
) -> Received:
    """A household's one answer, by the link on its slip of paper; it counts at once.

    Raises NotVisible for an unknown or revoked code, Overtaken when the household or its person has answered or the
    step is over, Invalid with the fields at fault, TooMany.
    """

    def welcome(c: Connection) -> tuple[Any, Act]:
        link = links.found(c, code, household=True)
        return link, _act(runtime, c, link.task_id, link.instance_id)

    def let_in(c: Connection) -> None:
        link, act = welcome(c)
        _require_open(act)
        _clean(act, data, household=True)
        attempts.count_photo(runtime, c, link.code)

    picture = _picture(runtime, photo, let_in)

    def work(c: Connection) -> Received:
        link, act = welcome(c)
        lock(c, link.task_id, shared=True)
        until = _require_open(act)
        clean = _clean(act, data, household=True)
        set_aside(act, [link.person_id])
        _require_first(act, link)
        attempts.count_household(runtime, c, link.code)
        found = _keep_photo(act, picture)
        own = {"source": "household", "household_id": link.household_id}
        if act.kind.key == "assess":
            _rate(act, clean, person_id=link.person_id, **own)
        else:
            keep(act, [_opinion(act, clean, person=link.person_id)], found, None, single=True, **own)
        if ORGANISER not in roles(runtime.actor(c, link.person_id), act.task):  # who still has to sum up
            act.taken_part(link.person_id)
        page = links.page_code(c, link.instance_id) or ""
        return Received(page, act.task.name, False, until)

    return attempt(runtime, lambda: runtime.database.run(work, 1))


def withdraw_for_household(runtime: Runtime, code: str) -> None:
    """The household takes its answer back, to give another one while the step is open.

    Raises NotVisible for an unknown code, Overtaken when the step is over or there is nothing to take back.
    """

    def work(c: Connection) -> None:
        link = links.found(c, code, household=True)
        act = _act(runtime, c, link.task_id, link.instance_id)
        lock(c, link.task_id, shared=True)
        _require_open(act)
        table = ratings if act.kind.key == "assess" else opinions
        live = (
            table.c.task_id == link.task_id,
            table.c.household_id == link.household_id,
            table.c.withdrawn_at.is_(None),
        )
        if c.execute(update(table).where(*live).values(withdrawn_at=act.now)).rowcount == 0:
            raise Overtaken("nothing-to-withdraw", "这一户现在没有可以撤回的，可能已经撤回了")
        here = (taken_part.c.task_id == link.task_id, taken_part.c.person_id == link.person_id)
        c.execute(taken_part.delete().where(*here))

    attempt(runtime, lambda: runtime.database.run(work, 1))


# ---------------------------------------------------------------- the step


def _act(runtime: Runtime, c: Connection, task_id: str, instance_id: str) -> Act:
    """The open step, with nobody acting. Raises Overtaken where it is over, NotVisible where it is of another one."""
    row = open_row(c, task_id)
    if row is None:
        raise Overtaken(
            "step-over",
            "这一步已经结束，不能再提了。后来怎么样，请看这件事的公开页；有新的意见，请告诉村文书",
        )
    if row.instance_id != instance_id:
        raise NotVisible("task-unknown", "这件事里没有这一步，请回到公开页重新打开")
    return Act.of_row(runtime, c, None, row, Action("say", "提意见", {"components": []}))


def _require_open(act: Act) -> datetime | None:
    """When it ends. Raises Overtaken after the last day, Invalid before a notice is out."""
    if act.kind.key == "notice":
        so_far = published(act.c, act.task.id, act.settings)
        notice.require_receiving(so_far, act.now)
        return so_far.ends_at
    until = period.ends(act.settings)
    if until is not None and act.now >= until:
        raise Overtaken(
            "step-over",
            f"“{act.task.name}”到 {period.last_day(until)}为止，已经结束，不能再提了。有新的意见，请告诉村文书",
        )
    return until


def _require_first(act: Act, link: Any) -> None:
    """One household, one answer; and its person has not spoken with an account either. Raises Overtaken."""
    table = ratings if act.kind.key == "assess" else opinions
    live = (table.c.task_id == act.task.id, table.c.withdrawn_at.is_(None))
    if act.c.scalar(select(table.c.id).where(*live, table.c.household_id == link.household_id)):
        raise Overtaken("answered", "这一户已经提过了，一户一份。要改，请先撤回原来的，再提一次")
    once = act.kind.key == "assess" or bool(act.settings.get("stances"))
    mine = (table.c.person_id == link.person_id,) + ((KEPT,) if table is opinions else ())
    if once and act.c.scalar(select(table.c.id).where(*live, *mine)):
        raise Overtaken(
            "answered", "这一户的代表已经用自己的账号提过了，不用再提。要改，请他在手机上撤回原来的"
        )


def _clean(act: Act, data: Mapping[str, Any], *, household: bool) -> dict[str, Any]:
    """What the form accepts. Raises Invalid."""
    schema = strangers.schema(act.kind.key, act.settings, household=household)
    readable = {key: strangers.readable(value) for key, value in data.items()}
    clean, errors = forms.validate(schema, readable)
    if errors:
        raise Invalid("form", "有几处需要改一改，请看标红的地方", errors)
    return clean


# ---------------------------------------------------------------- rows


def _opinion(act: Act, data: Mapping[str, Any], *, person: int | None = None, author: str = "") -> Opinion:
    kind = act.kind.key
    said, chosen = (str(data.get(key(kind)) or "") for key in (strangers.text_key, strangers.choice_key))
    channel = strangers.BY_CODE if person is None else strangers.BY_SLIP
    return Opinion(said, chosen, channel, person, author)


def _rate(act: Act, data: Mapping[str, Any], *, person_id: int | None = None, **came: Any) -> None:
    row = {
        "id": uuid.uuid4().hex,
        "task_id": act.task.id,
        "instance_id": act.instance_id,
        "person_id": person_id,
        "score": data[strangers.choice_key("assess")],
        "number": 1,
        "comment": str(data.get(strangers.text_key("assess")) or ""),
        "evidence": [],
        "at": act.now,
    }
    act.c.execute(insert(ratings).values(row | came))


def _mark(act: Act, data: Mapping[str, Any], once: str) -> str:
    """The id of a rating: the same one for the same form sent twice with the same words."""
    if not once:
        return uuid.uuid4().hex
    said = json.dumps([act.task.id, once, data], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _picture(
    runtime: Runtime, photo: Upload | None, let_in: Callable[[Connection], None]
) -> files.Accepted | None:
    """The photo, drawn anew; outside any transaction, for it takes a while, and for nobody who is not let in.

    Raises Invalid, and TooMany where others' photos are being drawn: strangers must not keep every thread busy.
    """
    if photo is None or not photo[0]:
        return None
    attempt(runtime, lambda: runtime.database.run(let_in, 1))
    if not _drawing.acquire(timeout=PATIENCE):
        raise TooMany(
            "busy", "现在传照片的人多，这一次没有收。您写的内容还在，请过一分钟再交，或者先不带照片交"
        )
    try:
        accepted = files.accept(*photo)
    except files.FileRefused as error:
        raise Invalid("file", str(error), {PHOTO: str(error)}) from error
    finally:
        _drawing.release()
    if not accepted.media_type.startswith("image/"):
        message = "这里只能传照片（JPG、PNG、WebP）。别的材料请交给村文书"
        raise Invalid("file", message, {PHOTO: message})
    return accepted


def _keep_photo(act: Act, picture: files.Accepted | None) -> list[str]:
    if picture is None:
        return []
    files.keep(act.c, picture, act.now)
    use = {
        "file_id": picture.id,
        "name": picture.name,
        "uploaded_at": act.now,
        "instance_id": act.instance_id,
    }
    act.c.execute(insert(file_uses).values(use))
    return [picture.id]
