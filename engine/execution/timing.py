"""When a waiting token is due. The due time is stored with the token, so that nothing is computed again on loading.

`due` is the next moment, `round` the number of a cycle's present repetition. `since` is when a cycle, or what counts
working days, began to run: all repetitions are counted from there, so that a monthly one from the 31st does not drift,
and a calendar that is published later moves what is to come.
"""

from __future__ import annotations

from datetime import datetime

from engine.execution.token import Token
from engine.timers import Timer, TimerError


def arm(token: Token) -> None:
    """Compute when the token is due, from now on. TimerError where a parameter makes no time."""
    now = token.instance.clock()
    timer = _timer(token)
    if timer.kind == "cycle" or timer.duration.working_days:
        token.memory["since"] = now.isoformat()
    token.memory["due"] = timer.first_due(now, token.instance.calendar).isoformat()
    if timer.kind == "cycle":
        token.memory["round"] = 0


def due_of(token: Token) -> datetime | None:
    due = token.memory.get("due")
    return None if due is None else datetime.fromisoformat(due)


def pass_round(token: Token) -> tuple[int, bool]:
    """The time has come. Returns how many repetitions of a cycle have come due and been made one of, and
    whether there is another one, which is then what the token waits for. TimerError as in `arm`.
    """
    timer, memory = _timer(token), token.memory
    if timer.kind != "cycle":
        return 1, False
    this = memory["round"]
    latest = _latest_round(timer, token, this)
    if timer.repetitions is not None and latest + 1 >= timer.repetitions:
        return latest - this + 1, False
    memory["due"] = _due(timer, token, latest + 1).isoformat()
    memory["round"] = latest + 1
    return latest - this + 1, True


def reschedule(token: Token) -> bool:
    """Reckon again by the calendar in force now. Returns whether the due time has moved."""
    memory = token.memory
    if "since" not in memory:
        return False
    before = memory["due"]
    memory["due"] = _due(_timer(token), token, memory.get("round", 0)).isoformat()
    return bool(memory["due"] != before)


def _due(timer: Timer, token: Token, number: int) -> datetime:
    """When this repetition is due. A cycle begins at the moment it names, otherwise one length after it began."""
    calendar = token.instance.calendar
    since = datetime.fromisoformat(token.memory["since"])
    if timer.kind != "cycle":
        return timer.first_due(since, calendar)
    if timer.moment is not None:
        return timer.nth_due(timer.moment, number, calendar)
    return timer.nth_due(since, number + 1, calendar)


def _latest_round(timer: Timer, token: Token, this: int) -> int:
    """The last repetition due by now, at least this one: in doubling steps, for there may be millions."""
    now = token.instance.clock()
    last = timer.repetitions - 1 if timer.repetitions is not None else 2**31

    def is_due(number: int) -> bool:
        try:
            return number <= last and _due(timer, token, number) <= now
        except TimerError:  # beyond the last day of the calendar
            return False

    step = 1
    while is_due(this + step):
        step *= 2
    low, high = this + step // 2, this + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_due(middle) else (low, middle)
    return low


def _timer(token: Token) -> Timer:
    event = token.task_spec.node.event
    assert event is not None and event.timer is not None
    return event.timer.resolve(token.instance.parameters)
