"""A ballot paper of a secret vote, sealed: what was chosen, and the receipt, for nobody to read while the vote is open.

All sealed papers are of one length, whatever is in them; a paper says which vote it is for, so that one put into
another box shows.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import orjson
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

LENGTH = 512  # bytes of a paper before it is sealed
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another: no 0 O 1 I L
_GROUPS, _GROUP = 3, 4


class PaperDamaged(Exception):
    """What lies in the box cannot be opened with this key, or is not a paper of this vote."""


@dataclass(frozen=True)
class Paper:
    """One member's choice on one motion; in an election the places of the candidates, none for 弃权."""

    task_id: str
    motion: int
    round: int
    receipt: str
    choice: str | None = None
    chosen: tuple[int, ...] | None = None


def new_receipt() -> str:
    """Twelve letters and digits in groups, `K7MP-3TXA-9QHC`: by chance nobody gets another's."""
    drawn = [secrets.choice(_LETTERS) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(drawn[at : at + _GROUP]) for at in range(0, len(drawn), _GROUP))


def seal(public: str, paper: Paper) -> bytes:
    """The paper for nobody but the holder of the key whose public half, hexadecimal, this is. Raises ValueError when
    it is too long, which what a ballot takes never is.
    """
    said = [paper.task_id, paper.motion, paper.round, paper.receipt, paper.choice, paper.chosen]
    written = orjson.dumps(said)
    if len(written) > LENGTH:
        raise ValueError("the paper is longer than a sealed one may be")
    return bytes(SealedBox(PublicKey(bytes.fromhex(public))).encrypt(written.ljust(LENGTH)))


def unseal(key: PrivateKey, sealed: bytes) -> Paper:
    """Raises PaperDamaged."""
    try:
        task_id, motion, round_, receipt, choice, chosen = orjson.loads(SealedBox(key).decrypt(sealed))
    except (CryptoError, ValueError, TypeError) as error:
        raise PaperDamaged from error
    return Paper(task_id, motion, round_, receipt, choice, None if chosen is None else tuple(chosen))
