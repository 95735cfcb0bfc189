"""A matter's public page: its link is made in the transaction in which something of the matter first becomes public."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.durations import SHANGHAI
from engine.refusal import Gone, Invalid, NotVisible
from engine.store.database import insert_once
from engine.store.publicity import public_links

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without 0 O 1 I L U: people read codes from paper and type them
LENGTH = 10  # 49 bits: nobody finds one by trying
TRIES = 8


def new_code() -> str:
    """A code nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normal(code: str) -> str:
    """A code as it is kept, however it was typed: capitals, half-width, without blanks and hyphens."""
    plain = unicodedata.normalize("NFKC", code).upper()
    return "".join(one for one in plain if one.isalnum())[: 2 * LENGTH]


def page_code(c: Connection, instance_id: str) -> str | None:
    """The code of a matter's public page; None while nothing of it is public, or it is down. One statement."""
    row = page(c, instance_id)
    return row.code if row is not None and row.taken_down_at is None else None


def page(c: Connection, instance_id: str) -> Row[Any] | None:
    """A matter's public page, up or down. One statement."""
    links = public_links.c
    mine = (links.instance_id == instance_id, links.task_id.is_(None), links.revoked_at.is_(None))
    return c.execute(select(public_links).where(*mine)).first()


def ensure_page(c: Connection, instance_id: str, by: int | None, now: datetime) -> str:
    """The matter's page exists from now on; its code. Harmless when two do it at once. `by` None: the clock.

    One that was taken down stays down: putting it up is somebody's decision.
    """
    for _ in range(TRIES):
        found = page(c, instance_id)
        if found is not None:
            return str(found.code)
        row = {"code": new_code(), "instance_id": instance_id, "created_at": now, "created_by": by}
        insert_once(c, public_links, row)
    raise RuntimeError("no free public code was found")


def require_not_down(c: Connection, instance_id: str) -> None:
    """Nothing is put up as a notice whose page everybody finds taken down. Raises Invalid."""
    row = page(c, instance_id)
    if row is not None and row.taken_down_at is not None:
        message = (
            "这件事的公开页已经撤下，村民扫码看不到。请文书、书记或主任先在办件页的“公开页”里恢复，再公示"
        )
        raise Invalid("page-down", message)


def of_opened(c: Connection, opened: Iterable[Mapping[str, Any]], by: int | None, now: datetime) -> None:
    """Steps (rows of `tasks`) that have just opened: a consultation or a rating open to everybody is public."""
    for task in opened:
        if task["settings"].get("open") or task["settings"].get("public"):
            ensure_page(c, task["instance_id"], by, now)


def found(c: Connection, code: str, *, household: bool) -> Row[Any]:
    """The link of this code: of a matter's page, or of a household. One statement. Raises NotVisible, Gone."""
    row = c.execute(select(public_links).where(public_links.c.code == normal(code))).first()
    if row is None or (row.household_id is not None) != household:
        raise NotVisible("link-unknown", "没有这个码，可能输错了一个字。请照纸上的再输一遍，或者到村里问文书")
    if row.revoked_at is not None:
        raise NotVisible("link-revoked", "这个码已经停用，可能换了新的。请用新的码，或者到村里问文书")
    if row.taken_down_at is not None:
        raise Gone("page-down", taken_down(row))
    return row


def taken_down(row: Row[Any]) -> str:
    """When and why a page was taken down."""
    day = row.taken_down_at.astimezone(SHANGHAI)
    when = f"{day.year} 年 {day.month} 月 {day.day} 日"
    return f"这一页已于 {when}撤下。理由：{row.taken_down_why}。想了解这件事，请到村里问文书"
