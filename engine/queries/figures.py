"""The figures a collective step adds to its form, as people read them: those that belong together on one line."""

from collections.abc import Iterator, Mapping
from typing import Any

_PAIRS = {  # the first figure -> the one that goes with it, what the line is called, and how it reads
    "应到": ("实到", "到会", "应到 {} 人，实到 {} 人"),
    "组成人员": ("到会组成人员", "组成人员", "{} 人，到会 {} 人"),
}
_READS = {"条数": "收到意见（条）", "覆盖": "提了意见的人/应征的人"}
_WITHIN = {"人数": "覆盖", "应征": "覆盖"}  # said already by the other


def figures(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a step's result holds, key by key in its order; two figures of one body become one text."""
    paired = {other for first, (other, _, _) in _PAIRS.items() if first in value}
    for key, one in value.items():
        if key in _PAIRS and _PAIRS[key][0] in value:
            other, called, reads = _PAIRS[key]
            yield called, reads.format(one, value[other])
        elif key not in paired and _WITHIN.get(key) not in value:
            yield _READS.get(key, key), one
