"""Households in a scenario: who stands for which, and how many the unit has.

    [households]
    "总户数" = 40          # of the unit; by default as many as anybody stands for
    "村民代表" = 10        # each of them stands for ten households of his own (FD-4)
    "林长根" = 12          # one person by name
    "村民" = "2 人一户"    # two of them in turn live in one household (HW-3.2)

Who is not written down stands for one household, his own.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

TOTAL = "总户数"
MAX = 10_000
_SHARED = re.compile(r"([1-9][0-9]?) ?人一户")


class HouseholdsError(ValueError):
    """Households that cannot be read. The message is Chinese and says what to mend."""


def read(table: Mapping[str, Any]) -> dict[str, int | str]:
    """The table `[households]` of a scenario. Raises HouseholdsError."""
    for name, value in table.items():
        shared = isinstance(value, str) and _SHARED.fullmatch(value)
        number = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX
        if not number and not (shared and name != TOTAL):
            raise HouseholdsError(f"[households] 的“{name}”要写户数，例如 10；几个人住一户的写“2 人一户”")
    return dict(table)


def at_home(
    roster: Mapping[str, Sequence[str]], households: Mapping[str, int | str]
) -> tuple[dict[str, tuple[int, ...]], int]:
    """Each person's households by number, and how many the unit has (0: not said)."""
    homes, last = dict[str, tuple[int, ...]](), 0
    # A person by name counts over the post he holds.
    for name, value in sorted(households.items(), key=lambda one: one[0] in roster):
        people = [one for one in roster.get(name, (name,)) if one not in homes and name != TOTAL]
        if isinstance(value, int):
            for person in people:
                homes[person] = tuple(range(last + 1, last + value + 1))
                last += value
        else:
            many = int(value.split("人")[0])
            homes |= {person: (last + 1 + place // many,) for place, person in enumerate(people)}
            last += -(-len(people) // many)
    return homes, int(households.get(TOTAL, 0))
