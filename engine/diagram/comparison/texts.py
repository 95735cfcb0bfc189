"""Texts compared word by word: a Chinese character is a word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

How = Literal["same", "removed", "added"]

_WORDS = re.compile(r"[A-Za-z0-9_.]+|\s+|.", re.DOTALL)
_LINES = re.compile(r"[^。；！？\n]*[。；！？\n]?")
MOST = 1_000_000  # comparisons of words; longer texts are compared sentence by sentence
CONTEXT = 40  # letters of an unchanged stretch that are shown at each of its ends


@dataclass(frozen=True)
class Piece:
    """A stretch of text that both have, only the earlier has, or only the later has."""

    how: How
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """Both texts in one: leaving out what was removed gives the later, what was added the earlier."""
    words, others = _WORDS.findall(before), _WORDS.findall(after)
    if len(words) * len(others) > MOST:
        words, others = _sentences(before), _sentences(after)
    if len(words) * len(others) > MOST:
        return [Piece("removed", before), Piece("added", after)]
    found: list[Piece] = []
    for how, a, b, c, d in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if how == "equal":
            found.append(Piece("same", "".join(words[a:b])))
            continue
        if b > a:
            found.append(Piece("removed", "".join(words[a:b])))
        if d > c:
            found.append(Piece("added", "".join(others[c:d])))
    return found


def shortened(found: list[Piece]) -> list[Piece]:
    """The same with long unchanged stretches left out, for people to read."""
    return [
        Piece("same", f"{one.text[:CONTEXT]}……{one.text[-CONTEXT:]}")
        if one.how == "same" and len(one.text) > 3 * CONTEXT
        else one
        for one in found
    ]


def _sentences(text: str) -> list[str]:
    return [found for found in _LINES.findall(text) if found]
