"""Rendered pages, kept by what they show: a notice is read a thousand times between two changes."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

PAGES = 256  # a page is some ten kilobytes, packed and plain
FRESH = 30  # seconds a phone, or a cache on the way, may show it without asking again


@dataclass(frozen=True)
class Kept:
    """A page as it is sent. `until` is when it says something else without anybody having done anything."""

    version: str
    body: bytes
    packed: bytes
    etag: str
    until: datetime | None


class Shelf:
    """Thread-safe. The oldest page that nobody asked for goes first."""

    def __init__(self, pages: int = PAGES) -> None:
        self._pages: OrderedDict[str, Kept] = OrderedDict()
        self._most = pages
        self._lock = Lock()

    def page(
        self, key: str, version: str, now: datetime, render: Callable[[], tuple[str, datetime | None]]
    ) -> Kept:
        """The page under this key, drawn by `render` where there is none of this version, or its time is over."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None and found.version == version and not (found.until and now >= found.until):
                self._pages.move_to_end(key)
                return found
        made = _kept(version, *render())
        with self._lock:
            self._pages[key] = made
            self._pages.move_to_end(key)
            while len(self._pages) > self._most:
                self._pages.popitem(last=False)
        return made

    def __len__(self) -> int:
        return len(self._pages)


def _kept(version: str, page: str, until: datetime | None) -> Kept:
    body = page.encode()
    return Kept(version, body, gzip.compress(body, 6), hashlib.sha256(body).hexdigest()[:20], until)
