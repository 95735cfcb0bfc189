"""How much room words take, as bpmn-js writes them: labels in 11 px, the text of steps in 12 px."""

from __future__ import annotations

import math
import unicodedata

LINE = 14
NODE_LABEL = 80  # px: the widest label of an event or a gateway
FLOW_LABEL = 80


def advance(text: str, size: float = 11) -> float:
    """The width of one line, in px. A Chinese character is as wide as it is high, a Latin one about 0.58 of that."""
    return sum(size if unicodedata.east_asian_width(c) in "WFA" else size * 0.58 for c in text)


def lines(text: str, width: float, size: float = 11) -> int:
    """How many lines a text takes in this width; each of its own lines breaks by itself."""
    usable = width - size / 2  # a character that does not fit any more moves down whole
    return sum(max(1, math.ceil(advance(part, size) / usable)) for part in text.splitlines() or [""])


def label(text: str, widest: float) -> tuple[float, float]:
    """Width and height of a label beside its shape or line: as narrow as its lines allow."""
    one = max((advance(part) for part in text.splitlines()), default=0.0)
    if one + 6 <= widest:
        return math.ceil(one) + 6, LINE * max(1, len(text.splitlines()))
    count = lines(text, widest)
    if len(text.splitlines()) > 1:
        return widest, LINE * count
    even = math.ceil(one / count / 11 + 0.5) * 11 + 8  # lines of about the same length
    return min(widest, even), LINE * lines(text, min(widest, even))
