"""The red lines (制度红线): what no adaptation may weaken. Read from `processes/redlines.toml`; every number
is data.
"""

import re
import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

PROCESSES = Path(__file__).parent.parent / "processes"

Scope = Literal["单位", "事项"]


@dataclass(frozen=True)
class Incompatibility:
    """Names one person must not (`forbidden`) or had better not hold together; §10 of the catalogue of clauses.

    `scope` 单位: within one unit; 事项: within one meeting or matter. `relatives`: names that near relatives
    of whoever holds one of `between` must not hold either.
    """

    clause: str
    between: frozenset[str]
    against: frozenset[str]
    relatives: frozenset[str]
    scope: Scope
    reason: str
    forbidden: bool


@dataclass(frozen=True)
class Together:
    """`post` is held by whoever holds `companion` (HW-5)."""

    clause: str
    post: str
    companion: str
    reason: str


@dataclass(frozen=True)
class Threshold:
    """A fraction of a base; `inclusive` is 以上 (the fraction itself passes), otherwise 超过 (FD-6)."""

    clause: str
    key: str
    title: str
    fraction: Fraction
    inclusive: bool
    base: str

    def __str__(self) -> str:
        return f"{'至少' if self.inclusive else '超过'} {self.fraction} {self.base}"

    def met(self, part: int, whole: int) -> bool:
        """Compared by cross-multiplication, never by division."""
        left, right = part * self.fraction.denominator, whole * self.fraction.numerator
        return left >= right if self.inclusive else left > right


@dataclass(frozen=True)
class Period:
    """A duration that may not be shorter than `at_least` or longer than `at_most` (`7d`, `7wd`, ISO 8601)."""

    clause: str
    key: str
    title: str
    at_least: str | None
    at_most: str | None


@dataclass(frozen=True)
class BallotRule:
    """What every ballot of `roll` must ask for, whatever its parameters are set to; `also` must belong to the body.

    `citing`: only where the step or its procedure cites one of these clauses; empty: everywhere. `level`: only in
    procedures of that level; empty: of any. `weighted`: only where votes weigh households (FD-4), or only where they
    do not; None: either way.
    """

    clause: str
    roll: str
    also: str
    citing: frozenset[str]
    quorum: tuple[Threshold, ...]
    majority: tuple[Threshold, ...]
    level: str = ""
    weighted: bool | None = None


@dataclass(frozen=True)
class NoticeRule:
    """How long a notice stands that shows a ballot of `roll`, or cites one of these clauses."""

    clause: str
    roll: str
    citing: frozenset[str]
    period: Period


@dataclass(frozen=True)
class ElectionRule:
    """Who is not elected here: an election that has one of the words `never` in what it is called is refused."""

    clause: str
    never: tuple[str, ...]
    reason: str

    def word_in(self, text: str) -> str | None:
        """The first of its words that stands in a text, however it is spaced."""
        close = "".join(text.split())
        return next((word for word in self.never if word in close), None)


@dataclass(frozen=True)
class Redlines:
    law: dict[str, Any]
    incompatible: tuple[Incompatibility, ...]
    together: tuple[Together, ...]
    thresholds: dict[str, Threshold]
    periods: dict[str, Period]
    ballots: tuple[BallotRule, ...]
    notices: tuple[NoticeRule, ...]
    elections: tuple[ElectionRule, ...]
    retention: dict[str, int]
    kept: str = ""  # how long a matter's archive is kept (保管期限), in words

    @classmethod
    def load(cls, folder: Path = PROCESSES) -> "Redlines":
        """Read `redlines.toml` in `folder`. Raises ValueError (Chinese) naming the entry that is wrong."""
        path = folder / "redlines.toml"
        raw = tomllib.loads(path.read_text("utf-8"))
        try:
            thresholds = {entry["key"]: _threshold(entry) for entry in raw["thresholds"]}
            periods = {entry["key"]: _period(entry) for entry in raw["periods"]}
            return cls(
                law=raw["law"],
                incompatible=tuple(
                    [_incompatibility(entry, True) for entry in raw["incompatible"]]
                    + [_incompatibility(entry, False) for entry in raw["advised_against"]]
                ),
                together=tuple(
                    Together(entry["clause"], entry["post"], entry["with"], entry["reason"])
                    for entry in raw["together"]
                ),
                thresholds=thresholds,
                periods=periods,
                ballots=tuple(_ballot(entry, thresholds) for entry in raw["ballots"]),
                notices=tuple(_notice(entry, periods) for entry in raw["notices"]),
                elections=tuple(
                    ElectionRule(entry["clause"], tuple(entry["never"]), entry["reason"])
                    for entry in raw["elections"]
                ),
                retention={key: int(days) for key, days in raw["retention"].items()},
                kept=str(raw.get("archive", {}).get("kept", "")),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name} 写得不对：{error}") from error


def _incompatibility(entry: dict[str, Any], forbidden: bool) -> Incompatibility:
    if entry["scope"] not in ("单位", "事项"):
        raise ValueError(f"{entry['clause']} 的 scope 只能写 单位 或 事项")
    return Incompatibility(
        entry["clause"],
        frozenset(entry["between"]),
        frozenset(entry["against"]),
        frozenset(entry.get("relatives", [])),
        entry["scope"],
        entry["reason"],
        forbidden,
    )


def _threshold(entry: dict[str, Any]) -> Threshold:
    if entry["comparison"] not in ("至少", "超过"):
        raise ValueError(f"{entry['key']} 的 comparison 只能写 至少 或 超过")
    return Threshold(
        entry["clause"],
        entry["key"],
        entry["title"],
        Fraction(entry["fraction"]),
        entry["comparison"] == "至少",
        entry["base"],
    )


def _period(entry: dict[str, Any]) -> Period:
    return Period(entry["clause"], entry["key"], entry["title"], entry.get("at_least"), entry.get("at_most"))


def _ballot(entry: dict[str, Any], known: dict[str, Threshold]) -> BallotRule:
    return BallotRule(
        entry["clause"],
        entry["roll"],
        entry.get("also", ""),
        frozenset(entry.get("citing", [])),
        tuple(known[key] for key in entry.get("quorum", [])),
        tuple(known[key] for key in entry.get("majority", [])),
        entry.get("level", ""),
        entry.get("weighted"),
    )


def _notice(entry: dict[str, Any], known: dict[str, Period]) -> NoticeRule:
    period = known[entry["period"]]
    if not re.fullmatch(r"[0-9]+d", period.at_least or ""):
        raise ValueError(f"{entry['period']} 的 at_least 要写成几天，如 7d")
    return NoticeRule(entry["clause"], entry["roll"], frozenset(entry.get("citing", [])), period)


@lru_cache(maxsize=1)
def redlines() -> Redlines:
    """The red lines in force; read once."""
    return Redlines.load()
