"""What a designer writes down: the people, what each does in turn, how time passes, what must come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine import handed_in
from engine.durations import SHANGHAI
from engine.scenarios import households
from engine.working_days import WEEKDAYS_ONLY, WorkingDays

UNTIL_DUE = "到期"  # of `wait`: to the next thing that falls due
ROSTER_FILE = "roster.toml"  # people that all scenarios of a folder share
MAX_HOLDERS = 5000
KEYS = frozenset(
    {
        *("title", "story", "begins", "roster", "households"),
        *("parameters", "calendar", "data", "step", "expect"),
    }
)
YEARS = range(1950, 2101)  # a story may begin in
DEFAULT_BEGIN = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)  # a Monday, far from any holiday


class ScenarioError(ValueError):
    """A scenario that cannot be read. The message is Chinese and says what to mend."""


@dataclass(frozen=True)
class Step:
    """One thing that happens: somebody does a task, time passes, or a message or signal arrives.

    `action` is which of the acts of a collective step it is, by its title. Where several people do the same in turn,
    `by` is the first of them and `others` are the rest. `result` is what the step comes to without anybody playing how
    (engine.scenarios.settling fills in what is not said); `error` the code of the BPMN error it ends with.

    `then` are the names of the tasks open afterwards, `overdue` of those past their deadline; None: not
    looked at. `refused` is a part of the message with which the attempt must be turned down.
    """

    by: str | None = None
    does: str | None = None
    action: str | None = None
    others: Sequence[str] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    entered_by: str | None = None
    result: Mapping[str, Any] | None = None
    error: str | None = None
    wait: str | None = None
    message: str | None = None
    signal: str | None = None
    refused: str | None = None
    then: Sequence[str] | None = None
    overdue: Sequence[str] | None = None


@dataclass(frozen=True)
class Expectation:
    """What must have come of it. `path`: names passed in this order, others may stand between them."""

    outcome: str | None = None
    path: Sequence[str] = ()
    not_passed: Sequence[str] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    done_by: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """A story with its cast: `roster` says who holds a designation, `begins` when the first step is done.

    `data` is what the procedure starts with, where it expects to be called by another.
    """

    name: str
    title: str
    story: str = ""
    begins: datetime = DEFAULT_BEGIN
    roster: Mapping[str, Sequence[str]] = field(default_factory=dict)
    households: Mapping[str, int | str] = field(default_factory=dict)  # engine.scenarios.households
    parameters: Mapping[str, Any] = field(default_factory=dict)
    calendar: WorkingDays = WEEKDAYS_ONLY
    data: Mapping[str, Any] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    expect: Expectation = Expectation()


# ---------------------------------------------------------------- reading


def load(text: str | bytes, name: str, shared: Mapping[str, Sequence[str]] | None = None) -> Scenario:
    """Read one scenario. `shared` is the folder's roster, of which the scenario changes single entries.

    Raises ScenarioError.
    """
    raw = toml(text)
    if not isinstance(raw.get("step"), list) or not raw["step"]:
        raise ScenarioError("没有写一步一步怎么做，请用 [[step]] 写上")
    return read(raw, name, shared)


def read(raw: Mapping[str, Any], name: str, shared: Mapping[str, Sequence[str]] | None = None) -> Scenario:
    """A scenario of its parsed TOML, or of JSON of the same shape; it may still be without steps. Raises as `load`."""
    _only(raw, KEYS, "最外层")
    steps = raw.get("step", [])
    if not isinstance(steps, list):
        raise ScenarioError("一步一步怎么做要写成 [[step]]")
    scenario = Scenario(
        name=name,
        title=_text(raw, "title", "最外层") or name,
        story=(_text(raw, "story", "最外层") or "").strip(),
        begins=_moment(raw.get("begins")),
        roster=dict(shared or {}) | _roster(raw.get("roster", {})),
        households=_households(_table(raw, "households")),
        parameters=_table(raw, "parameters"),
        calendar=_calendar(_table(raw, "calendar")),
        data=_table(raw, "data"),
        steps=[_step(entry, f"第 {number} 步") for number, entry in enumerate(steps, 1)],
        expect=_expectation(raw.get("expect", {})),
    )
    for number, step in enumerate(scenario.steps, 1):
        settled = step.result is not None or step.error is not None
        if step.does and scenario.roster and not step.by and not settled:
            raise ScenarioError(f"第 {number} 步没有写由谁办（by）。有名单的情形，每一步都要写明")
    return scenario


def load_roster(text: str | bytes) -> dict[str, list[str]]:
    """The people a folder's scenarios share. Raises ScenarioError."""
    raw = toml(text)
    _only(raw, {"roster"}, ROSTER_FILE)
    return _roster(raw.get("roster", {}))


def toml(text: str | bytes) -> dict[str, Any]:
    """The text of a scenario, parsed. Raises ScenarioError."""
    try:
        return handed_in.toml(text)
    except handed_in.NotReadable as error:
        raise ScenarioError(f"不是正确的 TOML（{error}）。中文的名称要加引号") from error


def _step(entry: Any, where: str) -> Step:
    if not isinstance(entry, dict):
        raise ScenarioError(f"{where}要写成 [[step]]")
    _only(entry, set(Step.__dataclass_fields__) - {"others"}, where)
    kinds = [name for name in ("does", "wait", "message", "signal") if name in entry]
    if len(kinds) != 1:
        raise ScenarioError(
            f"{where}要写明一件事：does（谁办什么）、wait（过多久）、message 或 signal，只写一个"
        )
    if entry.get("refused") is not None and not (kinds == ["does"] and str(entry["refused"]).strip()):
        raise ScenarioError(f"{where}的 refused 只用在 does 上，写提示里应当出现的几个字")
    if "action" in entry and kinds != ["does"]:
        raise ScenarioError(f"{where}的 action 只用在 does 上，写在那一步上做哪件事")
    _check_settled(entry, kinds, where)
    people = _names(entry["by"], f"{where}的 by") if "by" in entry else []
    words = {name: _text(entry, name, where) for name in ("action", "entered_by", "error", "refused", *kinds)}
    lists = {name: _names(entry[name], f"{where}的 {name}") for name in ("then", "overdue") if name in entry}
    data = entry.get("data", {})
    if not isinstance(data, dict):
        raise ScenarioError(f"{where}的 data 要写成一组“项目 = 内容”")
    by = people[0] if people else None
    return Step(by=by, others=people[1:], **words, **lists, data=data, result=entry.get("result"))  # type: ignore[arg-type]


def _check_settled(entry: Mapping[str, Any], kinds: Sequence[str], where: str) -> None:
    """`result` and `error` say what a step comes to, in place of what somebody does on it. Raises ScenarioError."""
    said = [name for name in ("result", "error") if name in entry]
    if not said:
        return
    beside = [name for name in ("action", "data", "entered_by", "refused", *said[1:]) if name in entry]
    if kinds != ["does"] or beside:
        and_ = f"，不能和 {'、'.join(beside)} 一起写" if beside else ""
        raise ScenarioError(f"{where}的 {said[0]} 只用在 does 上{and_}：它直接写明这一步的结果，不再演怎么办")
    if not isinstance(entry.get("result", {}), dict):
        raise ScenarioError(f"{where}的 result 要写成一组“项目 = 内容”")


def _expectation(raw: Any) -> Expectation:
    if not isinstance(raw, dict):
        raise ScenarioError("expect 要写成 [expect]")
    _only(raw, set(Expectation.__dataclass_fields__), "[expect]")
    return Expectation(
        outcome=_text(raw, "outcome", "[expect]"),
        path=_names(raw.get("path", []), "[expect] 的 path"),
        not_passed=_names(raw.get("not_passed", []), "[expect] 的 not_passed"),
        data=_table(raw, "data"),
        done_by={key: _names(names, f"[expect] 的 {key}") for key, names in _table(raw, "done_by").items()},
    )


def _roster(raw: Any) -> dict[str, list[str]]:
    if not isinstance(raw, dict):
        raise ScenarioError("[roster] 要写成 岗位 = 姓名")
    return {post: _holders(post, people) for post, people in raw.items()}


def _holders(post: str, people: Any) -> list[str]:
    """Names, or how many there are: 村民代表1, 村民代表2, …"""
    if isinstance(people, int) and not isinstance(people, bool):
        if not 0 <= people <= MAX_HOLDERS:
            raise ScenarioError(f"[roster] 的 {post} 最多写 {MAX_HOLDERS} 人")
        return [f"{post}{number}" for number in range(1, people + 1)]
    return _names(people, f"[roster] 的 {post}")


def _households(raw: Mapping[str, Any]) -> dict[str, int | str]:
    try:
        return households.read(raw)
    except households.HouseholdsError as error:
        raise ScenarioError(str(error)) from error


def _calendar(raw: Mapping[str, Any]) -> WorkingDays:
    """Days off (休) and days worked (班) that differ from the weekday rule."""
    days: dict[date, bool] = {}
    for day, word in raw.items():
        try:
            days[date.fromisoformat(day)] = {"休": False, "班": True}[word]
        except (KeyError, TypeError, ValueError):
            raise ScenarioError(f'[calendar] 的“{day}”要写成 "2026-04-06" = "休"，或者 "班"') from None
    return WorkingDays(days)


def _table(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = raw.get(name, {})
    if not isinstance(value, dict):
        raise ScenarioError(f"{name} 要写成 [{name}] 一节")
    return value


def _moment(value: Any) -> datetime:
    if value is None:
        return DEFAULT_BEGIN
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise ScenarioError(f"begins 写的“{value}”不是时间，请写成 2026-03-02 09:00") from None
    if moment.year not in YEARS:
        raise ScenarioError(f"begins 写的是 {moment.year} 年，只能写 {YEARS[0]} 到 {YEARS[-1]} 年")
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _only(raw: Mapping[str, Any], known: Set[str], where: str) -> None:
    unknown = [key for key in raw if key not in known]
    if unknown:
        raise ScenarioError(
            f"{where}有不认识的项：{'、'.join(unknown)}。可以写的有：{'、'.join(sorted(known))}"
        )


def _text(raw: Mapping[str, Any], name: str, where: str) -> str | None:
    value = raw.get(name)
    if value is not None and not isinstance(value, str):
        raise ScenarioError(f"{where}的 {name} 要写成文字，请加引号")
    return value


def _names(value: Any, where: str) -> list[str]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ScenarioError(f'{where}要写成名称，或者一串名称：["甲", "乙"]')
    return names
