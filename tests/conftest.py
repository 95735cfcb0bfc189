"""Fixtures for all tests: databases (tests/databases.py), a real server, a real browser."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytest_plugins = ["tests.databases"]

ROOT = Path(__file__).parent.parent
SAID = "said.txt"  # in the sample folder: what `cunyi demo` said
PHONE = {"width": 390, "height": 844}
CHROMIUM = Path("/usr/bin/chromium")
QUIET = [  # a browser that talks to nobody but the page under test
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure() -> None:
    """How long an example takes says something of the machine, which has other things to do."""
    from hypothesis import HealthCheck, settings

    settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("unhurried")


LONGEST = (  # files in seconds; begun first, so that no worker is left alone with one of them at the end
    "processes/test_on_server.py",
    "stories/test_paper.py",
    "stories/test_assembly.py",
    "stories/test_babu.py",
    "webui/test_accessibility.py",
    "docs/test_manual.py",
    "stories/",
    "webui/test_cli.py",
    "webui/pages/",
    "webui/studio/",
    "faults/",
    "engine/operations/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        file = item.path.relative_to(ROOT / "tests").as_posix()
        return next((place for place, start in enumerate(LONGEST) if file.startswith(start)), len(LONGEST))

    items.sort(key=rank)


@dataclass
class Server:
    """A running `cunyi serve` of its own, with the sample county."""

    url: str
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"

    def cunyi(self, *arguments: str) -> str:
        """Run a command on the server's database; its output."""
        return run_cunyi(self.environment, *arguments)


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a sample county, to copy: living through its past takes a while."""

    def fill(folder: Path) -> None:
        folder.mkdir()
        (folder / SAID).write_text(run_cunyi(sample_environment(folder), "demo"), "utf-8")

    return once(tmp_path_factory, "sample", fill)


@pytest.fixture(scope="session")
def lived_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Like `sample_folder`, for stories: the past of the county that `tests.stories.county` tells of ends on MONDAY."""
    from tests.stories.county import MONDAY, county

    def fill(folder: Path) -> None:
        with county(folder, since=MONDAY - timedelta(minutes=10)):
            pass

    return once(tmp_path_factory, "lived", fill)


@pytest.fixture(scope="session")
def new_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Like `lived_folder` of a county with people and procedures, in which nothing has been done yet."""
    from tests.stories.county import MONDAY, county

    def fill(folder: Path) -> None:
        with county(folder, since=MONDAY - timedelta(minutes=10), past=False):
            pass

    return once(tmp_path_factory, "new", fill)


def once(tmp_path_factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], None]) -> Path:
    """A folder filled by the first worker that asks for it; the others wait, and find it."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # of all workers
    folder = root / name
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            new = root / f"{name}.new"
            shutil.rmtree(new, ignore_errors=True)  # of one that failed
            fill(new)
            new.rename(folder)
    return folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, sample_folder: Path) -> Iterator[Server]:
    """One server for all tests that only need some server; those that break it start their own (`start_server`)."""
    with_server = start_copy(tmp_path_factory.mktemp("server") / "data", sample_folder)
    yield with_server
    stop(with_server.process)


@pytest.fixture
def start_server(tmp_path: Path, sample_folder: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers of the test's own: start_server(database_url=None, *options)."""
    running: list[Server] = []

    def start(*options: str, database_url: str | None = None) -> Server:
        folder = tmp_path / f"server{len(running)}"
        running.append(start_copy(folder, sample_folder, *options, database_url=database_url))
        return running[-1]

    yield start
    for each in running:
        stop(each.process)


def sample_environment(folder: Path) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CUNYI_")}
    return clean | {"CUNYI_DATA_DIR": str(folder), "CUNYI_DEMO": "1"}


def start_copy(folder: Path, sample: Path, *options: str, database_url: str | None = None) -> Server:
    environment = sample_environment(folder)
    if database_url:
        folder.mkdir(parents=True)
        environment["CUNYI_DATABASE_URL"] = database_url
        run_cunyi(environment, "demo")
    else:
        shutil.copytree(sample, folder)
    port = free_port()
    command = [sys.executable, "-m", "webui", "serve", "--port", str(port), *options]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    found = Server(f"http://127.0.0.1:{port}", environment, process)
    wait_until_ready(found, folder / "server.log")
    return found


def run_cunyi(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "webui", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(server: Server, log: Path, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert server.process.poll() is None, f"the server stopped:\n{log.read_text()}"
        try:
            with urlopen(f"{server.url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            pass  # not listening yet
        time.sleep(0.1)
    pytest.fail(f"the server was not ready after {seconds} s:\n{log.read_text()}")


def stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium. `make test` installs it where it is missing."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def phone(browser: "Browser") -> Iterator["BrowserContext"]:
    """A browser of its own (cookies, storage) as on a cadre's phone."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", has_touch=True)
    yield context
    context.close()


@pytest.fixture
def page(phone: "BrowserContext") -> Iterator["Page"]:
    """A page on a phone that fails the test for an error in its scripts or a breach of the security policy."""
    opened = phone.new_page()
    opened.set_default_timeout(10_000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "console",
        lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield opened
    assert not errors, errors


TO_THE_TOP = """async () => {
  const settled = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  await settled();
  scrollTo({top: 0, behavior: 'instant'});
  await settled();
}"""


# What is in order is looked at as well, but not described node by node: that was most of the work.
VIOLATIONS = """async tags => {
  const found = await axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
  return found.violations;
}"""


def axe_violations(page: "Page") -> list[str]:
    """What axe finds wrong on the page by WCAG 2.2 AA: rule, and where.

    Seen from the top: a link half under the sticky head, while the page is scrolled to a field, is no small target.
    """
    page.evaluate(TO_THE_TOP)
    # By evaluate, not by a script tag: our own Content-Security-Policy stays in force and refuses the tag.
    if not page.evaluate("'axe' in window"):
        page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    return [
        f"{violation['id']}: {violation['help']} {[node['target'] for node in violation['nodes'][:3]]}"
        for violation in page.evaluate(VIOLATIONS, rules)
    ]
