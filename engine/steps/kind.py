"""What a kind of human step declares. Pages, API, condition builder and checks are driven by these
declarations.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.diagram.model import Node
from engine.durations import Calendar
from engine.steps.setting import Setting

DOERS = "办理人"  # in every result: the ids of the people who did the step; `not_who` reads it

# The roles people have in a collective step; they are the names of its seats.
CHAIR, RECORDER, MEMBER, SCRUTINEER, ORGANISER = "主持", "记录", "成员", "监票", "承办"
TELLER = "计票"

Holders = Callable[[str], Sequence[int]]  # designation -> ids of the people who hold it now
Forms = Mapping[str, Mapping[str, Any]]  # form name -> form-js schema


class SettingError(ValueError):
    """A setting of the step cannot be read. The message is Chinese and names the setting."""


@dataclass(frozen=True)
class Seat:
    """One voice in a step: filled by any holder of one of the designations, or by one of the named people.

    `substituted` tells that somebody else stands in, because one person holds two of the posts
    (procedures.md 11.2). An inactive seat has nothing to do yet: the step does not stand in its people's 待办.
    """

    name: str
    designations: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    substituted: bool = False
    active: bool = True
    homes: Mapping[int, frozenset[int]] = field(default_factory=dict)  # a rehearsal's: person -> households
    of_homes: int = 0  # a rehearsal's: how many households the unit has


@dataclass(frozen=True)
class Action:
    """Something a person may do on an open step, with the form-js schema of what is handed in.

    `seats` are the roles that may; empty: every seat. A `mass` action is what many do at the same time (a vote, an
    opinion): it touches the step's own rows only, never the matter's state. `behalf` tells whether a clerk may enter
    it for somebody (procedures.md 11.1); with `papers` only with a photo of the original.
    """

    name: str
    title: str
    schema: Mapping[str, Any]
    seats: tuple[str, ...] = ()
    mass: bool = False
    behalf: bool = True
    papers: bool = True


@dataclass(frozen=True)
class Submission:
    """What somebody handed in on this step. `seat` is whose voice it was, where the step has several."""

    data: Mapping[str, Any]
    person: int | None = None
    seat: str | None = None
    action: str = "complete"
    at: datetime | None = None
    entered_by: int | None = None


@dataclass(frozen=True)
class Problem:
    """A fault in how a diagram sets the kind up: a stable code and what to do, in Chinese."""

    code: str
    message: str


class Kind(ABC):
    """A kind of human step: pure rules, no database, no clock."""

    key: str
    title: str
    help: str  # what it is for, in a sentence a designer chooses by
    settings: tuple[
        Setting, ...
    ] = ()  # what may be written on such a step besides engine.steps.setting.COMMON
    several: bool = False  # several people hand in; a seat may answer once
    hidden: tuple[str, ...] = ()  # fields of the result and of acts that are for the program, not for people
    people: tuple[str, ...] = (DOERS,)  # fields of the result that are people, by their ids
    collective: bool = False  # acts by many people, in the roles of the seats, until one of them concludes it

    @abstractmethod
    def check(self, node: Node, forms: Forms, parameters: Mapping[str, Any]) -> Iterator[Problem]:
        """What keeps a diagram with this step from being published."""

    @abstractmethod
    def freeze(self, node: Node, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The settings in force from the moment the step opens, as JSON. Raises SettingError."""

    @abstractmethod
    def fields(self, settings: Mapping[str, Any], forms: Forms) -> dict[str, str]:
        """The fields of the result that conditions may read: name -> type (text, number, boolean, list,
        record).
        """

    def parts(self, settings: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
        """Fields of the result that are numbers by name: field -> the names (`立场` -> 赞成, 反对)."""
        return {}

    @abstractmethod
    def outcomes(self, settings: Mapping[str, Any]) -> list[str]:
        """The outcomes it can come to; empty where the form alone decides."""

    @abstractmethod
    def actions(self, settings: Mapping[str, Any], forms: Forms) -> list[Action]:
        """What a participant may do; the first one is what `complete` means."""

    @abstractmethod
    def result(
        self, settings: Mapping[str, Any], seats: Sequence[Seat], submissions: Sequence[Submission]
    ) -> dict[str, Any] | None:
        """The step's result, or None while it is not done."""

    def seats(
        self, settings: Mapping[str, Any], lane: str, holders: Holders, people: Sequence[int] = ()
    ) -> list[Seat]:
        """Who takes part. `people` are those the data names (`who`); they take the place of the lane."""
        if people:
            return [Seat(name=lane, people=tuple(people))]
        return [Seat(name=lane, designations=(lane,))]

    def prepare(self, settings: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
        """The settings with what they take from the matter's data when the step opens. Raises SettingError."""
        return dict(settings)

    def named(
        self, settings: Mapping[str, Any], names: Callable[[Collection[int]], Mapping[int, str]]
    ) -> dict[str, Any]:
        """The prepared settings with the names of people they know by id only. Raises SettingError."""
        return dict(settings)

    def accept(
        self,
        settings: Mapping[str, Any],
        seats: Sequence[Seat],
        before: Sequence[Submission],
        submission: Submission,
    ) -> None:
        """Raises Refusal where this act does not fit what was done before (collective kinds)."""
        raise TypeError(f"{self.key} is not done by acts")

    def ends_at(
        self, settings: Mapping[str, Any], submissions: Sequence[Submission], calendar: Calendar
    ) -> datetime | None:
        """When the clock acts on the step by itself: then it hands in the action `clock`, without a person."""
        return None

    def faults(self, settings: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, str]:
        """What a form's schema cannot express: field -> message in Chinese."""
        return {}


@dataclass
class Words:
    """Reads the space-separated settings of a step, parameters resolved."""

    node: Node
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        value = self.value(name, default)
        return str(value).strip()

    def list(self, name: str, default: Sequence[str] = ()) -> list[str]:
        value = self.value(name, None)
        if value is None:
            return list(default)
        return [str(word) for word in value] if isinstance(value, list) else str(value).split()

    def value(self, name: str, default: Any) -> Any:
        """A setting as written, or the parameter it names as `{parameter}`. Raises SettingError."""
        raw = self.node.properties.get(name)
        if raw is None or not raw.strip():
            return default
        raw = raw.strip()
        if not (raw.startswith("{") and raw.endswith("}")):
            return raw
        parameter = raw[1:-1].strip()
        if parameter not in self.parameters:
            raise SettingError(f"设置“{name}”用到的参数“{parameter}”不存在，请在 procedure.toml 里加上它")
        return self.parameters[parameter]


def doers(submissions: Sequence[Submission]) -> list[int]:
    """Who did it, each person once, in the order of their acts."""
    return list(dict.fromkeys(s.person for s in submissions if s.person is not None))
