"""The worker: reads what is due and calls the ordinary operations. Any number of them may run at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from engine import journal
from engine.operations import clockwork, secret_ballots
from engine.retention import retire
from engine.runtime import Runtime
from engine.store.database import DatabaseUnavailable

log = logging.getLogger("cunyi.worker")
K = TypeVar("K")
PAUSE = 2.0  # seconds between two looks


class Worker:
    """One look is `tick`; `run` looks again and again until it is told to stop."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._housekept: date | None = None

    def tick(self) -> int:
        """Do all that is due now; how much there was."""
        rt, done = self.runtime, 0
        done += self._each(clockwork.due_instances(rt), lambda i: clockwork.fire_timers(rt, i))
        done += self._each(clockwork.due_steps(rt), lambda i: clockwork.end_step(rt, i))
        done += self._each(clockwork.due_reminders(rt), lambda i: clockwork.remind(rt, i))
        done += self._each(clockwork.undelivered(rt), lambda i: clockwork.deliver(rt, i))
        done += self._each(secret_ballots.spent_keys(rt), lambda key: secret_ballots.destroy(rt, key))
        self._keep_house()
        return done

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                busy = self.tick()
            except DatabaseUnavailable:
                log.warning("the database cannot be reached; trying again")
                busy = 0
            except Exception:
                log.exception("a look at what is due failed; trying again")
                busy = 0
            stop.wait(0 if busy else PAUSE)

    def _each(self, found: list[K], act: Callable[[K], bool]) -> int:
        """One piece of work that fails must not keep the others from being done."""
        done = 0
        for key in found:
            try:
                done += bool(act(key))
            except DatabaseUnavailable:
                raise
            except Exception:
                log.exception("work on %s failed", key)
        return done

    def _keep_house(self) -> None:
        """Once a day: the checkpoint over the journal, and what has been kept long enough goes."""
        today = self.runtime.today()
        if self._housekept == today:
            return
        now = self.runtime.now()
        self.runtime.database.run(lambda c: journal.checkpoint(c, today, now))
        self.runtime.database.run(lambda c: retire(c, now))
        self._housekept = today
