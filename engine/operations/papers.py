"""The seal and the filings of a matter (procedures.md 11.5): 用印登记, 备案, and the receipt that comes back.

Both happen on paper. They are written down by who keeps the unit's papers, or by the township, where the seal often
lies; with a photo, and in the matter's journal.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.authorisation import Actor, may_keep_papers, may_see_matter
from engine.operations import saving
from engine.operations.work import Work, attempt
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from engine.runtime import Runtime
from engine.store.publicity import filings, seal_uses

MOST_COPIES = 1_000
Errors = dict[str, str]


@dataclass(frozen=True)
class SealUse:
    """用印登记: the seal was put under `copies` of a document."""

    document: str
    seal: str
    copies: int
    used_on: date
    approved_by: str
    kept_by: str = ""

    def faults(self, today: date) -> Errors:
        errors = _texts(
            {"文件": self.document, "印章": self.seal, "批准人": self.approved_by}, {"监印人": self.kept_by}
        )
        if not 1 <= self.copies <= MOST_COPIES:
            errors["份数"] = f"份数要在 1 到 {MOST_COPIES} 之间"
        return errors | _not_later("用印日期", self.used_on, today)


@dataclass(frozen=True)
class Filing:
    """备案: a document was handed to an office above."""

    document: str
    authority: str
    sent_on: date

    def faults(self, today: date) -> Errors:
        errors = _texts({"文件": self.document, "报送机关": self.authority}, {})
        return errors | _not_later("报送日期", self.sent_on, today)


@dataclass(frozen=True)
class Receipt:
    """备案回执."""

    received_on: date
    number: str = ""

    def faults(self, today: date) -> Errors:
        return _texts({}, {"回执编号": self.number}) | _not_later("收到日期", self.received_on, today)


def register_seal_use(
    runtime: Runtime, actor_id: int, instance_id: str, use: SealUse, files: Sequence[str] = ()
) -> str:
    """用印登记; answers its id. Raises Invalid with the fields at fault, Forbidden, NotVisible."""
    _require_sound(use.faults(runtime.today()))
    identifier = uuid.uuid4().hex

    def write(c: Connection, work: Work) -> None:
        row = {"id": identifier, "instance_id": instance_id, **vars(use)}
        c.execute(insert(seal_uses).values(row | _entered(work, actor_id, files)))
        work.record("use_seal", seal_use=identifier, copies=use.copies, files=sorted(files))

    _change(runtime, actor_id, instance_id, files, write)
    return identifier


def register_filing(
    runtime: Runtime, actor_id: int, instance_id: str, filing: Filing, files: Sequence[str] = ()
) -> str:
    """备案登记; answers its id. Raises what `register_seal_use` raises."""
    _require_sound(filing.faults(runtime.today()))
    identifier = uuid.uuid4().hex

    def write(c: Connection, work: Work) -> None:
        row = {"id": identifier, "instance_id": instance_id, **vars(filing)}
        c.execute(insert(filings).values(row | _entered(work, actor_id, files)))
        work.record("file", filing=identifier, files=sorted(files))

    _change(runtime, actor_id, instance_id, files, write)
    return identifier


def receive_filing_receipt(
    runtime: Runtime, actor_id: int, filing_id: str, receipt: Receipt, files: Sequence[str] = ()
) -> None:
    """The office above has confirmed a filing. Raises as `register_seal_use` does; Overtaken the second time."""
    _require_sound(receipt.faults(runtime.today()))
    row = runtime.database.look(lambda c: c.execute(select(filings).where(filings.c.id == filing_id)).first())
    if row is None:
        raise NotVisible("filing-unknown", "没有这次备案，或者它不在您能查看的范围里")

    def write(c: Connection, work: Work) -> None:
        if receipt.received_on < row.sent_on:
            message = f"收到回执不会早于报送（{row.sent_on:%Y-%m-%d}），请核对"
            raise Invalid("form", message, {"收到日期": message})
        values: dict[str, Any] = {"received_on": receipt.received_on, "receipt_number": receipt.number}
        waiting = (filings.c.id == filing_id, filings.c.received_on.is_(None))
        changed = update(filings).where(*waiting).values(**values, evidence=[*row.evidence, *files])
        if c.execute(changed).rowcount != 1:
            raise Overtaken("received", "这次备案的回执已经登记过了")
        work.record("file_receipt", filing=filing_id, files=sorted(files))

    _change(runtime, actor_id, row.instance_id, files, write)


# ---------------------------------------------------------------- one change


def _change(
    runtime: Runtime,
    actor_id: int,
    instance_id: str,
    files: Sequence[str],
    write: Callable[[Connection, Work], None],
) -> None:
    """Written down in the matter, also when it has ended: seals and receipts come late."""

    def once() -> None:
        with runtime.database.write() as c:
            actor = runtime.actor(c, actor_id)
            work = Work.read(runtime, c, instance_id, actor)
            _require_keeper(c, actor, work)
            work.keeps_undo = True
            write(c, work)
            if files:
                saving.bind_files(c, frozenset(files), actor_id, instance_id, None)
            work.save(c)

    attempt(runtime, once)


def _require_keeper(c: Connection, actor: Actor, work: Work) -> None:
    path = work.row.unit_path
    if may_keep_papers(actor, path) or work.row.started_by == actor.person_id:
        return
    if not may_see_matter(c, actor, work.id, path):
        raise NotVisible("matter-unknown", "没有这个办件，或者它不在您能查看的范围里")
    raise Forbidden(
        "not-keeper", "用印和备案由文书、书记、主任或代管公章的乡镇党政办、经管站登记，也可以由发起人登记"
    )


def _entered(work: Work, actor_id: int, files: Sequence[str]) -> dict[str, Any]:
    return {"evidence": list(files), "entered_by": actor_id, "at": work.now}


def _require_sound(errors: Errors) -> None:
    if errors:
        raise Invalid("form", "有几处需要改一改，请看标红的地方", errors)


def _texts(required: Mapping[str, str], optional: Mapping[str, str]) -> Errors:
    errors = {name: f"请填写“{name}”" for name, text in required.items() if not text.strip()}
    return errors | {
        name: "最多 64 个字" for name, text in {**required, **optional}.items() if len(text) > 64
    }


def _not_later(name: str, day: date, today: date) -> Errors:
    return {name: "日期还没有到，请填实际的日期"} if day > today else {}
