"""An exploration in a process of its own: `python -m engine.exploration.job`, with what to walk on its standard input.

Walking takes all of a processor and much memory, which people who work on the same machine must not feel: the process
is nice, bounded in memory and time, and there are at most two on a machine; the others wait. What it finds, and how
far it is, stands in the table `explorations`; when its row is gone, so is the process.
"""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from engine.configuration import Configuration
from engine.diagram import DiagramError
from engine.execution.error import ExecutionError
from engine.exploration import SECONDS, Progress, explore
from engine.exploration.moves import moves
from engine.exploration.report import Report, told
from engine.exploration.world import Passage
from engine.operations.explorations import Order, end_exploration, read_order, tell_progress
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.failures import DatabaseBusy, DatabaseUnavailable

AT_ONCE = 2  # on a machine
EVERY = 0.5  # seconds between two signs of life
MEMORY = 3 << 29  # bytes of addresses
MOST_STATES = 40_000  # a situation of a diagram with many branches takes some 15 KB
LONGEST = 240  # seconds of walking, whatever happens
LOST = 60  # seconds without a database after which there is nobody to report to


def launch(configuration: Configuration, exploration_id: str) -> subprocess.Popen[bytes]:
    """Start the process; it goes on when the web process ends. The database's address is not for the list of processes,
    so it goes by standard input.
    """
    order = {
        "id": exploration_id,
        "database_url": configuration.database_url,
        "processes_dir": str(configuration.processes_dir),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.exploration.job"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    assert process.stdin is not None
    with process.stdin:
        process.stdin.write(orjson.dumps(order))
    threading.Thread(target=process.wait, daemon=True).start()  # or it would stay behind as a zombie
    return process


def main() -> None:
    order = orjson.loads(sys.stdin.buffer.read())
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    configuration = Configuration(
        database_url=order["database_url"],
        secret_key="",  # nobody signs in here
        data_dir=Path(tempfile.gettempdir()),
        processes_dir=Path(order["processes_dir"]),
        pool_size=2,
    )
    Job(Runtime.open(configuration), order["id"], _leave, begin=lambda: signal.alarm(LONGEST)).run()


def _leave() -> None:
    os._exit(0)  # from whatever thread, whatever the walk is doing


@dataclass
class Job:
    """One walk. A thread of its own gives signs of life, so that they come whatever the walk is at."""

    runtime: Runtime
    id: str
    leave: Callable[[], None]
    begin: Callable[[], object] = lambda: None
    seconds: float = SECONDS
    progress: dict[str, Any] = field(default_factory=lambda: {"phase": "waiting"})
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        beats = threading.Thread(target=self._beat, daemon=True)
        beats.start()
        try:
            with _slot(self.stopping.is_set):
                self._walk()
        finally:
            self.ended.set()
            beats.join()

    def _walk(self) -> None:
        self.progress = {"phase": "reading"}
        self.begin()
        try:
            order = read_order(self.runtime, self.id)
        except NotVisible:
            return
        report, failure = None, ""
        try:
            report = _for_page(self._explored(order))
        except (DiagramError, ExecutionError) as error:
            failure = f"这张流程图还不能运行，请先看“检查”：{error}"
        except MemoryError:
            failure = "这张流程图的局面太多，内存不够用，没有走完。请把流程拆小一些，或者减少循环和并行再走"
        self.ended.set()
        end_exploration(self.runtime, self.id, order.revision, report, failure)

    def _explored(self, order: Order) -> Report:
        return explore(
            order.files,
            parameters=order.parameters,
            seconds=self.seconds,
            progress=self._note,
            stop=self.stopping.is_set,
            most_states=MOST_STATES,
        )

    def _note(self, now: Progress) -> None:
        self.progress = {"phase": "walking", **asdict(now)}

    def _beat(self) -> None:
        silent = 0.0
        while not self.ended.wait(EVERY):
            try:
                stop = tell_progress(self.runtime, self.id, self.progress)
            except (DatabaseBusy, DatabaseUnavailable):
                silent += EVERY
                if silent > LOST:
                    self.leave()
                continue
            silent = 0.0
            if stop is None and not self.ended.is_set():
                self.leave()
            elif stop:
                self.stopping.set()


# ---------------------------------------------------------------- at most two at the same time


@contextmanager
def _slot(stopped: Callable[[], bool]) -> Iterator[None]:
    """Waits for one of the machine's places. The lock goes with the process, however it ends."""
    folder = Path(tempfile.gettempdir()) / f"cunyi-explorations-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    files = [(folder / f"place-{number}").open("w") for number in range(AT_ONCE)]
    try:
        while not stopped() and not any(_locked(file) for file in files):
            threading.Event().wait(EVERY)
        yield
    finally:
        for file in files:
            file.close()


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# ---------------------------------------------------------------- for the page


def _for_page(report: Report) -> dict[str, Any]:
    """The report with each way told in words and as moves of a rehearsal."""
    found = report.as_dict()
    for shown, one in zip(found["findings"], report.findings, strict=True):
        shown |= _way(one.path)
    for shown, ending in zip(found["endings"], report.endings, strict=True):
        shown |= _way(ending.path)
    return found


def _way(path: tuple[Passage, ...]) -> Mapping[str, Any]:
    return {
        "path": [
            {
                "element": one.element if one.procedure is None else None,
                "told": told(one),
                "passed": list(one.passed),
            }
            for one in path
        ],
        "moves": moves(path),
    }


if __name__ == "__main__":
    main()
