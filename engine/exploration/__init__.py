"""Exploration (走查): every way through a procedure, walked with the real engine, and what is found on the way.

What it looks at and where it stops is described in docs/exploration.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.execution.script import Script
from engine.exploration.findings import Findings
from engine.exploration.report import Ending, Finding, Report, told
from engine.exploration.walk import MOST_STATES, Progress, Walker
from engine.exploration.world import Passage

__all__ = ["Ending", "Finding", "Passage", "Progress", "Report", "explore", "told"]

SECONDS = 60.0


def explore(
    source: bytes | str | Path | Mapping[str, bytes],
    *,
    parameters: Mapping[str, Any] | None = None,
    seconds: float = SECONDS,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    most_states: int = MOST_STATES,
) -> Report:
    """Walk every way through a diagram or a procedure's folder, for at most so many seconds of the processor.

    `progress` is told about three times a second how far it has come; `stop` is asked between two situations whether
    to stop; what was found by then is reported. Raises engine.diagram.DiagramError for what cannot be executed,
    ExecutionError for an unknown parameter.
    """
    script = Script.load(source, parameters or {})
    walker = Walker(script, seconds, progress, stop, most_states)
    walked = walker.walk()
    found = Findings(script, walked, walker.stopped)
    procedure = script.procedures.get(None)
    first = next(iter(script.definition.diagram.processes.values()))
    return Report(
        title=procedure.title if procedure is not None else first.name or first.id,
        states=len(walked.places),
        ways=walked.ways,
        seconds=walked.seconds,
        findings=found.all(),
        endings=found.endings(),
        cut=list(walked.cut),
        remarks=walker.answers.remarks,
        stopped=walker.stopped,
    )
