"""政策依据: the text behind a clause's number (`LB-8`), as `processes/clauses.toml` has it, and which of them the
program itself enforces.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.redlines import PROCESSES


@dataclass(frozen=True)
class Clause:
    """`source` is the catalogue it belongs to, in Chinese; `text` is empty for a number nobody has written down."""

    id: str
    text: str
    source: str


@dataclass(frozen=True)
class Rule:
    """A clause the program enforces: by which module or diagram, and which test or scenario shows it. Paths from the
    root of the repository; `says` is what the program does, in Chinese.
    """

    clause: str
    module: str
    shown: str
    says: str


def clause(number: str) -> Clause:
    known = _catalogue()
    source = known["sources"].get(number.split("-")[0], "")
    return Clause(number, known["clauses"].get(number, ""), source)


def clauses(numbers: str) -> list[Clause]:
    """The clauses in a diagram's setting: numbers separated by blanks, each once."""
    return [clause(number) for number in dict.fromkeys(numbers.split())]


def catalogue(section: str) -> list[Clause]:
    """All clauses of a section (`LB`), in the catalogue's order."""
    return [clause(number) for number in _catalogue()["clauses"] if number.split("-")[0] == section]


def every_clause() -> list[Clause]:
    """The whole catalogue, in its order."""
    return [clause(number) for number in _catalogue()["clauses"]]


def rules() -> list[Rule]:
    """The clauses the program enforces. Raises KeyError or TypeError where the file says too little or too much."""
    return [Rule(clause=number, **entry) for number, entry in _catalogue()["rules"].items()]


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, dict[str, Any]]:
    return tomllib.loads((PROCESSES / "clauses.toml").read_text("utf-8"))
