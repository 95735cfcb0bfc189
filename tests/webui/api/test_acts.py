"""POST /tasks/{id}/actions/{name} for every act of every kind: who may, what is asked for, and that a refusal changes
nothing. Then each thing that people try and must not: one clear answer, and nothing lost.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import select

from engine import operations
from engine.clock import VirtualClock
from engine.people.tenures import appoint, dismiss
from engine.queries.proceedings import VIEWS
from engine.store.metadata import metadata
from tests import procedures
from tests.consulting import PUBLISH, Square, answering, asking, photo, publishing
from tests.procedures import Flow, Node, form, step, text
from tests.webui.api.conftest import Api, problem
from tests.world import SINCE
from webui.api.openapi import document
from webui.api.proceedings import SHAPES

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
FIGURES = {"发出": 3, "收回": 3, "有效": 3, "无效": 0, "赞成": 2, "反对": 1, "弃权": 0}


@dataclass
class Village:
    """主任 leads, 文书 keeps the record, 会计 sees to the count, 代表1 to 代表3 have a voice; 经管 may look on, 外村
    may not; one matter stands at one step.
    """

    api: Api
    square: Square
    steps: Sequence[Node]
    task: str = ""
    matter: str = ""

    def __post_init__(self) -> None:
        self.matter, self.task = self.square.matter()

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
        self.api.runtime.clock.move_to(MEETING_DAY)  # type: ignore[attr-defined]
        there = [self.id(f"代表{number}") for number in range(1, present + 1)]
        self.does("主任", "open", {"到会": there, "方式": method})


Stage = Callable[..., Village]


@pytest.fixture
def stage(api: Api) -> Stage:
    def build(*steps: Node, asked: int = 3) -> Village:
        return Village(api, Square(api.runtime, api.world, *steps, asked=asked), steps)

    return build


def poll(**changes: str) -> Node:
    return step("poll", "票决", "村委会主任", **(VOTING | changes))


MEETING_DAY = VirtualClock().now + timedelta(days=2)


# ---------------------------------------------------------------- every act


@dataclass(frozen=True)
class Done:
    """One act on the way through a step: by whom, with what. `wait` is time that passes before it."""

    who: str
    name: str
    data: Callable[[Village], Data] = field(default=lambda _: {})
    wait: timedelta = timedelta()


def convening(_: Village) -> Data:
    return {"时间": MEETING_DAY.strftime("%Y-%m-%dT%H:%M"), "地点": "村部"}


def announcing(village: Village) -> Data:
    return {"渠道": ["村务公开栏"], "凭证": village.paper("文书")}


def three_there(village: Village) -> list[int]:
    return [village.id(name) for name in ("主任", "代表1", "代表2")]


def channel(village: Village) -> Data:
    return {"渠道": [{"渠道": "村务公开栏", "凭证": village.paper("主任")}]}


DAYS = timedelta(days=2, hours=12)
TOLD = [Done("主任", "convene", convening), Done("文书", "announce", announcing)]
WAYS: dict[str, tuple[list[Node], list[Done]]] = {
    "a vote by name": (
        [poll()],
        [
            *TOLD,
            Done("主任", "open", lambda v: {"到会": three_there(v), "方式": "named"}, DAYS),
            Done("代表3", "attend"),
            Done("文书", "revise", lambda _: {"motion": 1, "议案": "修路，先调地"}),
            Done("主任", "read_out", lambda _: {"motion": 1}),
            Done("代表1", "cast", lambda _: {"motion": 1, "choice": "赞成"}),
            Done("代表2", "cast", lambda _: {"motion": 1, "choice": "赞成"}),
            Done("代表3", "cast", lambda _: {"votes": [{"motion": 1, "choice": "弃权"}]}),
            Done("主任", "close"),
        ],
    ),
    "a vote on paper": (
        [poll(announce="")],
        [
            Done("主任", "convene", convening),
            Done(
                "主任",
                "open",
                lambda v: {
                    "到会": [*three_there(v), v.id("代表3")],
                    "方式": "paper",
                    "监票人": [v.id("会计")],
                },
            ),
            Done("文书", "enter_count", lambda _: FIGURES | {"motion": 1}),
            Done("会计", "confirm_count", lambda _: {"motion": 1}),
            Done("文书", "close"),
        ],
    ),
    "a meeting": (
        [step("meet", "审议", "村委会主任", kind="deliberate", outcomes="通过 不通过", **MEETING)],
        [
            *TOLD,
            Done("主任", "open", lambda v: {"到会": three_there(v)}, DAYS),
            Done("代表3", "attend"),
            Done("文书", "close", lambda _: {"结论": "通过"}),
        ],
    ),
    "a consultation": (
        [asking()],
        [
            Done("代表1", "add_opinion", lambda _: {"立场": "赞成", "内容": "好"}),
            Done("代表1", "withdraw"),
            Done("文书", "add_batch", lambda v: {"意见": BATCH, "照片": v.paper("文书")}),
            Done("主任", "close", lambda _: {"归纳": "都赞成"}),
        ],
    ),
    "a notice": (
        [publishing(shows="")],
        [
            Done("主任", "publish", channel),
            Done("文书", "add_feedback", lambda _: {"类别": "异议", "内容": "不公平"}),
            Done("主任", "answer", lambda _: {"答复": [{"采纳": "采纳"}]}),
            Done("主任", "close", wait=timedelta(days=8)),
        ],
    ),
    "an assessment": (
        [step("rate", "测评", "村委会主任", **RATING)],
        [
            Done("代表1", "rate", lambda _: {"评价": "满意"}),
            Done("代表1", "withdraw"),
            Done("文书", "add_batch", lambda v: {"满意": 2, "不满意": 1, "照片": v.paper("文书")}),
            Done("主任", "close"),
        ],
    ),
}
BATCH = [{"姓名": "代表1、代表2", "立场": "赞成", "内容": "好"}]


@pytest.mark.parametrize("way", WAYS)
def test_every_act_asks_who_and_what(stage: Stage, way: str) -> None:
    steps, acts = WAYS[way]
    village = stage(*steps)
    for act in acts:
        village.api.runtime.clock.move_to(village.api.runtime.now() + act.wait)  # type: ignore[attr-defined]
        data = act.data(village)
        assert act.name in village.sees(act.who)["proceeding"]["acts"], "what may be done now is told"
        _asks_who(village, act.name, data)
        _asks_what(village, act, data)
        told = village.does(act.who, act.name, data)
        assert (told["id"], told["instance"]) == (village.task, village.matter)
        _keeps_to_the_description(village, act.who)
    assert told["status"] == "done"
    for act in acts:
        error = village.refuses(409, "task-done", act.who, act.name, {})
        assert "已由" in error["message"], "it says who was faster"
        village.refuses(404, "task-unknown", "外村", act.name, {})


def _asks_who(village: Village, name: str, data: Data) -> None:
    before = village.everything()
    path = f"/api/v1/tasks/{village.task}/actions/{name}"
    problem(village.api.client.post(path, json={"data": data}), 401, "unauthenticated")
    problem(village.acts("外村", name, data), 404, "task-unknown")
    error = problem(village.acts("经管", name, data), 403)
    assert error["code"] in ("not-yours", "not-on-roll")
    assert village.everything() == before


def _asks_what(village: Village, act: Done, data: Data) -> None:
    error = village.refuses(422, "form", act.who, act.name, {**data, "别的": 1})
    assert "别的" in error["fields"]
    before = village.everything()
    path = f"/tasks/{village.task}/actions/{act.name}"
    for body, at_fault in (({}, "data"), ({"data": []}, "data"), ({"data": data, "motion": 1}, "motion")):
        assert at_fault in problem(village.api.post(act.who, path, body), 422)["fields"]
    assert village.everything() == before


DESCRIBED = document("0")


def _keeps_to_the_description(village: Village, who: str) -> None:
    """What is to be seen of the step, for who acts and for who looks on; afterwards that it is done."""
    answers = DESCRIBED["paths"]["/tasks/{task_id}"]["get"]["responses"]
    for reader in (who, "文书", "经管"):
        seen = village.api.get(reader, f"/tasks/{village.task}")
        if seen.status_code != 200:
            problem(seen, 409, "task-closed")
            continue
        schema = answers["200"]["content"]["application/json"]["schema"]
        Draft202012Validator(schema | {"components": DESCRIBED["components"]}).validate(seen.get_json())


def test_the_description_explains_every_proceeding() -> None:
    schemas = DESCRIBED["components"]["schemas"]
    OpenAPIV31SpecValidator(DESCRIBED).validate()
    [*shapes, nothing] = schemas["OpenTask"]["properties"]["proceeding"]["anyOf"]
    assert len(shapes) == len(VIEWS) and nothing == {"type": "null"}
    for name, schema in schemas.items():
        if name in SHAPES:
            assert {"description"} <= schema.keys()
            assert all(part["description"] for part in schema["properties"].values()), name
        elif name != "Problem":
            assert re.search("[一-鿿]", schema["description"]), (
                f"{name} is to be explained in webui.api.proceedings"
            )


@pytest.mark.parametrize("way", WAYS)
def test_an_act_that_the_step_does_not_have(stage: Stage, way: str) -> None:
    village = stage(*WAYS[way][0])
    assert "可以用" in village.refuses(422, "action-unknown", "主任", "nonsense")["message"]


def test_the_other_kinds_do_not_have_it_either(api: Api) -> None:
    [fill] = api.start()["open_tasks"]
    problem(api.post("报账", f"/tasks/{fill['id']}/actions/cast", {"data": {}}), 422, "action-unknown")
    problem(api.post("报账", f"/tasks/{'0' * 32}/actions/cast", {"data": {}}), 404, "task-unknown")


# ---------------------------------------------------------------- what people try


def test_a_second_ballot(stage: Stage) -> None:
    village = stage(poll())
    village.opened()
    village.does("代表1", "cast", {"motion": 1, "choice": "赞成"})
    village.refuses(409, "voted", "代表1", "cast", {"motion": 1, "choice": "反对"})
    village.refuses(422, "motion-unknown", "代表1", "cast", {"motion": 2, "choice": "反对"})
    twice = {"votes": [{"motion": 1, "choice": "赞成"}] * 2}
    village.refuses(422, "motion-twice", "代表2", "cast", twice)
    assert "choice" in village.refuses(422, "form", "代表2", "cast", {"choice": "随便"})["fields"]
    assert "choice" in village.refuses(422, "choice-missing", "代表2", "cast", {"motion": 1})["fields"]


def test_a_ballot_by_somebody_who_is_not_on_the_roll(stage: Stage) -> None:
    village = stage(poll(), asked=5)
    village.opened(present=4)
    village.refuses(403, "not-yours", "会计", "cast", {"choice": "赞成"})
    village.refuses(403, "not-present", "代表5", "cast", {"choice": "赞成"})
    village.api.runtime.database.run(
        lambda c: appoint(c, village.id("老报"), "村民代表", village.api.world.units["village"], SINCE)
    )
    village.refuses(403, "not-on-roll", "老报", "cast", {"choice": "赞成"})


def test_a_ballot_for_somebody_else(stage: Stage) -> None:
    village = stage(poll())
    village.opened()
    papers = [village.paper("文书")[0]["id"]]
    behalf = {"on_behalf_of": village.id("代表1"), "papers": papers}
    village.refuses(403, "no-behalf", "文书", "cast", {"choice": "赞成"}, **behalf)


def test_a_ballot_after_closing(stage: Stage) -> None:
    village = stage(poll())
    village.opened()
    for number in (1, 2):
        village.does(f"代表{number}", "cast", {"choice": "赞成"})
    village.does("主任", "close")
    error = village.refuses(409, "task-done", "代表3", "cast", {"choice": "反对"})
    assert error["message"] == "“票决”刚刚已由主任结束，不能再投票、提意见或更改"
    village.refuses(409, "task-done", "主任", "close")
    assert village.results()["票决"]["议案"][0]["赞成"] == 2


def test_somebody_withdrawn_between_freezing_and_voting(stage: Stage) -> None:
    village = stage(poll())
    village.opened()
    unit = village.api.world.units["village"]
    gone = date(2026, 1, 1)
    village.api.runtime.database.run(lambda c: dismiss(c, village.id("代表3"), "村民代表", unit, gone))
    village.refuses(403, "no-longer-voter", "代表3", "cast", {"choice": "反对"})
    for number in (1, 2):
        village.does(f"代表{number}", "cast", {"choice": "赞成"})
    village.does("主任", "close")
    assert village.results()["票决"]["应到"] == 3, "the roll stays as it was frozen"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"发出": 4, "收回": 4, "有效": 4, "赞成": 3}, "发出"),
        ({"收回": 2}, "收回"),
        ({"赞成": 3}, "有效"),
        ({"实到": 2}, "实到"),
        ({"应到": 30}, "应到"),
    ],
)
def test_counts_that_cannot_be(stage: Stage, changes: Data, field: str) -> None:
    village = stage(poll())
    village.opened("paper")
    assert field in village.refuses(422, "count", "文书", "enter_count", FIGURES | changes)["fields"]
    assert "赞成" in village.refuses(422, "form", "文书", "enter_count", FIGURES | {"赞成": -1})["fields"]


def test_more_papers_back_than_were_handed_out(stage: Stage) -> None:
    village = stage(poll())
    village.opened("paper")
    village.refuses(422, "ballot-paper", "代表1", "cast", {"choice": "赞成"})
    village.does("文书", "enter_count", FIGURES | {"收回": 4, "有效": 4, "赞成": 3})
    assert village.sees("主任")["proceeding"]["motions"][0]["sheet"]["void"] is True
    village.does("会计", "confirm_count")
    error = village.refuses(422, "motion-open", "主任", "close")
    assert "上一次投票无效" in error["message"]
    village.does("文书", "enter_count", FIGURES)
    village.does("会计", "confirm_count")
    village.does("主任", "close")
    assert village.results()["票决"]["结论"] == "通过"


def test_a_count_confirmed_by_who_entered_it(stage: Stage) -> None:
    village = stage(poll())
    village.opened("paper")
    village.refuses(422, "count-missing", "会计", "confirm_count")
    village.does("主任", "enter_count", FIGURES)
    village.refuses(403, "count-own", "主任", "confirm_count")
    village.does("文书", "enter_count", FIGURES)
    village.refuses(403, "not-yours", "文书", "confirm_count")
    village.refuses(403, "not-scrutineer", "代表1", "confirm_count")
    village.refuses(422, "count-open", "主任", "close")
    village.does("会计", "confirm_count")
    village.refuses(409, "count-confirmed", "会计", "confirm_count")
    village.refuses(409, "count-confirmed", "文书", "enter_count", FIGURES)


def test_a_meeting_opened_without_its_announcement(stage: Stage) -> None:
    """LB-2.1, and the acts out of their order."""
    village = stage(poll(announce="3d"))
    opening = {"到会": three_there(village), "方式": "named"}
    village.refuses(422, "not-convened", "主任", "open", opening)
    village.refuses(422, "not-convened", "文书", "announce", announcing(village))
    village.does("主任", "convene", convening(village))
    assert "LB-2.1" in village.refuses(422, "not-announced", "主任", "open", opening)["message"]
    village.refuses(422, "announced-late", "文书", "announce", announcing(village))
    village.refuses(422, "meeting-not-open", "代表1", "attend")
    village.refuses(422, "meeting-not-open", "代表1", "cast", {"choice": "赞成"})


def test_a_commitment_by_somebody_who_is_not_responsible(api: Api) -> None:
    who = {"type": "select", "key": "责任人", "label": "责任人", "properties": {"people": "会计 文书"}}
    nodes = [
        Node("start", "startEvent", "开始", "报账员"),
        step("divide", "分工", "报账员", "who"),
        step("promise", "承诺", "责任人", "say", who="{分工.责任人}"),
        Node("done", "endEvent", "办结", "报账员"),
    ]
    flows = [Flow("start", "divide"), Flow("divide", "promise"), Flow("promise", "done")]
    forms = {"who": form(who), "say": form(text("内容", required=True))}
    folder = procedures.folder("pledge", "承诺", nodes, flows, forms, "报账员")
    operations.publish_procedure(api.runtime, None, folder, "county")
    [divide] = api.start("pledge")["open_tasks"]
    path = f"/tasks/{divide['id']}/complete"
    for stranger in (api.world.people["书记"], 10**6, "会计"):
        assert (
            "责任人" in problem(api.post("报账", path, {"data": {"责任人": stranger}}), 422, "form")["fields"]
        )
    after = api.complete("报账", divide["id"], {"责任人": api.world.people["会计"]})
    promise = after["open_tasks"][0]["id"]
    for name, status in (("文书", 403), ("主任", 403), ("外村", 404)):
        problem(api.post(name, f"/tasks/{promise}/actions/complete", {"data": {"内容": "我来"}}), status)
    assert api.complete("会计", promise, {"内容": "十天内办好"})["status"] == "completed"


HTML = '<script>alert("1")</script><b>修路</b> & \u202e'


def test_html_in_an_opinion_is_text(stage: Stage) -> None:
    village = stage(asking(), answering(), publishing())
    village.does("代表1", "add_opinion", {"立场": "赞成", "内容": HTML})
    answer = village.api.get("主任", f"/tasks/{village.task}")
    assert answer.content_type == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.get_json()["proceeding"]["items"][0]["content"] == HTML
    village.does("文书", "add_batch", {"意见": ROW, "照片": village.paper("文书")})
    village.does("主任", "close", {"归纳": HTML})
    assert village.results()["征求"]["归纳"] == HTML


ROW = [
    {"姓名": "代表2", "立场": "反对", "内容": "路宽了占地"},
    {"姓名": "<i>张三</i>", "立场": "反对", "内容": "<img src=x onerror=alert(1)>"},
]


def test_opinions_out_of_order(stage: Stage) -> None:
    village = stage(asking(), answering())
    village.refuses(422, "too-few", "主任", "close", {"归纳": "没有"})
    village.does("代表1", "add_opinion", {"立场": "赞成"})
    village.refuses(409, "answered", "代表1", "add_opinion", {"立场": "反对"})
    assert "立场" in village.refuses(422, "form", "代表2", "add_opinion", {"立场": "中立"})["fields"]
    assert "照片" in village.refuses(422, "form", "文书", "add_batch", {"意见": BATCH})["fields"]
    village.refuses(422, "opinion-unknown", "代表2", "withdraw")


def test_notices_out_of_order(stage: Stage) -> None:
    village = stage(publishing(shows="", least="2"))
    feedback = {"类别": "异议", "内容": "不公平"}
    village.refuses(422, "not-published", "文书", "add_feedback", feedback)
    village.refuses(422, "channels-few", "主任", "publish", channel(village))
    bare = {"渠道": [{"渠道": "村务公开栏", "凭证": []}, {"渠道": "微信群", "凭证": []}]}
    assert village.refuses(422, "form", "主任", "publish", bare)["fields"]
    rows = [{"渠道": one, "凭证": village.paper("主任")} for one in ("村务公开栏", "微信群")]
    village.does("主任", "publish", {"渠道": rows})
    village.refuses(409, "published", "主任", "publish", {"渠道": rows})
    village.does("文书", "add_feedback", feedback)
    village.refuses(422, "too-early", "主任", "close")
    village.refuses(422, "reply-missing", "主任", "answer", {"答复": [{"采纳": "不采纳"}]})
    village.refuses(422, "opinion-unknown", "主任", "answer", {"答复": [{"编号": "7", "采纳": "采纳"}]})
    village.api.runtime.clock.move_to(village.api.runtime.now() + timedelta(days=9))  # type: ignore[attr-defined]
    village.refuses(422, "unanswered", "主任", "close")
    assert PUBLISH["days"] == "7d"


def test_ratings_out_of_order(stage: Stage) -> None:
    village = stage(step("rate", "测评", "村委会主任", **RATING))
    village.refuses(422, "too-few", "主任", "close")
    village.does("代表1", "rate", {"评价": "满意"})
    village.refuses(409, "rated", "代表1", "rate", {"评价": "不满意"})
    papers = {"满意": 3, "照片": village.paper("文书")}
    village.refuses(422, "too-many-papers", "文书", "add_batch", papers)
    assert "满意" in village.refuses(422, "form", "文书", "add_batch", papers | {"满意": 0})["fields"]
    village.refuses(422, "nothing-to-withdraw", "代表2", "withdraw")
