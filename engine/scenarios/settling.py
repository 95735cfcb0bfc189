"""What a step comes to when nobody plays how: a result its kind could have given, with the figures that go with it.

    result = { "结论" = "未通过" }

says what matters; the rest is made up, so that what follows finds all it reads: who came, how many voted for it and
against it, the rows of a form. It is reckoned by the kinds' own rules, never written down here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import forms as form_rules
from engine.durations import Calendar
from engine.execution.answering import Answering
from engine.exploration.values import OTHER
from engine.scenarios import voting
from engine.scenarios.files import as_files
from engine.scenarios.samples import sample
from engine.steps import DOERS, Submission, answers, assess, notice, summing_up, threshold
from engine.steps import cosign as cosigning
from engine.steps.kind import MEMBER

OUTCOME = "结论"
RATERS, SPEAKERS = 10, 3  # of the public, where there is no list of who is asked


@dataclass(frozen=True)
class Wish:
    """What is to come of a step: `said` by the scenario or the designer, at this moment, done by this person."""

    said: Mapping[str, Any]
    now: datetime
    by: int | None
    calendar: Calendar

    @property
    def outcome(self) -> str | None:
        found = self.said.get(OUTCOME)
        return found if isinstance(found, str) else None


def settled(step: Answering, wish: Wish) -> dict[str, Any] | None:
    """The whole result; None where the kind cannot come to this outcome with these people and settings."""
    make = _MAKERS.get(step.kind.key, _of_any_kind)
    made = make(step, wish)
    if made is None:
        return None
    doer = wish.by if wish.by is not None else first_doer(step)
    made.setdefault(DOERS, [doer] if doer is not None else [])
    return {**made, **{key: over(made.get(key), value) for key, value in wish.said.items()}}


def counted(schema: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, with a number where an exploration lists somebody or other: `14` are the first fourteen."""
    found = dict(said)
    for one in form_rules.fields(schema):
        value = found.get(form_rules.key_of(one))
        if form_rules.designations_of(one) and isinstance(value, list) and OTHER in value:
            found[form_rules.key_of(one)] = len(value)
    return found


def over(made: Any, said: Any) -> Any:
    """What was made up, with what is said in its place; a record keeps the fields nothing is said of."""
    if isinstance(made, Mapping) and isinstance(said, Mapping):
        return {**made, **{key: over(made.get(key), value) for key, value in said.items()}}
    return (
        made
        if isinstance(said, list) and isinstance(made, list) and len(made) == len(said) and _rows(said)
        else said
    )


def first_doer(step: Answering) -> int | None:
    """Somebody who may do the step: the first on its first seat."""
    if step.roster is None:
        return None
    for seat in step.seats:
        held = [person for name in seat.designations for person in step.roster.holders(name)]
        people = [person for person in (*seat.people, *held) if person not in step.excluded]
        if people:
            return people[0]
    return None


def _rows(said: Sequence[Any]) -> bool:
    """Rows of a form: they were completed when the form was filled in."""
    return bool(said) and all(isinstance(one, Mapping) for one in said)


# ---------------------------------------------------------------- forms


def filled(step: Answering, action: str | None, wish: Wish, **also: Any) -> dict[str, Any]:
    """What the act's form makes of what is said, samples around it."""
    schema = step.offering(step.form(action))
    known = {form_rules.key_of(one) for one in form_rules.fields(schema)}
    given = {key: value for key, value in {**wish.said, **also}.items() if key in known}
    data = as_files(schema, sample(schema, wish.now, given))
    clean, _ = form_rules.validate(schema, data)
    return clean


def _of_any_kind(step: Answering, wish: Wish) -> dict[str, Any] | None:
    return filled(step, None, wish)


def _cosign(step: Answering, wish: Wish) -> dict[str, Any] | None:
    """Everybody gives the same answer until it is decided."""
    choices, said = step.settings["choices"], list[Submission]()
    outcome = wish.outcome or choices[0]
    reason = str(wish.said.get(cosigning.REASON) or "")
    for seat in step.seats or ():
        holders = step.roster.holders(seat.designations[0]) if step.roster and seat.designations else []
        person = next(iter((*seat.people, *holders)), None)
        explained = reason or ("示例" if outcome in step.settings["explain"] else "")
        data = {cosigning.CHOICE: outcome, cosigning.REASON: explained}
        said.append(Submission(data, person, seat.name, at=wish.now))
        result = step.kind.result(step.settings, step.seats, said)
        if result is not None:
            return result if result[OUTCOME] == outcome else None
    return None


# ---------------------------------------------------------------- meetings and votes


def _deliberate(step: Answering, wish: Wish) -> dict[str, Any] | None:
    outcomes = step.kind.outcomes(step.settings)
    outcome = wish.outcome or outcomes[0]
    present = voting.who_came(step, quorate=outcome != voting.INQUORATE)
    if present is None or outcome not in outcomes:
        return None
    data = filled(step, "close", wish, 结论=outcome)
    opened = Submission({voting.PRESENT: list(present)}, wish.by, action="open", at=wish.now)
    closing = Submission({**data, voting.PRESENT: list(present)}, wish.by, action="close", at=wish.now)
    return step.kind.result(step.settings, step.seats, [opened, closing])


def _ballot(step: Answering, wish: Wish) -> dict[str, Any] | None:
    return voting.result(step, wish.outcome, wish.by, wish.now)


# ---------------------------------------------------------------- opinions, notices, ratings


def _consult(step: Answering, wish: Wish) -> dict[str, Any] | None:
    settings = step.settings
    asked = len({person for seat in step.seats if seat.name == MEMBER for person in seat.people})
    if settings["of"]:
        items = int(settings.get("items") or 0)
        heard = summing_up.Heard(answered=answers.Answered(items, adopted=items))
    else:
        items = max(settings["least"], asked or SPEAKERS)
        stances = {word: items if not place else 0 for place, word in enumerate(settings["stances"])}
        heard = summing_up.Heard(items, asked or items, asked, asked, stances)
    outcomes = settings["outcomes"]
    also = {OUTCOME: wish.outcome or outcomes[0]} if outcomes else {}
    return summing_up.conclude(settings, heard, filled(step, "close", wish, **also))


def _notice(step: Answering, wish: Wish) -> dict[str, Any] | None:
    settings = step.settings
    many = settings["objections"] if wish.outcome == notice.OBJECTED else 0
    given = answers.Answered(many, rejected=many if settings["answers"] == "yes" else 0)
    channels = tuple(settings["channels"][: settings["least"]])
    end = notice.ends(settings, wish.now, wish.calendar)
    return notice.conclude(settings, notice.Published(wish.now, end, channels, many, given))


def _assess(step: Answering, wish: Wish) -> dict[str, Any] | None:
    settings = step.settings
    public = settings["from"] == [assess.PUBLIC]
    raters = {person for seat in step.seats if seat.name == MEMBER for person in seat.people}
    asked = 0 if public else len(raters)
    outcome, number = wish.outcome or assess.CONTENT, asked or max(RATERS, settings["least"])
    if outcome == assess.TOO_FEW:
        number = min(number, max(1, settings["least"]) - 1) if settings["until"] else -1
    if number < 0:
        return None
    good = number if outcome == assess.CONTENT else _most_that_fails(settings, number, asked)
    if good is None:
        return None
    best, worst = (
        settings["satisfied"][0],
        [s for s in settings["scores"] if s not in settings["satisfied"]][-1],
    )
    rated = assess.Rated({best: good, worst: number - good}, asked)
    result = assess.conclude(settings, rated, {assess.REASON: str(wish.said.get(assess.REASON) or "")})
    return result if result[OUTCOME] == outcome else None


def _most_that_fails(settings: Mapping[str, Any], number: int, asked: int) -> int | None:
    """The most that may be content, and it is not enough; None where everything is."""
    bases = {"收回票": number, assess.ASKED: asked}
    wanted = assess.thresholds(settings)
    return next(
        (
            good
            for good in range(number, -1, -1)
            if not threshold.all_hold(wanted, dict.fromkeys(bases, good), bases)
        ),
        None,
    )


_MAKERS: Mapping[str, Callable[[Answering, Wish], dict[str, Any] | None]] = {
    "cosign": _cosign,
    "consult": _consult,
    "deliberate": _deliberate,
    "ballot": _ballot,
    "notice": _notice,
    "assess": _assess,
}
