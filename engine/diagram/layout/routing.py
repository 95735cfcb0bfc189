"""Ways through a lattice: along the lines between rows and columns, through free cells; few bends, few crossings."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

Place = tuple[int, int]  # column line, row line: odd columns are cells, even ones the channels between them

RIGHT, DOWN, LEFT, UP = range(4)
STEP = ((1, 0), (0, 1), (-1, 0), (0, -1))
BEND = 3.0
CROSS = 4.5
SHARED = 9.0  # along a line of others through cells
BESIDE = 0.25  # along a line of others in a channel, where there is room for both
TOGETHER = 0.1  # along a line to the same target
PARTING = 2.0  # along a named line from the same source: whose name it is would be hard to tell
PLAIN = 50.0  # a line that found no way
ENOUGH = (
    60_000  # places looked at for one picture; then lines take the nearest way (a place takes about 7 µs)
)
SPARE = 20_000  # so many may have been looked at for other orders of rows to be tried
FAR = 20_000  # places looked at for one line


@dataclass(eq=False)
class Way:
    """A line to find. `leaving` and `entering` cost by direction of travel; infinite where it may not."""

    id: str
    source: str
    target: str
    start: Place
    end: Place
    leaving: tuple[float, float, float, float] = (0, 3, 14, 3)
    entering: tuple[float, float, float, float] = (0, 2.5, 8, 2.5)
    named: bool = False
    hung: bool = (
        False  # begins at an event at its step's lower edge: beside the middle, where no other line is
    )

    def kin(self, other: Way) -> bool:
        return self.source == other.source or self.target == other.target


@dataclass
class Effort:
    """How much was done for a picture, so that a drawing of any size is answered in bounded time."""

    looked: int = 0

    @property
    def spare(self) -> bool:
        return self.looked < SPARE


@dataclass
class Lattice:
    """`taken` says which node fills a cell; `streets` are the row lines that are channels. `simple` says that some
    line took the nearest way for want of effort.
    """

    width: int
    height: int
    taken: dict[Place, str]
    streets: set[int]
    effort: Effort
    simple: bool = False
    spent: float = 0.0  # what all lines cost together: the less, the easier to read
    _users: dict[tuple[int, int, int], list[Way]] = field(default_factory=lambda: defaultdict(list))
    _visitors: dict[Place, list[Way]] = field(default_factory=lambda: defaultdict(list))
    _turning: dict[Place, list[Way]] = field(default_factory=lambda: defaultdict(list))

    def visited(self) -> list[Place]:
        """The places some line passes."""
        return [place for place, ways in self._visitors.items() if ways]

    def find(self, way: Way) -> list[Place]:
        """Its corners, the ends included."""
        path = self._around(way) if way.start == way.end else self._search(way)
        if path is None:
            self.simple = True
            self.spent += PLAIN
            path = self._plain(way)
        self._use(way, path)
        bent = corners(path)
        for place in path[1:-1]:
            self._visitors[place].append(way)
        for place in bent[1:-1]:
            self._turning[place].append(way)
        return bent

    # ------------------------------------------------------------------------------------------- search

    def _search(self, way: Way) -> list[Place] | None:
        """The cheapest path, place by place; None where there is none or the budget is spent."""
        queue: list[tuple[float, float, int, int, int, tuple[int, int, int] | None]] = []
        for direction, cost in enumerate(way.leaving):
            if cost < 90:
                self._push(queue, way, cost, way.start, direction, None)
        came: dict[tuple[int, int, int], tuple[int, int, int] | None] = {}
        limit = min(self.effort.looked + FAR, ENOUGH)
        while queue and self.effort.looked < limit:
            _, cost, x, y, direction, before = heapq.heappop(queue)
            state = (x, y, direction)
            if state in came:
                continue
            came[state] = before
            self.effort.looked += 1
            if (x, y) == way.end and before is not None:
                self.spent += cost
                return _back(came, state)
            self._spread(queue, came, way, cost, state)
        return None

    def _spread(self, queue, came, way: Way, cost: float, state: tuple[int, int, int]) -> None:  # type: ignore[no-untyped-def]
        x, y, direction = state
        at_start = (x, y) == way.start
        for turn in range(4):
            if (turn - direction) % 4 == 2 or (at_start and turn != direction):
                continue
            dx, dy = STEP[turn]
            place = (x + dx, y + dy)
            if not (0 <= place[0] < self.width and 0 <= place[1] < self.height):
                continue
            if (*place, turn) in came or (place in self.taken and place != way.end):
                continue
            more = 1 + self._traffic(way, x, y, turn, place) + self._bend(way, x, y, turn != direction)
            if place == way.end:
                more += way.entering[turn]
            self._push(queue, way, cost + more, place, turn, state)

    def _push(self, queue, way: Way, cost: float, place: Place, direction: int, before) -> None:  # type: ignore[no-untyped-def]
        rest = abs(place[0] - way.end[0]) + abs(place[1] - way.end[1])
        heapq.heappush(queue, (cost + rest, cost, *place, direction, before))

    def _bend(self, way: Way, x: int, y: int, turns: bool) -> float:
        """In a cell no line may touch the corner of another: it would look like a junction."""
        cost = BEND if turns else 0.0
        if x % 2 and y not in self.streets and (x, y) != way.start:
            others = self._visitors.get((x, y), ()) if turns else self._turning.get((x, y), ())
            cost += sum(SHARED for other in others if not way.kin(other))
        return cost

    def _traffic(self, way: Way, x: int, y: int, turn: int, place: Place) -> float:
        axis = turn % 2
        street = (y in self.streets) if axis == 0 else x % 2 == 0
        cost = 0.0
        for other in self._users.get((min(x, place[0]), min(y, place[1]), axis), ()):
            beside = axis == 1 and x == way.start[0] == other.start[0] and way.hung and other.hung
            if way.target == other.target or beside:
                cost += TOGETHER
            elif way.source == other.source:
                cost += PARTING if way.named or other.named else TOGETHER
            else:
                cost += BESIDE if street else SHARED
        across = 1 - axis
        behind = (place[0] - (across == 0), place[1] - (across == 1), across)
        for other in self._users.get((*place, across), ()):
            if other in self._users.get(behind, ()) and not way.kin(other):
                cost += CROSS
        return cost

    # ------------------------------------------------------------------------------------------- others

    def _around(self, way: Way) -> list[Place]:
        """From a node back to itself: out at the side (or below, from a boundary event), in again next to it."""
        x, y = way.start
        if way.leaving[RIGHT] >= 90:
            return [(x, y), (x, y + 1), (x - 1, y + 1), (x - 1, y), (x, y)]
        return [(x, y), (x + 1, y), (x + 1, y - 1), (x, y - 1), (x, y)]

    def _plain(self, way: Way) -> list[Place]:
        """Through channels only, which is always possible: out, along, in from the left."""
        (x, y), (u, v) = way.start, way.end
        into = u - 1
        street = v + 1 if v + 1 in self.streets else v - 1
        if way.leaving[RIGHT] >= 90:  # from a boundary event: down first
            down = y + 1 if way.leaving[DOWN] < 90 else y - 1
            marks = [(x, y), (x, down), (into, down), (into, v), (u, v)]
        elif x + 1 == into:
            marks = [(x, y), (into, y), (into, v), (u, v)]
        else:
            marks = [(x, y), (x + 1, y), (x + 1, street), (into, street), (into, v), (u, v)]
        return _filled(marks)

    def _use(self, way: Way, path: list[Place]) -> None:
        for (x, y), (u, v) in pairwise(path):
            self._users[min(x, u), min(y, v), 0 if y == v else 1].append(way)


def corners(path: list[Place]) -> list[Place]:
    """The path's ends and where it turns."""
    kept = path[:1]
    for before, here, after in zip(path, path[1:], path[2:], strict=False):
        if (here[0] - before[0], here[1] - before[1]) != (after[0] - here[0], after[1] - here[1]):
            kept.append(here)
    return [*kept, path[-1]]


def _filled(marks: list[Place]) -> list[Place]:
    """Every place on the straight pieces between the marks."""
    path = marks[:1]
    for u, v in marks[1:]:
        x, y = path[-1]
        while (x, y) != (u, v):
            x += (u > x) - (u < x)
            y += (v > y) - (v < y) if x == u else 0
            path.append((x, y))
    return path


def _back(
    came: dict[tuple[int, int, int], tuple[int, int, int] | None], state: tuple[int, int, int]
) -> list[Place]:
    path = []
    here: tuple[int, int, int] | None = state
    while here is not None:
        path.append(here[:2])
        here = came[here]
    return path[::-1]
