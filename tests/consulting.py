"""A village that is asked: an organiser, a clerk, representatives, and procedures that ask, answer and publish."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import orjson
from PIL import Image
from sqlalchemy import func, insert, select

from engine import operations
from engine.people.accounts import create_token
from engine.people.tenures import appoint
from engine.runtime import Runtime
from engine.store.proceedings import opinions
from engine.store.tables import accounts, instances, people, tasks
from tests.procedures import Flow, Node, folder, form, step
from tests.world import SINCE, World

ASK = {
    "kind": "consult",
    "ask": "村口的路，您赞成修吗？怎么修好？",
    "from": "村民代表",
    "channels": "入户走访 意见卡 座谈",
    "stances": "赞成 反对 其他",
    "coverage": "至少 2/3 应征",
    "until": "5d",
}
PUBLISH = {
    "kind": "notice",
    "days": "7d",
    "channels": "村务公开栏 微信群 大喇叭",
    "objections": "2",
}
TELL = {"type": "textfield", "key": "说明", "label": "说明"}


def procedure(key: str, steps: Sequence[Node]) -> dict[str, bytes]:
    """These steps one after the other, started by 报账员; the last one is 公布, an ordinary form."""
    nodes = [
        Node("start", "startEvent", "开始", "报账员"),
        *steps,
        step("tell", "公布", "报账员", "tell"),
        Node("done", "endEvent", "办结", "报账员"),
    ]
    flows = [Flow(one.id, two.id) for one, two in pairwise(nodes)]
    return folder(key, "民意征求", nodes, flows, {"tell": form(TELL)}, "报账员")


def asking(**changes: str) -> Node:
    return step("gather", "征求", "村委会主任", **(ASK | changes))


def answering(of: str = "征求") -> Node:
    return step("reply", "回复", "村委会主任", kind="consult", of=of)


def publishing(**changes: str) -> Node:
    return step("show", "公示", "村委会主任", **(PUBLISH | changes))


def photo() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), "white").save(buffer, "PNG")
    return buffer.getvalue()


class Square:
    """Acts by people's names: 主任 organises, 文书 enters paper, 代表1, 代表2, … are asked."""

    def __init__(self, runtime: Runtime, world: World, *steps: Node, asked: int = 30) -> None:
        self.runtime, self.world = runtime, world
        self.asked = [f"代表{number}" for number in range(1, asked + 1)]
        runtime.database.run(self._settle)
        operations.publish_procedure(runtime, None, procedure("ask", steps), "county")

    def _settle(self, c: Any) -> None:
        for name in self.asked:
            self.settle(c, name, "村民代表")

    def settle(self, c: Any, name: str, post: str) -> int:
        """One more person of the village with an account."""
        village, now = self.world.units["village"], self.runtime.now()
        row = c.execute(insert(people).values(unit_id=village, name=name))
        self.world.people[name] = person = int(row.inserted_primary_key[0])
        appoint(c, person, post, village, SINCE)
        login = {"person_id": person, "login": f"q{person}", "password_hash": "-", "generation": 0}
        c.execute(insert(accounts).values(login))
        self.world.tokens[name] = create_token(c, person, now)
        return person

    def id(self, name: str) -> int:
        return self.world.people[name]

    def matter(self) -> tuple[str, str]:
        """A matter that has just started: its id and that of its first task."""
        done = operations.start_matter(self.runtime, self.id("报账"), "ask", "village", "村口道路硬化")
        return done.instance_id, done.open_tasks[0]["id"]

    def act(self, task: str, name: str, by: str, data: Mapping[str, Any] | None = None, **more: Any) -> Any:
        return operations.act_on_task(self.runtime, self.id(by), task, name, data or {}, **more)

    def say(self, task: str, *, yes: int = 0, no: int = 0) -> None:
        """The first representatives hand in their opinions."""
        for place, name in enumerate(self.asked[: yes + no]):
            stance = "赞成" if place < yes else "反对"
            self.act(task, "add_opinion", name, {"立场": stance, "内容": f"{name}说{stance}"})

    def paper(self, by: str) -> dict[str, Any]:
        stored = operations.upload_file(self.runtime, self.id(by), photo(), "意见卡.png")
        return {"id": stored["id"], "name": stored["name"]}

    def publish(self, task: str, *channels: str, **data: Any) -> Any:
        rows = [{"渠道": name, "凭证": [self.paper("主任")]} for name in channels or ("村务公开栏",)]
        return self.act(task, "publish", "主任", {"渠道": rows} | data)

    # ------------------------------------------------------------ what became of it

    def rows(self, task: str) -> list[Any]:
        query = select(opinions).where(opinions.c.task_id == task).order_by(opinions.c.id)
        return self.runtime.database.look(lambda c: list(c.execute(query)))

    def count(self, task: str) -> int:
        query = select(func.count()).select_from(opinions).where(opinions.c.task_id == task)
        return int(self.runtime.database.look(lambda c: c.scalar(query)) or 0)

    def result(self, matter: str, key: str) -> Mapping[str, Any] | None:
        """What stands in the matter's data under this key."""
        query = select(instances.c.state).where(instances.c.id == matter)
        state = self.runtime.database.look(lambda c: c.scalar(query))
        found: Mapping[str, Any] | None = orjson.loads(bytes(state))["data"].get(key)
        return found

    def state_size(self, matter: str) -> int:
        query = select(instances.c.state).where(instances.c.id == matter)
        return len(bytes(self.runtime.database.look(lambda c: c.scalar(query))))

    def open(self, matter: str) -> dict[str, str]:
        """Open steps by name, with their tasks."""
        query = select(tasks.c.name, tasks.c.id).where(tasks.c.instance_id == matter)
        return self.runtime.database.look(lambda c: {row.name: row.id for row in c.execute(query)})
