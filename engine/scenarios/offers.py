"""What a step can come to, offered at one click: its kind's outcomes, and every answer some condition tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.execution import ExecutionError, Task
from engine.execution.nodes.catching import Catching
from engine.execution.nodes.loop import Loop
from engine.execution.nodes.person import PersonTask
from engine.execution.nodes.step import Step
from engine.execution.script import Script
from engine.exploration.answers import Answers
from engine.exploration.reading import Reading
from engine.scenarios.settling import counted
from engine.scenarios.stage import Stage
from engine.scenarios.telling import in_words

MOST = 12  # of one step; a form says the rest
OUTCOME = "结论"
DONE = "办完"
ANY_ERROR = "出错"


@dataclass(frozen=True)
class Offer:
    """`label` is what the button says, `result` what a move says then."""

    label: str
    result: Mapping[str, Any]


class Offers:
    """Reckoned once for a procedure and its parameters."""

    def __init__(self, script: Script) -> None:
        self._reading = Reading(script.definition, script.parameters)
        self._answers = Answers(script, self._reading)
        self._steps: dict[str, Step] = {}
        self._around: dict[str, Step] = {}
        for step in self._reading.steps():
            if isinstance(step, PersonTask):
                self._steps.setdefault(step.node.id, step)
            if isinstance(step, PersonTask | Loop):
                self._around[step.node.id] = step

    def of(self, stage: Stage, task: Task) -> tuple[list[Offer], int]:
        """What can come of an open task now, and how many more answers there are than are offered."""
        step = self._steps[task.element_id]
        outcomes = list(self._of_kind(stage, task, step))
        offers = {offer.label: offer for offer in outcomes}
        for answer in self._answers.of(step, self._reading.after(step), task.data):
            result = self._said(stage, task, answer.shown) if task.kind else answer.result
            label = in_words(_people(answer.shown, result)) if answer.shown else ""
            if label and label not in offers:
                offers[label] = Offer(label, result)
        if task.kind and len(outcomes) == 1 < len(offers):
            del offers[outcomes[0].label]  # the others tell apart what it leaves open
        possible = [offer for offer in offers.values() if _possible(stage, task, offer)]
        if not possible and not offers:
            possible = [one for one in [Offer(DONE, {})] if _possible(stage, task, one)]
        return possible[:MOST], len(possible[MOST:])

    def errors(self, task: Task) -> list[str]:
        """The codes of the errors somebody catches at the edge of the step."""
        step = self._around.get(task.element_id)
        caught = (
            [b for b in step.boundaries if isinstance(b, Catching) and b.event.kind == "error"]
            if step
            else []
        )
        return [str(one.event.key or ANY_ERROR).removeprefix("#") for one in caught]

    def _said(self, stage: Stage, task: Task, shown: Mapping[str, Any]) -> Mapping[str, Any]:
        return counted(stage.rehearsal.form(task.id), shown)

    def _of_kind(self, stage: Stage, task: Task, step: Step) -> Iterator[Offer]:
        """The outcomes, unless conditions tell more apart than these."""
        if not task.kind:
            return
        answering = stage.rehearsal.answering(task.id)
        for outcome in answering.kind.outcomes(answering.settings):
            yield Offer(outcome, {OUTCOME: outcome})


def _people(shown: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """The result, a number that stands for people as such."""
    return {
        name: f"{value} 人" if isinstance(shown.get(name), list) and isinstance(value, int) else value
        for name, value in result.items()
    }


def _possible(stage: Stage, task: Task, offer: Offer) -> bool:
    try:
        stage.settled(task, offer.result)
    except ExecutionError:
        return False
    return True
