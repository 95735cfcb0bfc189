"""When a waiting token is due. The due time is stored with the token, so that nothing is computed again on
loading.

`due` is the next moment; a cycle also keeps its `first` moment and the number of its present `round`, from
which all others are counted (a monthly cycle from the 31st does not drift). What runs in working days keeps
`since`, when it began to run: a calendar published later moves it.
"""

from __future__ import annotations

from datetime import datetime

from engine.execution.token import Token
from engine.timers import Timer


def arm(token: Token) -> None:
    """Compute when the token is due, from now on. TimerError where a parameter makes no time."""
    now = token.instance.clock()
    timer = _timer(token)
    due = timer.first_due(now, token.instance.calendar)
    token.memory["due"] = due.isoformat()
    if timer.kind == "cycle":
        token.memory.update(first=due.isoformat(), round=0)
    if timer.duration.working_days:
        token.memory["since"] = now.isoformat()


def due_of(token: Token) -> datetime | None:
    due = token.memory.get("due")
    return None if due is None else datetime.fromisoformat(due)


def pass_round(token: Token) -> tuple[int, bool]:
    """The time has come. Returns how many repetitions of a cycle have come due and been made one of, and
    whether there is another one, which is then what the token waits for.
    """
    timer, memory = _timer(token), token.memory
    if timer.kind != "cycle":
        return 1, False
    first, this = datetime.fromisoformat(memory["first"]), memory["round"]
    latest = _latest_round(timer, token, first, this)
    if timer.repetitions is not None and latest + 1 >= timer.repetitions:
        return latest - this + 1, False
    memory["round"] = latest + 1
    memory["due"] = timer.nth_due(first, latest + 1, token.instance.calendar).isoformat()
    return latest - this + 1, True


def reschedule(token: Token) -> bool:
    """Reckon again by the calendar in force now. Returns whether the due time has moved."""
    memory = token.memory
    if "since" not in memory:
        return False
    timer, calendar, before = _timer(token), token.instance.calendar, memory["due"]
    first = timer.first_due(datetime.fromisoformat(memory["since"]), calendar)
    memory["due"] = first.isoformat()
    if timer.kind == "cycle":
        memory["first"] = first.isoformat()
        if memory["round"]:
            memory["due"] = timer.nth_due(first, memory["round"], calendar).isoformat()
    return bool(memory["due"] != before)


def _latest_round(timer: Timer, token: Token, first: datetime, this: int) -> int:
    """The last round due by now, at least the present one: by doubling steps, since there may be millions
    after years.
    """
    now, calendar = token.instance.clock(), token.instance.calendar
    last = timer.repetitions - 1 if timer.repetitions is not None else 2**31

    def is_due(number: int) -> bool:
        try:
            return number <= last and timer.nth_due(first, number, calendar) <= now
        except OverflowError:  # beyond the last day of the calendar
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
