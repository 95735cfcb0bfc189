"""What a rehearsal of a draft needs besides its files: the procedures it calls, the holidays, and its scenarios."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from engine import calendar
from engine.diagram.procedure import open_folder
from engine.execution import Placed
from engine.execution.script import Script
from engine.operations.procedures import called_by
from engine.people.units import get
from engine.queries.drafts import Draft
from engine.runtime import Runtime
from engine.scenarios import FOLDER
from engine.scenarios.written import ROSTER_FILE, ScenarioError, load, load_roster
from engine.store.packing import pack


@dataclass(frozen=True)
class Listed:
    """A scenario of a draft. `wrong`: why it cannot be read; empty where it can."""

    file: str
    title: str
    story: str
    steps: int
    digest: str
    wrong: str = ""


@dataclass(frozen=True)
class Playable:
    """A draft with all it takes to play it."""

    draft: Draft
    files: Placed

    @cached_property
    def content(self) -> str:
        """Tells one state of the procedure from another; its scenarios are no part of it."""
        own = {name: data for name, data in self.files.items() if not name.startswith(f"{FOLDER}/")}
        every = [pack(own), *(pack(self.files.called[key].files) for key in sorted(self.files.called))]
        return hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in every)).hexdigest()

    def script(self, parameters: Mapping[str, Any]) -> Script:
        """Raises engine.diagram.DiagramError, ExecutionError."""
        return Script.load(self.files, parameters)

    @property
    def roster(self) -> dict[str, list[str]]:
        """The people its scenarios share; nobody where none are written down, or they cannot be read."""
        try:
            return load_roster(self.files.get(f"{FOLDER}/{ROSTER_FILE}", b""))
        except ScenarioError:
            return {}

    def scenarios(self) -> list[Listed]:
        """In the order they are played."""
        stored = self.draft.stored
        return [_listed(self, name, stored[name].digest) for name in sorted(stored) if is_scenario(name)]


def playable(rt: Runtime, draft: Draft) -> Playable:
    """The draft with the procedures it calls as they are in force in its unit."""
    procedure = open_folder(draft.files).procedure
    if procedure is None or not procedure.calls:
        return Playable(draft, Placed(draft.files, {}))
    with rt.database.snapshot() as c:
        return Playable(draft, Placed(draft.files, called_by(rt, c, procedure, get(c, draft.unit_id))))


def is_scenario(name: str) -> bool:
    path = PurePosixPath(name)
    return path.parent.as_posix() == FOLDER and path.suffix == ".toml" and path.name != ROSTER_FILE


def holidays(rt: Runtime) -> dict[str, str]:
    """The county's published days off and days worked as a scenario writes them; the shipped ones where it has none."""
    with rt.database.snapshot() as c:
        years = calendar.published_years(c)
        days: Mapping[date, bool] = calendar.stored_days(c) if years else {}
    if not years:
        days = {day: works for year in calendar.read_years() for day, (works, _) in year.days.items()}
    return {day.isoformat(): "班" if works else "休" for day, works in sorted(days.items())}


def _listed(playable: Playable, name: str, digest: str) -> Listed:
    file = PurePosixPath(name).name
    try:
        scenario = load(playable.files[name], file.removesuffix(".toml"), playable.roster)
    except ScenarioError as error:
        return Listed(file, file.removesuffix(".toml"), "", 0, digest, str(error))
    return Listed(file, scenario.title, scenario.story, len(scenario.steps), digest)
