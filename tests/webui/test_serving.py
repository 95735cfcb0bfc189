"""`cunyi serve` as a real process: it answers, does the clock's work once, and stops without losing a request."""

import http.client
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from tests.conftest import ROOT, Server


def test_it_answers_and_holds_sample_people(server: Server) -> None:
    with urlopen(f"{server.url}/healthz", timeout=10) as answer:
        assert answer.status == 200
    with urlopen(server.url, timeout=10) as answer:
        assert "登录" in answer.read().decode()


def test_one_process_of_several_does_the_clocks_work(start_server: Callable[..., Server]) -> None:
    server = start_server("--processes", "3")
    lock = Path(server.environment["CUNYI_DATA_DIR"]) / "worker.lock"
    deadline = time.monotonic() + 20
    while not (held := holders(lock)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(held) == 1, held


def holders(lock: Path) -> set[int]:
    """The processes that hold the lock on a file, by the kernel's own list."""
    if not lock.exists():
        return set()
    inode = str(lock.stat().st_ino)
    lines = [line.split() for line in Path("/proc/locks").read_text("ascii").splitlines()]
    return {int(fields[4]) for fields in lines if "->" not in fields and fields[5].endswith(f":{inode}")}


def test_told_to_stop_it_finishes_what_it_is_doing(start_server: Callable[..., Server]) -> None:
    server = start_server("--processes", "1")
    statuses: list[int] = []
    asking = threading.Thread(target=ask_often, args=(server.url, statuses))
    asking.start()
    time.sleep(0.5)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(20) == 0
    asking.join(20)
    assert statuses
    assert set(statuses) == {200}


def ask_often(url: str, statuses: list[int]) -> None:
    """Asks until the server is gone; an answer once begun must be whole."""
    address = urlsplit(url)
    for _ in range(2000):
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
        try:
            connection.request("GET", "/sign-in")
            answer = connection.getresponse()
            assert answer.read().rstrip().endswith(b"</html>")
            statuses.append(answer.status)
        except (ConnectionError, http.client.RemoteDisconnected):
            return  # it no longer listens
        finally:
            connection.close()


def test_the_worker_stops_when_told(server: Server) -> None:
    process = subprocess.Popen([sys.executable, "-m", "webui", "worker"], cwd=ROOT, env=server.environment)
    time.sleep(3)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
