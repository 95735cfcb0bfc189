"""A village in which one matter stands at one collective step, for tests of the acts on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.clock import VirtualClock
from engine.durations import SHANGHAI
from engine.store.metadata import metadata
from tests.consulting import Square, photo
from tests.procedures import Node, step
from tests.webui.api.conftest import Api, problem

Data = Mapping[str, Any]
SEEN = ("views", "taken_part")  # who looked at what is written down, whatever was refused

MEETING = {
    "meeting": "村民代表会议",
    "roll": "村民代表",
    "also": "村委会成员",
    "quorum": "至少 2/3 组成人员",
    "announce": "yes",
}
VOTING = {"kind": "ballot", "majority": "超过 1/2 到会组成人员", "scrutineers": "会计"} | MEETING
RATING = {"kind": "assess", "from": "村民代表", "pass": "至少 1/2 收回票", "least": "3", "until": "7d"}
BATCH = [{"姓名": "代表1、代表2", "立场": "赞成", "内容": "好"}]
FIGURES: dict[str, Any] = {"发出": 3, "收回": 3, "有效": 3, "无效": 0, "赞成": 2, "反对": 1, "弃权": 0}


@dataclass
class Village:
    """主任 leads, 文书 keeps the record, 会计 sees to the count, 代表1 to 代表3 have a voice; 经管 may look on, 外村
    may not; one matter stands at one step.
    """

    api: Api
    square: Square
    task: str = ""
    matter: str = ""

    def __post_init__(self) -> None:
        self.matter, self.task = self.square.matter()
        self.meeting = self.api.runtime.now() + timedelta(days=2)

    def waits(self, span: timedelta) -> None:
        clock = self.api.runtime.clock
        assert isinstance(clock, VirtualClock)
        clock.move_to(clock.now + span)

    def acts(self, who: str, name: str, data: Data | None = None, **more: Any) -> Any:
        return self.api.post(who, f"/tasks/{self.task}/actions/{name}", {"data": data or {}, **more})

    def does(self, who: str, name: str, data: Data | None = None) -> dict[str, Any]:
        answer = self.acts(who, name, data)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.get_json()
        return told

    def refuses(
        self, status: int, code: str, who: str, name: str, data: Data | None = None, **more: Any
    ) -> dict[str, Any]:
        """The error; afterwards everything in the database is as it was."""
        before = self.everything()
        error = problem(self.acts(who, name, data, **more), status, code)
        assert self.everything() == before
        return error

    def everything(self) -> dict[str, list[Any]]:
        """Every row of every table that an act could change."""
        kept = [table for table in metadata.sorted_tables if table.name not in SEEN]
        with self.api.runtime.database.read() as c:
            return {table.name: sorted(map(str, c.execute(select(table)))) for table in kept}

    def sees(self, who: str) -> Any:
        return self.api.get(who, f"/tasks/{self.task}").get_json()

    def results(self) -> Any:
        return self.api.get("主任", f"/instances/{self.matter}").get_json()["results"]

    def id(self, who: str) -> int:
        return self.api.world.people[who]

    def paper(self, who: str) -> list[dict[str, Any]]:
        stored = self.api.upload(who, photo(), "原件.png")
        return [{"id": stored["id"], "name": stored["name"]}]

    # ------------------------------------------------------------ a meeting

    def announced(self) -> None:
        self.does("主任", "convene", convening(self))
        self.does("文书", "announce", announcing(self))

    def opened(self, method: str = "named", present: int = 3) -> None:
        self.announced()
        self.waits(timedelta(days=2))
        there = [self.id(f"代表{number}") for number in range(1, present + 1)]
        self.does("主任", "open", {"到会": there, "方式": method})


def at(api: Api, *steps: Node, asked: int = 3) -> Village:
    """A matter that stands at the first of these steps; `asked` delegates have a voice."""
    return Village(api, Square(api.runtime, api.world, *steps, asked=asked))


def poll(**changes: str) -> Node:
    return step("poll", "票决", "村委会主任", **(VOTING | changes))


def convening(village: Village) -> Data:
    return {"时间": village.meeting.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"), "地点": "村部"}


def announcing(village: Village) -> Data:
    return {"渠道": ["村务公开栏"], "凭证": village.paper("文书")}


def three_there(village: Village) -> list[int]:
    return [village.id(name) for name in ("主任", "代表1", "代表2")]


def channel(village: Village) -> Data:
    return {"渠道": [{"渠道": "村务公开栏", "凭证": village.paper("主任")}]}
