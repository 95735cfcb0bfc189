"""`cunyi serve` of the sample county, on a day the test chooses.

Run as `python -m tests.stories.later PORT [new|lived]`.

Everything is the product's own (server, clockwork, database, pages) but the clock it is handed: the seconds written in
the file `clock` of its data folder are added to the machine's time, so that days can pass while a test waits.
"""

import os
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask

from engine import demo
from engine.clock import Clock, system_clock
from engine.configuration import Configuration
from engine.runtime import Runtime
from engine.setting_up import load_demo, publish_shipped
from engine.store.migrations import upgrade
from webui.app import create_app
from webui.server import Server


def moved(folder: Path) -> Clock:
    """The machine's clock, put forward or back by the seconds in the folder's file `clock`."""
    file = folder / "clock"

    def clock() -> datetime:
        return system_clock() + timedelta(seconds=float(file.read_text()))

    return clock


class Later(Server):
    """The server with that clock."""

    def load(self) -> Flask:
        self.runtime = Runtime.open(self.configuration, moved(self.configuration.data_dir))
        return create_app(self.runtime)


def main(port: int, story: str) -> None:
    configuration = Configuration.from_environment(os.environ)
    runtime = Runtime.open(configuration, moved(configuration.data_dir))
    if story != "lived":  # its folder is a copy, and everything in it already
        upgrade(runtime.database)
        for line in _new(runtime) if story == "new" else load_demo(runtime):
            print(line)
    runtime.database.close()
    Later(configuration, "127.0.0.1", port, processes=1, threads=8, worker=True).run()


def _new(runtime: Runtime) -> Iterator[str]:
    """A county on its first day: nothing has been done in it yet, so it is there at once."""
    demo.load(runtime.database, runtime.clock, runtime.designations)
    yield from publish_shipped(runtime)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:] or ["past"])
