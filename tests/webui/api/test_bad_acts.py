"""Each thing that people try on a collective step and must not: one clear answer, and nothing lost."""

from datetime import date, timedelta

import pytest

from engine import operations
from engine.people.tenures import appoint, dismiss
from tests import procedures
from tests.consulting import answering, asking, publishing
from tests.procedures import Flow, Node, form, step, text
from tests.webui.api.conftest import Api, problem
from tests.webui.api.village import (
    BATCH,
    FIGURES,
    RATING,
    Data,
    announcing,
    at,
    channel,
    convening,
    poll,
    three_there,
)
from tests.world import SINCE


def test_a_second_ballot(api: Api) -> None:
    village = at(api, poll())
    village.opened()
    village.does("代表1", "cast", {"motion": 1, "choice": "赞成"})
    village.refuses(409, "voted", "代表1", "cast", {"motion": 1, "choice": "反对"})
    village.refuses(422, "motion-unknown", "代表1", "cast", {"motion": 2, "choice": "反对"})
    twice = {"votes": [{"motion": 1, "choice": "赞成"}] * 2}
    village.refuses(422, "motion-twice", "代表2", "cast", twice)
    assert "choice" in village.refuses(422, "form", "代表2", "cast", {"choice": "随便"})["fields"]
    assert "choice" in village.refuses(422, "choice-missing", "代表2", "cast", {"motion": 1})["fields"]


def test_a_ballot_by_somebody_who_is_not_on_the_roll(api: Api) -> None:
    village = at(api, poll(), asked=5)
    village.opened(present=4)
    village.refuses(403, "not-yours", "会计", "cast", {"choice": "赞成"})
    village.refuses(403, "not-present", "代表5", "cast", {"choice": "赞成"})
    village.api.runtime.database.run(
        lambda c: appoint(c, village.id("老报"), "村民代表", village.api.world.units["village"], SINCE)
    )
    village.refuses(403, "not-on-roll", "老报", "cast", {"choice": "赞成"})


def test_a_ballot_for_somebody_else(api: Api) -> None:
    village = at(api, poll())
    village.opened()
    papers = [village.paper("文书")[0]["id"]]
    behalf = {"on_behalf_of": village.id("代表1"), "papers": papers}
    village.refuses(403, "no-behalf", "文书", "cast", {"choice": "赞成"}, **behalf)


def test_an_opinion_for_somebody_else(api: Api) -> None:
    """Only the clerk, only for who is asked, only with a photo of the paper; and the person has spoken."""
    village, said = at(api, asking()), {"立场": "赞成", "内容": "好"}
    papers = [village.paper("文书")[0]["id"]]
    for_one = {"on_behalf_of": village.id("代表1"), "papers": papers}
    assert (
        "papers"
        in village.refuses(422, "form", "文书", "add_opinion", said, **for_one | {"papers": []})["fields"]
    )
    village.refuses(403, "not-clerk", "代表2", "add_opinion", said, **for_one)
    for nobody in (village.id("会计"), village.id("外村"), 10**6):
        village.refuses(
            422, "behalf-person", "文书", "add_opinion", said, **for_one | {"on_behalf_of": nobody}
        )
    village.refuses(
        422, "behalf-self", "文书", "add_opinion", said, **for_one | {"on_behalf_of": village.id("文书")}
    )
    assert village.acts("文书", "add_opinion", said, **for_one).status_code == 200
    village.refuses(409, "answered", "文书", "add_opinion", said, **for_one)
    village.refuses(409, "answered", "代表1", "add_opinion", said)
    assert village.sees("主任")["proceeding"]["items"][0]["entered_by"] == "文书"


def test_a_ballot_after_closing(api: Api) -> None:
    village = at(api, poll())
    village.opened()
    for number in (1, 2):
        village.does(f"代表{number}", "cast", {"choice": "赞成"})
    village.does("主任", "close")
    error = village.refuses(409, "task-done", "代表3", "cast", {"choice": "反对"})
    assert error["message"] == "“票决”刚刚已由主任结束，不能再投票、提意见或更改"
    village.refuses(409, "task-done", "主任", "close")
    assert village.results()["票决"]["议案"][0]["赞成"] == 2


def test_somebody_withdrawn_between_freezing_and_voting(api: Api) -> None:
    village = at(api, poll())
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
def test_counts_that_cannot_be(api: Api, changes: Data, field: str) -> None:
    village = at(api, poll())
    village.opened("paper")
    assert field in village.refuses(422, "count", "文书", "enter_count", FIGURES | dict(changes))["fields"]
    assert "赞成" in village.refuses(422, "form", "文书", "enter_count", FIGURES | {"赞成": -1})["fields"]


def test_more_papers_back_than_were_handed_out(api: Api) -> None:
    village = at(api, poll())
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


def test_a_count_confirmed_by_who_entered_it(api: Api) -> None:
    village = at(api, poll())
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


def test_a_meeting_opened_without_its_announcement(api: Api) -> None:
    """LB-2.1, and the acts out of their order."""
    village = at(api, poll(announce="3d"))
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


def test_html_in_an_opinion_is_text(api: Api) -> None:
    village = at(api, asking(), answering(), publishing())
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


def test_opinions_out_of_order(api: Api) -> None:
    village = at(api, asking(), answering())
    village.refuses(422, "too-few", "主任", "close", {"归纳": "没有"})
    village.does("代表1", "add_opinion", {"立场": "赞成"})
    village.refuses(409, "answered", "代表1", "add_opinion", {"立场": "反对"})
    assert "立场" in village.refuses(422, "form", "代表2", "add_opinion", {"立场": "中立"})["fields"]
    assert "照片" in village.refuses(422, "form", "文书", "add_batch", {"意见": BATCH})["fields"]
    village.refuses(422, "opinion-unknown", "代表2", "withdraw")


def test_notices_out_of_order(api: Api) -> None:
    village = at(api, publishing(shows="", least="2"))
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
    village.waits(timedelta(days=9))
    village.refuses(422, "unanswered", "主任", "close")


def test_ratings_out_of_order(api: Api) -> None:
    village = at(api, step("rate", "测评", "村委会主任", **RATING))
    village.refuses(422, "too-few", "主任", "close")
    village.does("代表1", "rate", {"评价": "满意"})
    village.refuses(409, "rated", "代表1", "rate", {"评价": "不满意"})
    papers = {"满意": 3, "照片": village.paper("文书")}
    village.refuses(422, "too-many-papers", "文书", "add_batch", papers)
    assert "满意" in village.refuses(422, "form", "文书", "add_batch", papers | {"满意": 0})["fields"]
    village.refuses(422, "nothing-to-withdraw", "代表2", "withdraw")
