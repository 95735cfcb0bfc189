"""One page of a list, and the cursor that leads to the next."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import orjson

from engine.refusal import Invalid

T = TypeVar("T")
LIMIT, MAX_LIMIT = 30, 100
LOST = "这一页的位置看不懂，请从第一页重新打开"


@dataclass(frozen=True)
class Page(Generic[T]):
    """`next` is the cursor of the following page, None on the last one."""

    items: list[T]
    next: str | None = None


def cut(
    rows: Sequence[Any], limit: int, item: Callable[[Any], T], key: Callable[[Any], Sequence[Any]]
) -> Page[T]:
    """A page of `rows`, which hold one row more than `limit` when there is a next page."""
    shown = rows[:limit]
    following = write_cursor(key(shown[-1])) if len(rows) > limit and shown else None
    return Page([item(row) for row in shown], following)


def bounded(limit: int) -> int:
    return max(1, min(limit, MAX_LIMIT))


def write_cursor(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def read_cursor(cursor: str | None, *types: type) -> list[Any] | None:
    """The values in a cursor; None where there is none. Raises Invalid when somebody made it up."""
    if not cursor:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        values = None
    fits = isinstance(values, list) and [type(value) for value in values] == list(types)
    if not fits or not _storable(values):
        raise Invalid("cursor", LOST, {"cursor": "看不懂"})
    return list(values)


def moment_of(text: str) -> datetime:
    """A moment a cursor carries. Raises Invalid when somebody made it up."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid("cursor", LOST, {"cursor": "看不懂"})
    return moment


def _storable(values: Sequence[Any]) -> bool:
    """PostgreSQL takes no NUL, and no integer beyond its own."""
    return all("\0" not in value if isinstance(value, str) else abs(value) < 2**31 for value in values)
