"""Lines that share a channel run beside each other, in the order that crosses least."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from engine.diagram.layout.routing import Place, Way

CROWD = 40  # lines in one channel; more are put down as they come
THRONG = 400  # pieces in one channel; of more only the whole length of a bundle is looked at


@dataclass
class Piece:
    """A straight piece of a way. `ends` are (where, to which side) it goes on: -1 to smaller numbers, 1 to larger
    ones, 0 into a node.
    """

    way: Way
    axis: int  # 0 along a row line, 1 along a column line
    line: int
    low: int
    high: int
    ends: list[tuple[int, int]]
    docked: bool  # at a node: stays in the middle of the line
    track: int = 0

    def meets(self, other: Piece) -> bool:
        return self.low <= other.high and other.low <= self.high


@dataclass
class Tracks:
    """The pieces of every way, and how many tracks each line has: (axis, line) -> count."""

    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    count: dict[tuple[int, int], int] = field(default_factory=dict)


def tracked(ways: list[tuple[Way, list[Place]]], streets: set[int]) -> Tracks:
    tracks = Tracks()
    lines: dict[tuple[int, int], list[Piece]] = defaultdict(list)
    for way, path in ways:
        pieces = _pieces(way, path)
        tracks.pieces[way.id] = pieces
        for piece in pieces:
            lines[piece.axis, piece.line].append(piece)
    for (axis, line), pieces in sorted(lines.items()):
        channel = line % 2 == 0 if axis == 1 else line in streets
        if channel:
            tracks.count[axis, line] = _lay(pieces)
        else:
            _dodge(pieces)
    return tracks


def _pieces(way: Way, path: list[Place]) -> list[Piece]:
    pieces: list[Piece] = []
    for index, (a, b) in enumerate(pairwise(path)):
        axis = 0 if a[1] == b[1] else 1
        first, last = index == 0, index == len(path) - 2
        ends = [
            (a[axis], 0 if first else _side(path[index - 1], a, axis)),
            (b[axis], 0 if last else _side(path[index + 2], b, axis)),
        ]
        low, high = sorted((a[axis], b[axis]))
        pieces.append(Piece(way, axis, a[1 - axis], low, high, ends, first or last))
    return pieces


def _side(away: Place, corner: Place, axis: int) -> int:
    other = 1 - axis
    return 1 if away[other] > corner[other] else -1


def _lay(pieces: list[Piece]) -> int:
    """Gives the pieces of a channel their tracks; how many there are."""
    bundles = _bundled(pieces)
    bundles.sort(key=lambda bundle: (_lean(bundle), bundle[0].low, bundle[0].way.id))
    if len(bundles) <= CROWD and len(pieces) <= THRONG:
        _untangle(bundles)
    meet = _meet if len(pieces) <= THRONG else _overlap
    placed: list[list[Piece]] = []
    for bundle in bundles:
        below = [other[0].track for other in placed if meet(bundle, other)]
        track = 1 + max(below, default=-1)
        for piece in bundle:
            piece.track = track
        placed.append(bundle)
    return 1 + max(piece.track for piece in pieces)


def _bundled(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces that run together, because all come from one node or all lead to one."""
    bundles: list[_Bundle] = []
    for piece in sorted(pieces, key=lambda piece: (piece.low, piece.high, piece.way.id)):
        for bundle in bundles:
            if bundle.takes(piece):
                bundle.add(piece)
                break
        else:
            bundles.append(_Bundle([piece], {piece.way.source}, {piece.way.target}, piece.high))
    return [bundle.pieces for bundle in bundles]


@dataclass
class _Bundle:
    """`high` is where the longest of its pieces ends; they are added from the lowest to the highest."""

    pieces: list[Piece]
    sources: set[str]
    targets: set[str]
    high: int

    def takes(self, piece: Piece) -> bool:
        if piece.low >= self.high or not (
            self.sources == {piece.way.source} or self.targets == {piece.way.target}
        ):
            return False
        return any(piece.low < other.high and other.low < piece.high for other in self.pieces)

    def add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.sources.add(piece.way.source)
        self.targets.add(piece.way.target)
        self.high = max(self.high, piece.high)


def _lean(bundle: list[Piece]) -> float:
    sides = [side for piece in bundle for _, side in piece.ends]
    return sum(sides) / len(sides)


def _untangle(bundles: list[list[Piece]]) -> None:
    """Swaps neighbours as long as that saves crossings."""
    for _ in range(len(bundles)):
        swapped = False
        for i in range(len(bundles) - 1):
            one, two = bundles[i], bundles[i + 1]
            if _meet(one, two) and _tangle(two, one) < _tangle(one, two):
                bundles[i], bundles[i + 1] = two, one
                swapped = True
        if not swapped:
            return


def _meet(one: list[Piece], two: list[Piece]) -> bool:
    return any(a.meets(b) for a in one for b in two)


def _overlap(one: list[Piece], two: list[Piece]) -> bool:
    """Whether two bundles might meet, by the whole length of each."""
    return min(a.low for a in one) <= max(b.high for b in two) and min(b.low for b in two) <= max(
        a.high for a in one
    )


def _tangle(first: list[Piece], second: list[Piece]) -> float:
    """What it costs when `first` lies on the side of the smaller numbers."""
    return sum(_pair(a, b) for a in first for b in second)


def _pair(a: Piece, b: Piece) -> float:
    cost = 0.0
    for at, side in a.ends:
        if side > 0:
            cost += (b.low < at < b.high) + sum(5.0 for to, turn in b.ends if to == at and turn < 0)
    for at, side in b.ends:
        if side < 0:
            cost += a.low < at < a.high
    return cost


def _dodge(pieces: list[Piece]) -> None:
    """Along cells: docked pieces stay in the middle, others move aside where they would lie on a stranger."""
    placed: list[Piece] = [piece for piece in pieces if piece.docked]
    for piece in sorted(pieces, key=lambda piece: (piece.low, piece.way.id)):
        if piece.docked:
            continue
        near = [other for other in placed if _touch(piece, other) and not piece.way.kin(other.way)]
        taken = {other.track for other in near}
        piece.track = next(track for track in (0, 1, -1, 2, -2, 3, -3, *range(4, 99)) if track not in taken)
        placed.append(piece)


def _touch(one: Piece, two: Piece) -> bool:
    return one.low < two.high and two.low < one.high
