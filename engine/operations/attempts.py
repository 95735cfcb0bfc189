"""How much strangers may hand in. Counted in the database, so that several processes agree, by a keyed digest of the
address and the day: who looks into the table learns neither the address nor that two days' visitors were one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from engine.refusal import TooMany
from engine.runtime import Runtime
from engine.store.database import one_at_a_time
from engine.store.publicity import public_attempts


class Limit(NamedTuple):
    """So many in so long; `whose` and `then` are for the message."""

    number: int
    within: timedelta
    whose: str
    then: str


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_ADDRESS = (  # a household's router, or a village behind one: slips of paper are for those
    Limit(5, HOUR, "这个网络一小时", "请过一个小时再提"),
    Limit(20, DAY, "这个网络一天", "请明天再提"),
)
PER_MATTER = (Limit(200, HOUR, "这件事一小时", "请过一个小时再提"),)
PHOTOS = (Limit(20, HOUR, "带照片的，一小时", "请过一个小时再提"),)  # also those that are none in the end
PER_HOUSEHOLD = (Limit(10, DAY, "一户一天", "请明天再改"),)
KEPT = timedelta(days=2)


def count_address(runtime: Runtime, c: Connection, address: str, instance_id: str) -> None:
    """One more from this address on this matter. Raises TooMany, and then nothing was counted."""
    _count(c, _of_address(runtime, address, instance_id), runtime.now())


def require_room(runtime: Runtime, c: Connection, address: str, instance_id: str) -> None:
    """Whether one more would be taken; before anything costly is done for it. Raises TooMany."""
    _require(c, _of_address(runtime, address, instance_id), runtime.now())


def count_photo(runtime: Runtime, c: Connection, whose: str) -> None:
    """One more photo to be drawn for an address or a household's code. Raises TooMany."""
    _count(c, {_digest(runtime, f"photo|{visitor(whose)}"): PHOTOS}, runtime.now())


def count_household(runtime: Runtime, c: Connection, code: str) -> None:
    """One more by this household's link. Raises TooMany."""
    _count(c, {_digest(runtime, f"household|{code}"): PER_HOUSEHOLD}, runtime.now())


def forget(c: Connection, now: datetime) -> int:
    """For the worker: what is older than any limit looks goes; answers how many."""
    return c.execute(delete(public_attempts).where(public_attempts.c.at < now - KEPT)).rowcount


def _of_address(runtime: Runtime, address: str, instance_id: str) -> dict[str, tuple[Limit, ...]]:
    own, matter = f"address|{visitor(address)}", f"matter|{instance_id}"
    return {_digest(runtime, own): PER_ADDRESS, _digest(runtime, matter): PER_MATTER}


def _count(c: Connection, limits: Mapping[str, tuple[Limit, ...]], now: datetime) -> None:
    for subject in sorted(limits):  # or a burst would pass before any of it is written down
        one_at_a_time(c, subject)
    _require(c, limits, now)
    c.execute(insert(public_attempts), [{"subject": subject, "at": now} for subject in limits])


def _require(c: Connection, limits: Mapping[str, tuple[Limit, ...]], now: datetime) -> None:
    for subject, every in limits.items():
        for limit in every:
            lately = (public_attempts.c.subject == subject, public_attempts.c.at > now - limit.within)
            if (c.scalar(select(func.count()).where(*lately)) or 0) >= limit.number:
                raise TooMany(
                    "too-many",
                    f"{limit.whose}最多提 {limit.number} 次，已经满了，这一次没有收。您写的内容还在，"
                    f"{limit.then}，或者写在纸上交给村文书",
                )


def _digest(runtime: Runtime, what: str) -> str:
    key = runtime.configuration.secret_key.encode()
    return hmac.new(key, f"{runtime.today()}|{what}".encode(), hashlib.sha256).hexdigest()


def visitor(address: str) -> str:
    """An IPv6 customer has a whole /64 to come from; that is one visitor. Of an IPv4 visitor some servers say ::ffff:
    and his address, and some proxies add his port: he is who he is all the same.
    """
    bare = PORT.sub(r"\1\2", address)
    try:
        parsed = ip_address(bare)
    except ValueError:
        return bare
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))


PORT = re.compile(r"^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$")
