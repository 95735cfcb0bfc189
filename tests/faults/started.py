"""Commands of `cunyi`, each forked from a process that has everything imported: they start in no time.

What follows is the command's own: its arguments, its environment, its processes, its end.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

from webui.cli import main

ROOT = Path(__file__).parents[2]
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["webui.app", "webui.server", "engine.worker", "engine.setting_up", __name__])


class Started:
    """A process, with as much of `subprocess.Popen` as tests ask of one."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("cunyi", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None and self._process.pid is not None:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start(arguments: tuple[str, ...], environment: Mapping[str, str], log: Path) -> Started:
    """`cunyi` with these arguments in this environment, and nothing else; what it says is added to the log."""
    process = _forks.Process(target=_run, args=(arguments, dict(environment), log), daemon=True)
    process.start()
    return Started(process)


def _run(arguments: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.argv = ["cunyi", *arguments]
    main()
