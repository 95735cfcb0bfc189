"""Walking: breadth first, so that the first way found to anything is a shortest one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from engine.execution.error import ExecutionError
from engine.execution.script import Script
from engine.exploration.answers import Answers
from engine.exploration.canonical import key
from engine.exploration.reading import Reading
from engine.exploration.world import Move, Passage, Saved, World

Element = tuple[str | None, str]  # (key of the called procedure, id of a node or flow)

MOST_STATES = 200_000
BEYOND = b""
EVERY = 0.3  # seconds between two reports of progress
PATIENCE = 3  # times the limit that it may take by the clock


@dataclass(frozen=True)
class Progress:
    """How far it has come: situations seen, ways tried out of them, situations still to look at; and where the matter
    stands in the one it looks at, by the names of the steps.
    """

    states: int
    ways: int
    waiting: int
    seconds: float
    at: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edge:
    """What leads from one situation to the next. `source` is None where a matter begins."""

    source: int | None
    target: int
    passage: Passage
    passed: frozenset[Element]

    @property
    def told(self) -> Passage:
        """The passage with what it passes, for a report to show."""
        return replace(self.passage, passed=tuple(sorted(id for called, id in self.passed if called is None)))


@dataclass
class Failure:
    """Something that cannot be done: the engine refuses. `source` is None where not even a beginning works."""

    source: int | None
    passage: Passage
    message: str
    element: str | None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Place:
    """A situation. `edge` is how it was reached first. `stuck`: nothing can happen there, and it is no end."""

    edge: int
    finished: bool = False
    ending: str = ""
    error: str | None = None
    stuck: bool = False
    looked_at: bool = False
    beyond: bool = False  # stands for all with more at the same time than is followed
    positions: tuple[str, ...] = ()


@dataclass
class Walked:
    """The whole of what was seen."""

    places: list[Place] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    failures: dict[tuple[str | None, str], Failure] = field(default_factory=dict)
    cut: dict[str, None] = field(default_factory=dict)
    ways: int = 0
    seconds: float = 0.0

    def path_to(self, place: int | None) -> list[Passage]:
        """The first way that led there, from the beginning."""
        path: list[Passage] = []
        while place is not None:
            edge = self.edges[self.places[place].edge]
            path.append(edge.told)
            place = edge.source
        return path[::-1]


class Walker:
    """`progress` is told now and then how far it has come; `stop` says whether to stop."""

    def __init__(
        self,
        script: Script,
        seconds: float,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
        most_states: int = MOST_STATES,
    ) -> None:
        self.reading = Reading(script.definition, script.parameters)
        self.answers = Answers(script, self.reading)
        self.world = World(script, self.reading, self.answers)
        self.walked = Walked()
        self.seconds, self.most_states = seconds, most_states
        self.stopped = False  # something within the bounds was not looked at
        self._progress, self._stop = progress, stop
        self.known: dict[bytes, int] = {}  # what tells situations apart -> which it is
        self._queue: deque[tuple[int, Saved]] = deque()
        self._passed: dict[frozenset[Element], frozenset[Element]] = {}
        specs = script.definition.specs.values()
        self._labels = {node.id: node.label for spec in specs for node in spec.scope.walk()}
        self._here: tuple[str, ...] = ()
        self._began = self._told = time.monotonic()
        self._worked = 0.0  # the processor's time when it began

    def walk(self) -> Walked:
        walked = self.walked
        self._worked = time.thread_time()
        for move in self.world.beginnings():
            self._begin(move)
        while self._queue and not self._must_stop():
            place, saved = self._queue.popleft()
            self._look(place, saved)
        walked.cut |= self.answers.cut
        self.stopped = bool(self._queue or self.answers.cut)
        walked.seconds = time.monotonic() - self._began
        self._tell()
        return walked

    # ------------------------------------------------------------ one situation

    def _begin(self, move: Move) -> None:
        self.walked.ways += 1
        try:
            saved, running, passed = self.world.begin(move)
        except ExecutionError as error:
            self._failed(None, move.passage, error, dict(move.result))
            return
        self._arrive(None, move, saved, running, passed)

    def _look(self, place: int, saved: Saved) -> None:
        here = self.walked.places[place]
        here.looked_at = True
        self._here = here.positions
        running = self.world.restore(saved)
        for move in list(self.world.moves(running)):
            self.walked.ways += 1
            try:
                after, left, passed = self.world.apply(saved, move)
            except ExecutionError as error:
                self._failed(place, move.passage, error, self._data(running))
            else:
                self._arrive(place, move, after, left, passed)

    def _arrive(
        self, source: int | None, move: Move, saved: Saved, running: list[Any], passed: set[Element]
    ) -> None:
        walked = self.walked
        reason = self.world.too_many(saved, running)
        known = key(self.world, saved, running) if reason is None else BEYOND
        target = self.known.get(known)
        if reason is not None:
            walked.cut[f"{reason}的情形没有再往下走"] = None
        if target is None:
            target = self.known[known] = len(walked.places)
            place = Place(len(walked.edges), saved.finished, saved.ending, saved.error)
            place.positions = tuple(dict.fromkeys(p for one in running for p in one.positions()))
            place.stuck = bool(running) and all(instance.stuck for instance in running)
            walked.places.append(place)
            place.beyond = reason is not None
            if not place.beyond and not saved.finished:
                self._queue.append((target, saved))
        frozen = frozenset(passed)
        frozen = self._passed.setdefault(frozen, frozen)
        walked.edges.append(Edge(source, target, move.passage, frozen))

    def _failed(
        self, source: int | None, passage: Passage, error: ExecutionError, data: dict[str, Any]
    ) -> None:
        known = (error.element_id, str(error))
        if known not in self.walked.failures:
            self.walked.failures[known] = Failure(source, passage, str(error), error.element_id, data)

    def _data(self, running: list[Any]) -> dict[str, Any]:
        """What conditions can read of the data, for people to see."""
        heads = {path[0] for path in self.reading.needed}
        return {name: value for one in running for name, value in one.data.items() if name in heads}

    # ------------------------------------------------------------ how long

    def _must_stop(self) -> bool:
        now = time.monotonic()
        if now - self._told >= EVERY:
            self._told = now
            self._tell()
        left = f"还有 {len(self._queue)} 种局面没有看"
        if self._stop is not None and self._stop():
            self.walked.cut[f"中途叫停了，{left}"] = None
        elif self._is_late(now):
            self.walked.cut[f"到了 {self.seconds:g} 秒的时限，{left}"] = None
        elif len(self.walked.places) >= self.most_states:
            self.walked.cut[f"局面多于 {self.most_states} 种，{left}"] = None
        else:
            return False
        return True

    def _is_late(self, now: float) -> bool:
        """Counted in the processor's time: a machine that is busy with others looks no less far, up to a limit."""
        return time.thread_time() - self._worked > self.seconds or now - self._began > PATIENCE * self.seconds

    def _tell(self) -> None:
        if self._progress is not None:
            spent = time.monotonic() - self._began
            walked = self.walked
            at = tuple(self._labels.get(id, id) for id in self._here)
            self._progress(Progress(len(walked.places), walked.ways, len(self._queue), spent, at))
