"""A village that votes: a chair, a recorder, any number of representatives, and a procedure to vote in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select

from engine import operations
from engine.people.accounts import create_token
from engine.people.tenures import appoint
from engine.runtime import Runtime
from engine.store.tables import accounts, instances, people, tasks
from engine.store.voting import votes
from tests.procedures import Flow, Node, folder, form, step
from tests.world import SINCE, World

QUORUM = "至少 2/3 应到；至少 2/3 组成人员"
MAJORITY = "至少 2/3 到会；超过 1/2 到会组成人员"
STAFF = {"主席": "村代会主席", "监督": "村务监督委员会主任", "委员": "村委会委员"}
NEXT = "公布"


def procedure(**properties: str) -> dict[str, bytes]:
    """审定 (by 报账员, names the motions) → 票决 → 公布."""
    settings = {
        "kind": "ballot",
        "meeting": "村民代表会议",
        "roll": "村民代表",
        "also": "村委会成员",
        "quorum": QUORUM,
        "majority": MAJORITY,
        "motions": "{审定.议案}",
    }
    nodes = [
        Node("start", "startEvent", "开始", "报账员"),
        step("settle", "审定", "报账员", "settle"),
        step("poll", "票决", "村代会主席", **(settings | properties)),
        step("tell", NEXT, "报账员", "tell"),
        Node("done", "endEvent", "办结", "报账员"),
    ]
    flows = [Flow("start", "settle"), Flow("settle", "poll"), Flow("poll", "tell"), Flow("tell", "done")]
    motion = {"type": "textfield", "key": "议案", "label": "议案", "validate": {"required": True}}
    rows = {"type": "dynamiclist", "path": "议案", "label": "议案", "components": [motion]}
    note = {"type": "textfield", "key": "说明", "label": "说明"}
    people = {"type": "checklist", "key": "人选", "label": "人选", "properties": {"people": "村民代表"}}
    return folder("vote", "表决", nodes, flows, {"settle": form(rows, people), "tell": form(note)}, "报账员")


class Hall:
    """Acts on a vote by people's names: 主席, 文书, 监督, 委员, 代表1, 代表2, …"""

    def __init__(self, runtime: Runtime, world: World, representatives: int = 30, **properties: str) -> None:
        self.runtime, self.world = runtime, world
        self.way = {} if properties.get("method", "any") in ("phone", "paper", "hands") else {"方式": "named"}
        self.voters = [f"代表{number}" for number in range(1, representatives + 1)]
        runtime.database.run(self._settle)
        operations.publish_procedure(runtime, None, procedure(**properties), "county")

    def _settle(self, c: Any) -> None:
        village, now = self.world.units["village"], self.runtime.now()
        posts = STAFF | dict.fromkeys(self.voters, "村民代表")
        for name, post in posts.items():
            row = c.execute(insert(people).values(unit_id=village, name=name))
            self.world.people[name] = person = int(row.inserted_primary_key[0])
            appoint(c, person, post, village, SINCE)
            login = {"person_id": person, "login": f"v{person}", "password_hash": "-", "generation": 0}
            c.execute(insert(accounts).values(login))
            self.world.tokens[name] = create_token(c, person, now)

    def id(self, name: str) -> int:
        return self.world.people[name]

    def ids(self, names: Sequence[str]) -> list[int]:
        return [self.world.people[name] for name in names]

    # ------------------------------------------------------------ a matter

    def matter(self, *motions: str, people: Sequence[str] = ()) -> tuple[str, str]:
        """A matter that stands at its vote, with `people` as those who stand: its id and the task's."""
        done = operations.start_matter(self.runtime, self.id("报账"), "vote", "village", "村口道路硬化")
        rows = [{"议案": text} for text in motions or ("修路",)]
        settled = done.open_tasks[0]["id"]
        after = operations.complete_task(
            self.runtime, self.id("报账"), settled, {"议案": rows, "人选": self.ids(people)}
        )
        return done.instance_id, after.open_tasks[0]["id"]

    def opened(self, *motions: str, present: int | None = None, also: Sequence[str] = (), **data: Any) -> str:
        """A vote that is open, with the first `present` representatives there; its task."""
        _, task = self.matter(*motions)
        self.convene(task)
        self.open(task, [*self.voters[:present], *also], **data)
        return task

    def convene(self, task: str, when: str = "2026-03-05T09:00", **data: Any) -> None:
        self.act(task, "convene", "主席", {"时间": when, "地点": "村委会会议室"} | data)

    def open(self, task: str, present: Sequence[str], **data: Any) -> None:
        self.act(task, "open", "主席", self.way | {"到会": self.ids(present)} | data)

    def act(self, task: str, name: str, by: str, data: Mapping[str, Any] | None = None, **more: Any) -> Any:
        return operations.act_on_task(self.runtime, self.id(by), task, name, data or {}, **more)

    def cast(self, task: str, yes: int = 0, no: int = 0, abstain: int = 0, motion: int = 1) -> None:
        choices = ["赞成"] * yes + ["反对"] * no + ["弃权"] * abstain
        for voter, choice in zip(self.voters, choices, strict=False):
            self.act(task, "cast", voter, {"motion": motion, "choice": choice})

    def cast_by(self, task: str, voters: Sequence[str], choice: str, motion: int = 1) -> None:
        for voter in voters:
            self.act(task, "cast", voter, {"motion": motion, "choice": choice})

    # ------------------------------------------------------------ what became of it

    def votes(self, task: str) -> int:
        query = select(func.count()).select_from(votes).where(votes.c.task_id == task)
        return int(self.runtime.database.look(lambda c: c.scalar(query)) or 0)

    def result(self, matter: str) -> Mapping[str, Any]:
        """What stands in the matter's data under 票决."""
        import orjson

        query = select(instances.c.state).where(instances.c.id == matter)
        state = self.runtime.database.look(lambda c: c.scalar(query))
        found: Mapping[str, Any] = orjson.loads(bytes(state))["data"]["票决"]
        return found

    def state_size(self, matter: str) -> int:
        query = select(instances.c.state).where(instances.c.id == matter)
        return len(bytes(self.runtime.database.look(lambda c: c.scalar(query))))

    def settings_size(self, task: str) -> int:
        import orjson

        query = select(tasks.c.settings).where(tasks.c.id == task)
        return len(orjson.dumps(self.runtime.database.look(lambda c: c.scalar(query))))


def figures(**changes: Any) -> dict[str, Any]:
    """A count of thirty papers that is right."""
    right = {"发出": 30, "收回": 30, "有效": 30, "无效": 0, "赞成": 20, "反对": 6, "弃权": 4}
    return right | changes
