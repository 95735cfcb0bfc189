"""六步 on the server, from the proposal to the promises: what only shows where people, clock and database meet."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine import operations
from engine.clock import VirtualClock
from engine.people.tenures import appoint
from engine.queries import tasks as queries
from engine.refusal import Forbidden
from engine.runtime import Runtime
from engine.store import Database
from engine.store.tables import instances, parameter_sets, tasks
from engine.worker import Worker
from tests import world
from tests.consulting import photo

PROCESSES = Path("processes")
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine in the morning
MORE = {"主席": "村代会主席", "会长": "理事会会长", "理事": "理事会理事", "监督": "村务监督委员会主任"}
ROLL = {f"代表{n}": "村民代表" for n in range(1, 6)} | {f"户{n}": "户代表" for n in range(1, 4)}
HELD = {"时间": "2026-03-02T08:00", "地点": "村部"}


class Village:
    """Acts by people's names on the steps of one matter."""

    def __init__(self, database: Database) -> None:
        self.clock, self.database = VirtualClock(MONDAY), database
        self.world = world.settle(database, MONDAY)
        self.runtime = Runtime(database, world.configuration(database), self.clock)
        self.worker = Worker(self.runtime)
        for name, post in (MORE | ROLL).items():
            person, _ = operations.add_person(self.runtime, self["管得宽"], "village", name)
            self.world.people[name] = person
            database.run(
                lambda c, p=person, d=post: appoint(c, p, d, self.world.units["village"], world.SINCE)
            )
        for key in ("zhichu", "liubu"):
            operations.publish_procedure(self.runtime, None, _files(PROCESSES / key), "county")
        started = operations.start_matter(self.runtime, self["书记"], "liubu", "village", "硬化三组的路")
        self.matter = started.instance_id

    def __getitem__(self, name: str) -> int:
        return self.world.people[name]

    def open(self, step: str) -> list[Any]:
        mine = (tasks.c.instance_id == self.matter, tasks.c.name == step)
        with self.database.read() as c:
            return list(c.execute(select(tasks).where(*mine).order_by(tasks.c.id)))

    def view(self, name: str, task: str) -> queries.TaskView:
        with self.database.read() as c:
            actor = self.runtime.actor(c, self[name])
        return queries.task(self.runtime, actor, task)

    def does(self, name: str, step: str, data: Mapping[str, Any], action: str = "complete") -> None:
        [task] = self.open(step)
        operations.act_on_task(self.runtime, self[name], task.id, action, data)

    def photo(self, name: str) -> list[dict[str, str]]:
        kept = operations.upload_file(self.runtime, self[name], photo(), "照片.png")
        return [{"id": kept["id"], "name": kept["name"]}]

    def publishes(self, step: str) -> None:
        rows = [{"渠道": channel, "凭证": self.photo("主任")} for channel in ("微信群", "村务公开栏")]
        self.does("主任", step, {"渠道": rows}, "publish")

    def wait(self, **time: float) -> None:
        self.clock.move_to(self.clock.now + timedelta(**time))
        while self.worker.tick():
            pass

    # ------------------------------------------------------------ stretches

    def decides(self) -> None:
        """Up to the decision, carried by all five who may vote."""
        everybody = [self[name] for name in ROLL if name.startswith("代表")]
        self.does("书记", "提议", HELD | {"到会": [self["书记"]], "结论": "提交征求意见"}, "close")
        self.does("主任", "拟征求意见稿", {"内容": "铺路", "涉及": "三组", "花费": 0})
        self.does("书记", "把关审查", {"结论": "可以征求意见"})
        for number in (1, 2):
            self.does(f"户{number}", "征求意见", {"立场": "赞成"}, "add_opinion")
        self.does("主任", "征求意见", {"归纳": "赞成"}, "close")
        self.does("书记", "入户宣传", {"方式": ["入户宣传"], "户数": 3, "照片": self.photo("书记")})
        topic = {"到会": [self["书记"]], "结论": "确定为议题", "议案": [{"议案": "硬化三组的路"}]}
        self.does("书记", "确定议题", HELD | topic, "close")
        self.does("主席", "村代会票决", {"时间": "2026-03-05T19:30", "地点": "礼堂"}, "convene")
        told = {"渠道": ["微信群"], "凭证": self.photo("文书")}
        self.does("文书", "村代会票决", told, "announce")
        self.wait(days=3, hours=11)
        self.does("主席", "村代会票决", {"到会": everybody, "方式": "named"}, "open")
        for name in (name for name in ROLL if name.startswith("代表")):
            self.does(name, "村代会票决", {"choice": "赞成"}, "cast")
        self.does("主席", "村代会票决", {}, "close")

    def plans(self) -> None:
        self.publishes("公示决议")
        self.wait(days=8)
        rows = [("路基平整", "会长"), ("浇筑路面", "理事")]
        clear = {"标准": "压实", "时限": "2026-05-01"}
        plan = [{"任务": task, "责任人": self[who]} | clear for task, who in rows]
        self.does("主任", "任务分解", {"方案": "分段施工", "事项": plan})
        self.publishes("公开实施方案")
        self.wait(days=4)


@pytest.fixture
def village(database: Database) -> Village:
    return Village(database)


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_the_matter_keeps_the_parameters_of_what_it_calls(village: Village) -> None:
    kept = select(parameter_sets.c["values"]).join(
        instances, instances.c.parameter_set_id == parameter_sets.c.id
    )
    with village.database.read() as c:
        values = c.scalar(kept.where(instances.c.id == village.matter))
    assert (values["大额标准"], values["公示天数"]) == (5000, "7d")


def test_a_notice_that_hangs_is_not_overdue_and_is_once_its_days_are_over(village: Village) -> None:
    village.decides()
    [task] = village.open("公示决议")
    assert task.due_at < village.clock.now + timedelta(days=7)  # it has to go up soon
    village.publishes("公示决议")
    said = {"类别": "异议", "内容": "不同意", "姓名": "张三"}
    village.does("文书", "公示决议", said, "add_feedback")
    village.wait(days=7)
    [task] = village.open("公示决议")
    assert task.due_at == task.closes_at and task.reminded_at is None
    village.wait(days=1)
    [task] = village.open("公示决议")
    assert task.reminded_at is not None  # the objection has no answer yet


def test_each_promises_what_is_theirs_and_the_notice_says_so(village: Village) -> None:
    village.decides()
    village.plans()
    promises = {task.id: village.view("书记", task.id).item for task in village.open("公开承诺")}
    by_name = {lines[1].text: task for task, lines in promises.items()}
    assert [line.label for line in promises[by_name["会长"]]] == [
        "任务",
        "责任人",
        "做到什么标准",
        "哪天以前做完",
    ]
    with pytest.raises(Forbidden, match="不归您办"):
        operations.complete_task(village.runtime, village["理事"], by_name["会长"], {"内容": "我替他"})
    for name, words in (("理事", "五一前浇好"), ("会长", "四月前平整好")):
        operations.complete_task(village.runtime, village[name], by_name[name], {"内容": words})
    [task] = village.open("公示承诺书")
    text = village.view("主任", task.id).proceeding.content
    assert "路基平整（会长）：四月前平整好" in text
    assert "浇筑路面（理事）：五一前浇好" in text
