"""What many do on one step at the same moment, on two server processes: opinions, ratings, a notice, a meeting."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select

from engine.store.proceedings import meeting_members, ratings
from tests.consulting import Square, asking, publishing
from tests.faults.town import Answer, Site, Town, at_once
from tests.procedures import Node, step

ASKED = 8
FEW = {"coverage": "至少 1/4 应征"}
RATING = {"kind": "assess", "from": "村民代表", "pass": "至少 1/2 收回票", "least": "2", "until": "7d"}
MEETING = {"kind": "deliberate", "roll": "村民代表", "quorum": "至少 1/2 应到", "outcomes": "通过 不通过"}


def square(town: Town, *steps: Node) -> Square:
    return Square(town.runtime, town.world, *steps, asked=ASKED)


def act(site: Site, who: str, task: str, name: str, **data: Any) -> Answer:
    return site.call(who, "POST", f"/tasks/{task}/actions/{name}", {"data": data})


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(status for status, _ in answers)


def test_a_double_tap_of_everybody_is_one_opinion_each(town: Town) -> None:
    here = square(town, asking())
    _, task = here.matter()
    with town.serve() as site:
        calls = [
            lambda who=who: act(site, who, task, "add_opinion", 立场="赞成", 内容="好")
            for who in here.asked
            for _ in range(2)
        ]
        answers = at_once(calls)
        assert statuses(answers) == {200: ASKED, 409: ASKED}, answers
        assert here.count(task) == ASKED
    town.verify()


def test_an_opinion_at_the_moment_of_the_summing_up_is_counted_or_refused(town: Town) -> None:
    here = square(town, asking(**FEW))
    matter, task = here.matter()
    here.say(task, yes=2)
    with town.serve() as site:
        calls = [lambda: act(site, "主任", task, "close", 归纳="两人赞成")]
        calls += [lambda who=who: act(site, who, task, "add_opinion", 立场="反对") for who in here.asked[2:]]
        answers = at_once(calls)
        # 404: whoever had not spoken has no part in the matter any more when the step is over
        assert set(statuses(answers)) <= {200, 404, 409} and answers[0][0] == 200, answers
    result = here.result(matter, "征求")
    assert result is not None and result["条数"] == here.count(task) == 2 + statuses(answers)[200] - 1
    town.verify()


def test_a_notice_goes_out_once(town: Town) -> None:
    here = square(town, publishing(shows=""))
    matter, task = here.matter()
    rows = [{"渠道": "村务公开栏", "凭证": [here.paper("主任")]}]
    with town.serve() as site:
        answers = at_once([lambda: act(site, "主任", task, "publish", 渠道=rows)] * 4)
        assert statuses(answers) == {200: 1, 409: 3}, answers
        assert len(town.entries(matter, "publish")) == 1
        said = [lambda: act(site, "文书", task, "add_feedback", 类别="异议", 内容="不公平")] * 4
        assert statuses(at_once(said)) == {200: 4}
        answer = {"采纳": "采纳", "编号": "1-4"}
        answers = at_once([lambda: act(site, "主任", task, "answer", 答复=[answer])] * 3)
        assert set(statuses(answers)) <= {200, 409}, answers
        seen = site.call("主任", "GET", f"/tasks/{task}")[1]["proceeding"]
        assert (seen["answered"]["items"], seen["answered"]["adopted"]) == (4, 4)
    town.verify()


def test_everybody_rates_once(town: Town) -> None:
    here = square(town, step("rate", "测评", "村委会主任", **RATING))
    matter, task = here.matter()
    with town.serve() as site:
        calls = [
            lambda who=who, score=score: act(site, who, task, "rate", 评价=score)
            for who in here.asked[:6]
            for score in ("满意", "不满意")
        ]
        assert statuses(at_once(calls)) == {200: 6, 409: 6}
        photo = [here.paper("文书")]
        papers = [lambda: act(site, "文书", task, "add_batch", 满意=2, 照片=photo)] * 3
        answers = at_once(papers)
        assert statuses(answers) == {200: 1, 422: 2}, "there are papers for two people, not for six"
        answers = at_once([lambda: act(site, "主任", task, "close")] * 3)
        assert statuses(answers) == {200: 1, 409: 2}, answers
    result = here.result(matter, "测评")
    rated = select(func.sum(ratings.c.number)).where(ratings.c.task_id == task)
    assert result is not None and result["参评"] == ASKED
    assert town.runtime.database.look(lambda c: c.scalar(rated)) == ASKED
    town.verify()


def test_a_meeting_opens_once_and_its_roll_is_frozen_once(town: Town) -> None:
    here = square(town, step("meet", "审议", "村委会主任", **MEETING))
    matter, task = here.matter()
    there = [here.id(who) for who in here.asked[:5]]
    with town.serve() as site:
        convened = {"时间": "2026-03-02T09:00", "地点": "村部"}
        calls = [lambda who=who: act(site, who, task, "convene", **convened) for who in ("主任", "文书")]
        assert set(statuses(at_once(calls))) <= {200, 409}
        calls = [lambda who=who: act(site, who, task, "open", 到会=there) for who in ("主任", "文书") * 2]
        answers = at_once(calls)
        assert statuses(answers) == {200: 1, 409: 3}, answers
        signing = [lambda who=who: act(site, who, task, "attend") for who in here.asked[5:] * 2]
        assert set(statuses(at_once(signing))) <= {200, 409}
        closing = [lambda who=who: act(site, who, task, "close", 结论="通过") for who in ("主任", "文书")]
        answers = at_once(closing)
        assert statuses(answers) == {200: 1, 409: 1}, answers
    result = here.result(matter, "审议")
    assert result is not None and (result["应到"], result["实到"]) == (ASKED, ASKED)
    members = select(func.count()).select_from(meeting_members)
    assert town.runtime.database.look(lambda c: c.scalar(members)) == ASKED
    town.verify()
