"""`cunyi serve`: gunicorn with threads, and beside it the clock's work where the database is the embedded one."""

import fcntl
import logging
import threading
from typing import IO, Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.base import Worker as GunicornWorker

from engine.configuration import Configuration
from engine.runtime import Runtime

log = logging.getLogger("cunyi.server")
GRACE = 15  # seconds a request may still take once we were told to stop
TURN = 3.0  # seconds between two tries for the clock's work


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """Each process opens its own runtime after the fork: no connection is shared between processes."""

    def __init__(
        self, configuration: Configuration, host: str, port: int, processes: int, threads: int, worker: bool
    ) -> None:
        self.configuration = configuration
        self.options: dict[str, Any] = {
            "bind": f"{host}:{port}",
            "workers": processes,
            "threads": threads,
            "worker_class": "gthread",
            "worker_connections": processes * threads * 16,
            "keepalive": 15,
            "timeout": 60,
            "graceful_timeout": GRACE,
            "control_socket_disable": True,
            "loglevel": "warning",
            "post_worker_init": self._start_clockwork if worker else _nothing,
        }
        self.runtime: Runtime | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        from webui.app import create_app

        self.runtime = Runtime.open(self.configuration)
        return create_app(self.runtime)

    def _start_clockwork(self, _: GunicornWorker) -> None:
        threading.Thread(target=self._clockwork, name="clockwork", daemon=True).start()

    def _clockwork(self) -> None:
        """One of the processes does the clock's work; when it dies, the next one takes it over."""
        from engine.worker import Worker

        assert self.runtime is not None, "gunicorn loads the application before it calls post_worker_init"
        turn = self._turn()
        log.info("this process does the clock's work")
        Worker(self.runtime).run(threading.Event())
        turn.close()

    def _turn(self) -> IO[str]:
        """Waits until no other process of this machine holds the lock; it goes with the process."""
        self.configuration.data_dir.mkdir(parents=True, exist_ok=True)
        lock = (self.configuration.data_dir / "worker.lock").open("w")
        waiting = threading.Event()
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting.wait(TURN)
            else:
                return lock


def _nothing(_: GunicornWorker) -> None:
    """The clock's work is done elsewhere (`cunyi worker`)."""
