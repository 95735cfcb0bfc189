"""What a lane may name (procedures.md §10): a post, a register, a duty of one meeting, or a group derived
from these.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.redlines import PROCESSES, Incompatibility, Redlines

LEVELS = ("市", "县", "乡镇", "村", "屋场")


class Sort(StrEnum):
    POST = "岗位"
    REGISTER = "身份"
    DUTY = "会次职务"
    DERIVED = "派生"


@dataclass(frozen=True)
class Designation:
    """`levels`: where it exists (a duty has none). `leaves`: the posts and registers it comes down to, or itself."""

    name: str
    kind: Sort
    levels: tuple[str, ...]
    members: tuple[str, ...] = ()
    leaves: frozenset[str] = field(default_factory=frozenset)
    single: bool = False
    administrator: bool = False
    everyone: bool = False

    @property
    def level(self) -> str | None:
        return self.levels[0] if self.levels else None

    @property
    def can_be_held(self) -> bool:
        """Whether a person is entered as holding it; a derived group, a duty, and 村民 are not."""
        return self.kind in (Sort.POST, Sort.REGISTER) and not self.everyone


@dataclass(frozen=True)
class Clash:
    """`held` and `wanted` do not go together, by `rule`."""

    rule: Incompatibility
    held: str
    wanted: str


class Designations(Mapping[str, Designation]):
    """All of them, by name, and which go together. `get` answers None for an unknown name, `[name]` raises KeyError."""

    def __init__(self, entries: Iterable[Designation], redlines: Redlines) -> None:
        self._by_name = {entry.name: entry for entry in entries}
        self.redlines = redlines
        self._groups = {
            leaf: frozenset(
                d.name for d in self._by_name.values() if d.kind is Sort.DERIVED and leaf in d.leaves
            )
            for leaf in self._by_name
        }
        self._of_everyone = {
            level: frozenset(d.name for d in self._by_name.values() if d.everyone and level in d.levels)
            for level in LEVELS
        }
        self._rules = [
            (rule, self._spread(rule.between), self._spread(rule.against)) for rule in redlines.incompatible
        ]
        self._kin_rules = [
            (rule, self._spread(rule.between), self._spread(rule.relatives))
            for rule in redlines.incompatible
            if rule.relatives
        ]

    @classmethod
    def load(cls, folder: Path = PROCESSES) -> "Designations":
        """Read `posts.toml` and `redlines.toml`. Raises ValueError (Chinese) naming the entry that is wrong."""
        raw = tomllib.loads((folder / "posts.toml").read_text("utf-8"))
        entries = [_designation(name, entry, raw) for name, entry in raw.items()]
        return cls(entries, Redlines.load(folder))

    def __getitem__(self, name: str) -> Designation:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def groups(self, name: str) -> frozenset[str]:
        """The derived groups that a holder of `name` belongs to."""
        return self._groups.get(name, frozenset())

    def of_everyone(self, level: str) -> frozenset[str]:
        """What everybody living in a unit of this level is, without being entered in a register."""
        return self._of_everyone.get(level, frozenset())

    def conflicts(self, held: Iterable[str], wanted: str, scope: str = "单位") -> list[Clash]:
        """Rules that one person holding `held` would break, or had better not, by taking `wanted` too."""
        return [
            Clash(rule, other, wanted)
            for other in sorted(set(held))
            for rule, left, right in self._rules
            if rule.scope == scope and _crosses(other, wanted, left, right)
        ]

    def kin_conflicts(self, held_by_relative: Iterable[str], wanted: str) -> list[Clash]:
        """Rules that taking `wanted` would break because of what a near relative holds in the same unit."""
        return [
            Clash(rule, other, wanted)
            for other in sorted(set(held_by_relative))
            for rule, left, right in self._kin_rules
            if _crosses(other, wanted, left, right)
        ]

    def _spread(self, names: frozenset[str]) -> frozenset[str]:
        """Groups replaced by what they consist of."""
        unknown = names - self._by_name.keys()
        if unknown:
            raise ValueError(f"redlines.toml 用到的名称，posts.toml 里没有：{'、'.join(sorted(unknown))}")
        return frozenset(leaf for name in names for leaf in self._by_name[name].leaves)


def _crosses(one: str, other: str, left: frozenset[str], right: frozenset[str]) -> bool:
    return (one in left and other in right) or (one in right and other in left)


def _designation(name: str, entry: dict[str, Any], raw: dict[str, Any]) -> Designation:
    unknown = entry.keys() - {"kind", "level", "members", "single", "administrator", "everyone"}
    if unknown:
        raise ValueError(f"posts.toml 的 {name}：不认识 {'、'.join(sorted(unknown))}")
    try:
        kind = Sort(entry.get("kind", ""))
    except ValueError:
        raise ValueError(f"posts.toml 的 {name}：kind 只能写 {'、'.join(Sort)}") from None
    level = entry.get("level", [])
    levels = (level,) if isinstance(level, str) else tuple(level)
    if any(one not in LEVELS for one in levels) or bool(levels) == (kind is Sort.DUTY):
        raise ValueError(f"posts.toml 的 {name}：level 要写 {'、'.join(LEVELS)} 中的一个；会次职务不写")
    members = tuple(entry.get("members", []))
    if bool(members) != (kind is Sort.DERIVED):
        raise ValueError(f"posts.toml 的 {name}：派生的要写 members，别的不写")
    flags = {key: bool(entry.get(key, False)) for key in ("single", "administrator", "everyone")}
    return Designation(name, kind, levels, members, _leaves(name, raw, ()), **flags)


def _leaves(name: str, raw: dict[str, Any], above: tuple[str, ...]) -> frozenset[str]:
    if name in above:
        raise ValueError(
            f"posts.toml 的 {above[0]}：派生套来套去又回到了自己（{' → '.join((*above, name))}）"
        )
    if name not in raw:
        raise ValueError(f"posts.toml 的 {above[-1]}：members 里的 {name} 没有写")
    members = raw[name].get("members")
    if not members:
        return frozenset({name})
    return frozenset(leaf for member in members for leaf in _leaves(member, raw, (*above, name)))


@lru_cache(maxsize=1)
def designations() -> Designations:
    """The designations in force; read once."""
    return Designations.load()
