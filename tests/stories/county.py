"""The sample county on a running server, its people with a phone each, and its calendar in the story's hand."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser

from engine.clock import system_clock
from tests.conftest import ROOT, Server, free_port, stop, wait_until_ready
from tests.stories.person import Person

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a week without holidays lies ahead
ACCOUNTS = {
    "熊春生": "xiongcs",  # 柳湾村 报账员
    "江玉成": "jiangyc",  # 柳湾村 村党组织书记
    "谭秀英": "tanxy",  # 柳湾村 村委会主任
    "林金山": "linjs",  # 柳湾村 会计
    "林秀英": "linxy",  # 柳湾村 文书
    "陈克勤": "chenkq",  # 柳湾村 村代会主席、村民代表
    "田慧敏": "tianhm",  # 柳湾村 村务监督委员会主任
    "彭新民": "pengxm",  # 柳湾村 村委会副主任
    "尹秀英": "yinxy",  # 柳湾村 村委会委员
    "罗丽萍": "luolp",  # 柳湾村 村民代表
    "秦德福": "qindf",  # 柳湾村 老干部老党员
    "邹守田": "zoust",  # 柳湾村 户代表
    "秦建国": "qinjg",  # 柳湾村 户代表
    "陈美玲": "chenml",  # 柳湾村，和秦建国同一户
    "周向阳": "zhouxy",  # 竹坪村 报账员
    "罗大勇": "luody",  # 竹坪村 村党组织书记、村委会主任
    "袁金凤": "yuanjf",  # 竹坪村 村党组织副书记
    "尹翠兰": "yincl",  # 竹坪村 村务监督委员会主任
    "谭雪琴": "tanxq",  # 白石村 报账员
    "秦丽萍": "qinlp",  # 白石村 村委会主任
    "陈光明": "chengm",  # 白石村 屋场长
    "白家旺": "baijw",  # 清溪镇 经管站
    "易松涛": "yist",  # 清溪镇 乡镇管理员
    "何长根": "hecg",  # 清溪镇 党政办
    "田菊香": "tianjx",  # 云岭县 流程设计员
}


class County:
    """One server. People come by name; each keeps their phone, signed in, through the story."""

    def __init__(self, server: Server, folder: Path, browser: Browser | None) -> None:
        self.server, self.url, self.folder, self.browser = server, server.url, folder, browser
        self._people: dict[str, Person] = {}

    def __call__(self, name: str) -> Person:
        if name not in self._people:
            assert self.browser is not None
            self._people[name] = Person(name, ACCOUNTS[name], self.url, self.browser)
        return self._people[name]

    def token(self, name: str) -> str:
        """For the API, as somebody."""
        return self.server.cunyi("token", ACCOUNTS[name]).split()[-1]

    def wait(self, **span: float) -> None:
        """Let time pass for the server."""
        _write(self.folder, float((self.folder / "clock").read_text()) + timedelta(**span).total_seconds())

    def taps(self) -> Counter[tuple[str, str]]:
        """(who, on which page) -> how often they have tapped."""
        found = {(p.name, page): n for p in self._people.values() for page, n in p.tapped.items()}
        return Counter(found)

    def taps_told(self) -> int:
        """All taps together; who needed how many on which page is printed."""
        taps = self.taps()
        print("\n".join(f"{name} {step} {number}" for (name, step), number in taps.items()))
        print(f"一共 {taps.total()} 下")
        return taps.total()

    def go_home(self) -> None:
        """Everybody puts the phone away. Whatever went wrong on a page fails the story."""
        people, self._people = list(self._people.values()), {}
        for person in people:
            person.phone.close()
        assert not (errors := [error for person in people for error in person.errors]), errors
        print("　".join(f"{p.name}点了 {p.taps} 下" for p in people), flush=True)


@contextmanager
def county(
    folder: Path,
    browser: Browser | None = None,
    since: datetime = MONDAY,
    *,
    past: bool = True,
    lived: Path | None = None,
) -> Iterator[County]:
    """A fresh county whose clock starts at `since`; without its past it has people and procedures, but no matters.

    `lived`: the folder of a county that was stopped before `since`, to go on from instead of living through a past.
    """
    if lived:
        shutil.copytree(lived, folder, dirs_exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, (since - system_clock()).total_seconds())
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CUNYI_")}
    environment |= {"CUNYI_DATA_DIR": str(folder), "CUNYI_DEMO": "1"}
    port = free_port()
    command = [sys.executable, "-m", "tests.stories.later", str(port), *_story(past, lived)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    server = Server(f"http://127.0.0.1:{port}", environment, process)
    try:
        wait_until_ready(server, folder / "server.log", 200)  # it lives through its past first
        yield County(server, folder, browser)
    finally:
        stop(process)


def _story(past: bool, lived: Path | None) -> list[str]:
    if lived:
        return ["lived"]
    return [] if past else ["new"]


def _write(folder: Path, seconds: float) -> None:
    """In one step: the server may read at any time."""
    new = folder / "clock.new"
    new.write_text(str(seconds))
    new.replace(folder / "clock")


def come(village: County, name: str, step: str = "") -> Person:
    """Somebody takes out the phone; where a step is named, again until it waits there."""
    person = village(name)
    person.comes(step)
    return person
