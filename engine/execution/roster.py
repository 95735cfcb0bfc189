"""Who holds what, in a rehearsal, and who stands for which households."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.execution.error import ExecutionError


class Roster:
    """The people of a rehearsal by name, with the designations each holds. A person's id is the place in the
    list, from 1.
    """

    def __init__(
        self,
        people: Mapping[str, Sequence[str] | str],
        homes: Mapping[str, Sequence[int]] | None = None,
        households: int = 0,
    ) -> None:
        """`homes`: the households somebody stands for, by number; who is not there stands for one of his own.
        `households`: how many the unit has; 0: those that anybody stands for.
        """
        self._names = list(people)
        self._homes, self._households = dict(homes or {}), households
        self._held = [frozenset(held.split() if isinstance(held, str) else held) for held in people.values()]

    @property
    def names(self) -> list[str]:
        return list(self._names)

    def number(self, name: str) -> int:
        """A person's id. Raises ExecutionError for a name that is not on the roster."""
        if name not in self._names:
            raise ExecutionError(f"名单里没有“{name}”。请把他写进演练的名单")
        return self._names.index(name) + 1

    def homes(self, number: int) -> frozenset[int]:
        """The households this person stands for, by number."""
        return frozenset(self._homes.get(self.name(number), (-number,)))

    def households(self, people: Iterable[int]) -> int:
        """How many households the unit has: as written, else all that these people stand for."""
        return self._households or len({home for person in people for home in self.homes(person)})

    def name(self, number: int) -> str:
        return self._names[number - 1]

    def holders(self, designation: str) -> list[int]:
        """The ids of those who hold it, in the order of the roster."""
        return [number for number, held in enumerate(self._held, 1) if designation in held]
