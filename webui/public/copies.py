"""Documents for everybody, kept by what they show: made once for all who ask."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from engine.documents import Document
from engine.refusal import Unavailable

KEPT = 64  # documents, of some fifty kilobytes each
PATIENCE = 10.0  # seconds to wait while a document is made for somebody else


class Copies:
    """Documents by what they show. One is made at a time; a thousand who ask at once get the same."""

    def __init__(self, most: int = KEPT) -> None:
        self._documents: OrderedDict[str, tuple[str, Document]] = OrderedDict()
        self._most = most
        self._lock, self._making = Lock(), Lock()

    def one(self, key: str, version: str, make: Callable[[], Document]) -> Document:
        """The document under this key, made where there is none of this version.

        Raises what `make` raises; Unavailable while others' are in the making.
        """
        found = self._found(key, version)
        if found is not None:
            return found
        if not self._making.acquire(timeout=PATIENCE):
            raise Unavailable("copy-busy", "很多人正在打开材料，请过一会儿再点一次")
        try:
            return self._found(key, version) or self._keep(key, version, make())
        finally:
            self._making.release()

    def _found(self, key: str, version: str) -> Document | None:
        with self._lock:
            kept = self._documents.get(key)
            if kept is None or kept[0] != version:
                return None
            self._documents.move_to_end(key)
            return kept[1]

    def _keep(self, key: str, version: str, made: Document) -> Document:
        with self._lock:
            self._documents[key] = version, made
            self._documents.move_to_end(key)
            while len(self._documents) > self._most:
                self._documents.popitem(last=False)
        return made

    def __len__(self) -> int:
        return len(self._documents)
