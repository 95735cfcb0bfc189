"""The sample county's past: stories of the procedures, done through the real operations by the county's own people.

A story is a scenario of a procedure (docs/scenarios.md). Its people are played by those who hold the same posts in the
unit, its days are moved to a Monday some weeks ago, and it goes as far as `matters.toml` says. All stories run side by
side on one clock that only goes forward, and the worker looks at what is due every midnight, so that what the county
holds in the end is what months of work would have left behind: also what nobody did in time.
"""

from __future__ import annotations

import heapq
import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from engine import forms, steps
from engine.clock import VirtualClock
from engine.durations import SHANGHAI, parse_duration
from engine.execution import ExecutionError
from engine.execution.people import numbered
from engine.execution.roster import Roster
from engine.operations import act_on_task, start_matter, upload_file
from engine.people.roster import offered
from engine.people.units import Unit, ancestors, by_code
from engine.refusal import Refusal
from engine.runtime import Runtime
from engine.scenarios.stage import HOURS, chosen
from engine.scenarios.written import ROSTER_FILE, Scenario, Step, load, load_roster
from engine.store.tables import tasks
from engine.worker import Worker

MATTERS = Path(__file__).parent / "matters.toml"
CLERK = "文书"
OWN_WORDS = (
    "早点办，等了好几年了",
    "要有人盯着质量",
    "花了多少钱，账要贴出来",
    "赞成，要出工我算一个",
    "先跟几户说好再动手",
)
A_WHILE = timedelta(minutes=4)  # between one act of a story and the next, where it does not say
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?=$|T)")


class StoryStopped(Exception):
    """A story does not go on in this county. Chinese; tells where."""


@dataclass(frozen=True)
class Matter:
    """One matter of the past: a story begun on the Monday `weeks` ago and told for `steps` steps, 0 for all of it."""

    procedure: str
    story: str
    unit: str
    title: str
    weeks: int
    steps: int = 0
    words: Mapping[str, str] = field(default_factory=dict)  # what the story says -> what is said here instead


def planned(path: Path = MATTERS) -> list[Matter]:
    """The matters of `matters.toml`, those that began first in front."""
    written = tomllib.loads(path.read_text("utf-8"))
    read = [
        Matter(**entry, words=written["topics"][topic] if topic else {})
        for entry, topic in ((one, one.pop("topic", "")) for one in written["matter"])
    ]
    return sorted(read, key=lambda matter: -matter.weeks)


def monday(now: datetime, weeks: int) -> datetime:
    """Nine o'clock on the Monday of that week in the county."""
    today = now.astimezone(SHANGHAI).date()
    day = today - timedelta(days=today.weekday(), weeks=weeks)
    return datetime.combine(day, time(9), SHANGHAI)


def perform(
    runtime: Runtime, clock: VirtualClock, until: datetime, matters: Sequence[Matter]
) -> Iterator[str]:
    """Play all of them up to a moment, on a runtime whose clock stands at their beginning. Yields where one stopped."""
    worker, waiting = Worker(runtime), list[tuple[datetime, int, Performance]]()
    for number, matter in enumerate(matters):
        performance = Performance(runtime, matter, monday(until, matter.weeks))
        heapq.heappush(waiting, (performance.moment, number, performance))
    while waiting and waiting[0][0] <= until:
        moment, number, performance = heapq.heappop(waiting)
        _pass_time(clock, worker, moment)
        try:
            if performance.go_on():
                heapq.heappush(waiting, (performance.moment, number, performance))
        except StoryStopped as stopped:
            yield str(stopped)
    _pass_time(clock, worker, until)


def _pass_time(clock: VirtualClock, worker: Worker, moment: datetime) -> None:
    """The clock goes on to this moment; every midnight on the way what is due is done."""
    while clock() < moment:
        tomorrow = clock().astimezone(SHANGHAI).date() + timedelta(days=1)
        clock.move_to(min(moment, datetime.combine(tomorrow, time(), SHANGHAI)))
        while worker.tick():
            pass


class Performance:
    """One matter on its way."""

    def __init__(self, runtime: Runtime, matter: Matter, begins: datetime) -> None:
        self.runtime, self.matter, self.moment = runtime, matter, begins
        self.scenario = _scenario(Path(runtime.configuration.processes_dir) / matter.procedure, matter.story)
        self._told_at = self.scenario.begins  # where the story's own days have come to
        self.line = runtime.database.look(lambda c: _line(c, matter.unit))
        self.cast = Cast(runtime, self.line, self.scenario.roster)
        self._steps = iter(self.scenario.steps[: matter.steps or None])
        self._words = self.cast.players() | dict(matter.words)
        # In one go, the longest first: the player of one person may be called what another is called in the story.
        self._word = re.compile("|".join(map(re.escape, sorted(self._words, key=len, reverse=True))))
        self._instance, self._lost = "", timedelta()

    def go_on(self) -> bool:
        """Start it, or do the next step; whether there is another one. Raises StoryStopped."""
        step: Step | None = None
        try:
            if not self._instance:
                self._start()
                return True
            step = next(self._steps, None)
            if step is None:
                return False
            if step.wait:
                self._wait(step.wait)
            elif step.does and step.refused is None:  # what is turned down leaves nothing behind
                for person in (step.by, *step.others):
                    self._do(step, str(person))
                self.moment += A_WHILE
                self._lost += A_WHILE
            return True
        except (Refusal, ExecutionError) as error:
            raise self._stopped(step, error) from error

    def _start(self) -> None:
        procedure = self.matter.procedure
        with self.runtime.database.read() as c:
            starters = _starters(self.runtime, c, procedure, self.line)
        first = next((step for step in self.scenario.steps if step.by), None)
        wanted = self.cast.number(first.by) if first is not None and first.by else None
        starter = next((p for p in starters if p == wanted), starters[0])
        started = start_matter(self.runtime, starter, procedure, self.matter.unit, self.matter.title)
        self._instance = started.instance_id

    def _wait(self, text: str) -> None:
        length = parse_duration(HOURS.sub(r"PT\1H", text))
        with self.runtime.database.read() as c:
            self.moment = length.after(self.moment - self._lost, self.runtime.calendar(c))
        self._lost = timedelta()
        self._told_at = length.after(self._told_at, self.scenario.calendar)

    def _do(self, step: Step, by: str) -> None:
        """Of several instances of one step the first that lets this person act is taken."""
        found = [task for task in self._open() if step.does in task[1]]
        if not found:
            open_now = "、".join(sorted({name for _, names, _ in self._open() for name in names}))
            raise StoryStopped(f"“{self.matter.title}”现在没有“{step.does}”可办，打开着的是：{open_now}")
        for place, task in enumerate(found):
            try:
                self._hand_in(task[0], task[2], step, self.cast.number(by))
                return
            except Refusal:
                if place == len(found) - 1:
                    raise

    def _open(self) -> list[tuple[str, set[str], Any]]:
        """Open tasks: id, what the story may call it, the row."""
        with self.runtime.database.read() as c:
            rows = c.execute(
                select(tasks).where(tasks.c.instance_id == self._instance).order_by(tasks.c.opened_at)
            )
            found = []
            for row in rows.all():
                node = self.runtime.procedure(c, row.settings["version_id"]).diagram.node(row.element_id)
                found.append((row.id, {row.name, row.element_id, node.key}, row))
        return found

    def _hand_in(self, task_id: str, row: Any, step: Step, person: int) -> None:
        with self.runtime.database.read() as c:
            procedure = self.runtime.procedure(c, row.settings["version_id"])
        offered_acts = steps.kind(row.kind).actions(row.settings, procedure.forms)
        action = next((a for a in offered_acts if step.action in (None, a.name, a.title)), None)
        if action is None:
            raise StoryStopped(f"“{self.matter.title}”的“{step.does}”没有“{step.action}”这种办法")
        actor = self.cast.number(step.entered_by) if step.entered_by else person
        values = {
            key: value for key, value in step.data.items() if key != "席位"
        }  # the person tells the seat
        told = self._told(numbered(action.schema, values, self.cast))
        data = self._filled(action.schema, _in_their_own_words(told), actor)
        papers = [self._paper("原件.jpg", actor)["id"]] if step.entered_by else []
        behalf = person if step.entered_by else None
        act_on_task(self.runtime, actor, task_id, action.name, data, on_behalf_of=behalf, papers=papers)

    # ------------------------------------------------------------ what is handed in

    def _told(self, value: Any) -> Any:
        """The story's words as they are said here: days moved, names of people and things exchanged."""
        if isinstance(value, Mapping):
            return {key: self._told(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._told(one) for one in value]
        if not isinstance(value, str):
            return value
        if _DATE.match(value):
            here = self.moment.astimezone(SHANGHAI)
            ahead = date.fromisoformat(value[:10]) - self._told_at.astimezone(SHANGHAI).date()
            # What is told for the afternoon is done in the morning here: nothing may have been counted before it began.
            hour = min(value[10:], f"T{here:%H}:00") if value[10:] else ""
            return (here.date() + ahead).isoformat() + hour
        return self._word.sub(lambda found: self._words[found[0]], value)

    def _filled(self, schema: Mapping[str, Any], data: Mapping[str, Any], actor: int) -> dict[str, Any]:
        """File names in the fields for files become uploaded pictures, labels of options values; also in lists."""
        result = dict(data)
        for component in forms.fields(schema):
            key, kind = forms.key_of(component), component.get("type")
            value = result.get(key)
            if kind in ("radio", "select") and key in result:
                result[key] = chosen(component, value)
            elif kind == "checklist" and component.get("values") and isinstance(value, list):
                result[key] = [chosen(component, one) for one in value]
            elif kind == "filepicker" and isinstance(value, list):
                result[key] = [self._paper(name, actor) for name in value]
            elif kind == "dynamiclist" and isinstance(value, list):
                result[key] = [self._filled(component, row, actor) for row in value]
        return result

    def _paper(self, name: str, actor: int) -> dict[str, str]:
        stored = upload_file(self.runtime, actor, picture(name), Path(name).with_suffix(".png").name)
        return {"id": stored["id"], "name": stored["name"]}

    def _stopped(self, step: Step | None, error: Exception) -> StoryStopped:
        where = "·".join(filter(None, (step.does, step.action))) if step is not None else "发起"
        wrong = error.fields.items() if isinstance(error, Refusal) else ()
        fields = "".join(f"；{name}：{message}" for name, message in wrong)
        return StoryStopped(f"“{self.matter.title}”停在“{where}”：{error}{fields}")


class Cast(Roster):
    """The story's people played by those of the unit who hold the same posts; numbers are their ids."""

    def __init__(self, runtime: Runtime, line: list[Unit], roster: Mapping[str, Sequence[str]]) -> None:
        self._runtime, self._line = runtime, line
        self._found: dict[str, list[tuple[int, str]]] = {}
        held: dict[str, list[str]] = {}
        for post, names in roster.items():
            for name in names:
                held.setdefault(name, []).append(post)
        self._played = self._distribute(held)

    def _distribute(self, held: Mapping[str, Sequence[str]]) -> dict[str, int]:
        """Everybody somebody else as far as there are enough; who has least to choose from chooses first."""
        choice = {name: self._who_hold(posts) for name, posts in held.items()}
        played = {name: person for name, posts in held.items() if (person := self._counted(name, posts[0]))}
        for name in sorted(choice.keys() - played.keys(), key=lambda one: (len(choice[one]), one)):
            free = [person for person in choice[name] if person not in played.values()]
            if choice[name]:
                played[name] = (free or choice[name])[0]
        return played

    def _counted(self, name: str, post: str) -> int | None:
        """村民代表3 is the third of those who hold the post, whoever else he plays."""
        number = name.removeprefix(post)
        if number == name or not number.isdigit():
            return None
        holders = self.holders(post)
        return holders[int(number) - 1] if 1 <= int(number) <= len(holders) else None

    def _who_hold(self, posts: Sequence[str]) -> list[int]:
        """Who holds all of the posts, else the one that fewest hold."""
        holders = [self.holders(post) for post in posts]
        both = [p for p in holders[0] if all(p in others for others in holders)]
        return both or min(filter(None, holders), key=len, default=[])

    @property
    def names(self) -> list[str]:
        return list(self._played)

    def number(self, name: str) -> int:
        if name not in self._played:
            raise StoryStopped(f"{self._line[0].name}没有人能演“{name}”")
        return self._played[name]

    def players(self) -> dict[str, str]:
        """The story's names, and what their players are called."""
        called = {person: name for found in self._found.values() for person, name in found}
        return {name: called[person] for name, person in self._played.items()}

    def holders(self, designation: str) -> list[int]:
        if designation not in self._found:
            rt = self._runtime
            with rt.database.read() as c:
                self._found |= offered(c, [designation], self._line, rt.today(), rt.designations)
        return [person for person, _ in self._found[designation]]


def _scenario(folder: Path, name: str) -> Scenario:
    scenarios = folder / "scenarios"
    shared = load_roster((scenarios / ROSTER_FILE).read_bytes())
    return load((scenarios / f"{name}.toml").read_bytes(), name, shared)


def _in_their_own_words(data: dict[str, Any]) -> dict[str, Any]:
    """A batch in which a story lets many people say one sentence: a row each, and not everybody says the same."""
    rows: list[Any] = []
    given = data.get("意见")
    if not isinstance(given, list):
        return data
    for row in given:
        people = row.get("应征人") if isinstance(row, dict) else None
        if not isinstance(people, list) or len(people) < 2 or not row.get("内容"):
            rows.append(row)
            continue
        words = (row.get("内容"), *OWN_WORDS)
        rows += [row | {"应征人": [one], "内容": words[n % len(words)]} for n, one in enumerate(people)]
    return data | {"意见": rows}


def _line(c: Any, code: str) -> list[Unit]:
    unit = by_code(c, code)
    assert unit is not None, f"matters.toml names a unit that county.toml has not: {code}"
    return ancestors(c, unit.id)


def _starters(runtime: Runtime, c: Any, key: str, line: list[Unit]) -> list[int]:
    from engine.operations.procedures import in_force

    procedure = runtime.procedure(c, in_force(c, key, line[0]).id)
    found = offered(c, procedure.starters, line, runtime.today(), runtime.designations)
    return [person for name in procedure.starters for person, _ in found[name]]


@cache
def picture(name: str = "") -> bytes:
    """A drawing that stands for a photographed paper, of another text for another name: equal files are kept once."""
    text = random.Random(name)  # noqa: S311 - a drawing
    image = Image.new("RGB", (240, 160), "#fdfaf0")
    draw = ImageDraw.Draw(image)
    draw.rectangle((8, 8, 232, 152), outline="#a3251b", width=2)
    for line in range(36, 144, 18):
        draw.line((20, line, text.randint(120, 220), line), fill="#b8b09a", width=1)
    draw.ellipse((170, 100, 220, 145), outline="#a3251b", width=2)
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()
