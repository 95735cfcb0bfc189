"""政策依据: the text behind a clause's number (`LB-8`), as `processes/clauses.toml` has it."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache

from engine.redlines import PROCESSES


@dataclass(frozen=True)
class Clause:
    """`source` is the catalogue it belongs to, in Chinese; `text` is empty for a number nobody has written down."""

    id: str
    text: str
    source: str


def clause(number: str) -> Clause:
    known = _catalogue()
    source = known["sources"].get(number.split("-")[0], "")
    return Clause(number, known["clauses"].get(number, ""), source)


def clauses(numbers: str) -> list[Clause]:
    """The clauses in a diagram's setting: numbers separated by blanks, each once."""
    return [clause(number) for number in dict.fromkeys(numbers.split())]


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, dict[str, str]]:
    return tomllib.loads((PROCESSES / "clauses.toml").read_text("utf-8"))
