"""A rehearsal as a browser plays it: the whole story is handed in each time, and what stands at its end is told.

Nothing is kept here but a cache: a story that goes on from one that was played a moment ago begins at its end.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from engine.execution.script import Script
from engine.scenarios.offers import Offers
from engine.scenarios.report import Line
from engine.scenarios.stage import Stage
from engine.scenarios.written import Scenario, ScenarioError, read

SECONDS = 20.0  # for one story: a draft is not to be trusted with more
MAX_MOVES = 400
MAX_PEOPLE = 5000
STAGES, SCRIPTS = 24, 12  # kept

Load = Callable[[Mapping[str, Any]], Script]
View = TypeVar("View")


@dataclass
class Played:
    """A story at its end. `refused`: which of its moves cannot be done, and why; it stands before that one."""

    stage: Stage
    offers: Offers
    lines: list[Line] = field(default_factory=list)
    moves: list[str] = field(
        default_factory=list
    )  # as JSON, to tell whether another story goes on from this one
    taken: int = 0  # how much of the rehearsal's `passed` there was before the last move
    refused: tuple[int, str] | None = None


class Player:
    """Plays stories; several threads may use one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stages: OrderedDict[str, Played] = OrderedDict()  # by what was played
        self._scripts: OrderedDict[str, tuple[Script, Offers]] = OrderedDict()

    def play(
        self,
        content: str,
        load: Load,
        raw: Mapping[str, Any],
        view: Callable[[Played], View],
        seconds: float = SECONDS,
    ) -> View:
        """What `view` makes of a story at its end. `raw` is a scenario's parsed TOML, or JSON like it; `content` names
        what `load` makes a script of.

        Raises engine.diagram.DiagramError where the procedure cannot be executed, ScenarioError for a story that cannot
        be read, ExecutionError where it cannot even begin.
        """
        scenario = _scenario(raw)
        around = {
            name: value for name, value in raw.items() if name not in ("step", "title", "story", "expect")
        }
        key, moves = _digest(content, around), [_text(move) for move in raw.get("step", [])]
        until = time.monotonic() + seconds
        played = self._continued(key, content, load, scenario, moves, until)
        if played.refused is not None:  # what was refused may be half done
            refused, moves = played.refused, moves[: played.refused[0]]
            played = self._continued(key, content, load, scenario, moves, until)
            played.refused = played.refused or refused
        seen = view(played)  # before anybody else may go on from it
        self._keep(key, played)
        return seen

    def _continued(
        self, key: str, content: str, load: Load, scenario: Scenario, moves: list[str], until: float
    ) -> Played:
        played = self._resumed(key, moves)
        if played is None:
            script, offers = self._script(_digest(content, scenario.parameters), load, scenario)
            played = Played(Stage(script, scenario, until), offers)
        played.stage.until, played.refused = until, None
        self._go_on(played, scenario, moves)
        return played

    def _go_on(self, played: Played, scenario: Scenario, moves: list[str]) -> None:
        for place in range(len(played.moves), len(moves)):
            before = len(played.stage.rehearsal.passed)
            line = played.stage.play(scenario.steps[place])
            if line.stops:
                played.refused = (place, "；".join(line.faults))
                return
            played.lines.append(line)
            played.moves.append(moves[place])
            played.taken = before

    def _resumed(self, key: str, moves: list[str]) -> Played | None:
        """The longest story played before of which this one is the continuation; nobody else goes on from it now."""
        with self._lock:
            fitting = [
                name
                for name, one in self._stages.items()
                if name.startswith(key) and one.moves == moves[: len(one.moves)]
            ]
            best = max(fitting, key=lambda name: len(self._stages[name].moves), default=None)
            return self._stages.pop(best) if best is not None else None

    def _keep(self, key: str, played: Played) -> None:
        with self._lock:
            self._stages[_digest(key, played.moves, key)] = played
            while len(self._stages) > STAGES:
                self._stages.popitem(last=False)

    def _script(self, key: str, load: Load, scenario: Scenario) -> tuple[Script, Offers]:
        with self._lock:
            known = self._scripts.get(key)
        if known is None:
            script = load(scenario.parameters)
            known = script, Offers(script)
            with self._lock:
                self._scripts[key] = known
                while len(self._scripts) > SCRIPTS:
                    self._scripts.popitem(last=False)
        return known


def _scenario(raw: Mapping[str, Any]) -> Scenario:
    try:
        _text(raw).encode()
    except UnicodeEncodeError:
        raise ScenarioError("里面有不完整的字符，请删掉后重填") from None
    scenario = read(raw, "推演")
    if len(scenario.steps) > MAX_MOVES:
        raise ScenarioError(f"一次推演最多 {MAX_MOVES} 步，请退回几步，或者存成几个情形")
    if sum(map(len, scenario.roster.values())) > MAX_PEOPLE:
        raise ScenarioError(f"名单一共最多 {MAX_PEOPLE} 人，请减少一些")
    return scenario


def _text(value: Any) -> str:
    """With its order: who comes first on a roster is the first of those who come to a meeting."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _digest(content: str, values: Any, before: str = "") -> str:
    return before + hashlib.sha256(f"{content}\n{_text(values)}".encode()).hexdigest()
