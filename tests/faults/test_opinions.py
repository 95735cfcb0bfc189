"""Opinions and feedback at the moment of the end, on real processes: each is counted or refused, none is lost."""

from datetime import timedelta

from sqlalchemy import update

from engine.store.proceedings import notices
from engine.store.tables import tasks
from tests.consulting import Square, answering, asking, publishing
from tests.faults.town import Answer, Site, Town, at_once, eventually

ASKED = 12


def act(site: Site, who: str, task: str, name: str, data: object) -> Answer:
    return site.call(who, "POST", f"/tasks/{task}/actions/{name}", {"data": data})


def test_an_opinion_at_the_moment_of_summing_up_is_counted_or_refused(town: Town) -> None:
    square = Square(town.runtime, town.world, asking(coverage="至少 1/3 应征"), asked=ASKED)
    with town.serve() as site:
        for _ in range(2):
            matter, task = square.matter()
            square.say(task, yes=4)
            calls = [
                lambda who=who, task=task: act(
                    site, who, task, "add_opinion", {"立场": "反对", "内容": "再想想"}
                )
                for who in square.asked[4:]
            ]
            calls.insert(4, lambda task=task: act(site, "主任", task, "close", {}))
            answers = at_once(calls)
            assert {status for status, _ in answers} <= {200, 404, 409}, answers
            assert answers[4][0] == 200, answers[4]
            heard = 4 + sum(status == 200 for status, _ in answers) - 1
            result = square.result(matter, "征求")
            assert result is not None
            assert result["条数"] == square.count(task) == heard
    town.verify()


def test_one_person_twice_at_once_has_one_opinion(town: Town) -> None:
    square = Square(town.runtime, town.world, asking(), asked=4)
    with town.serve() as site:
        _, task = square.matter()
        calls = [
            lambda who=who, stance=stance: act(site, who, task, "add_opinion", {"立场": stance, "内容": "说"})
            for who in square.asked
            for stance in ("赞成", "反对", "其他")
        ]
        answers = at_once(calls)
    assert sorted({status for status, _ in answers}) == [200, 409], answers
    assert square.count(task) == sum(status == 200 for status, _ in answers) == 4


def test_answering_while_it_is_closed_leaves_the_figures_and_the_answers_the_same(town: Town) -> None:
    square = Square(town.runtime, town.world, asking(coverage="至少 1/3 应征"), answering(), asked=4)
    with town.serve() as site:
        matter, task = square.matter()
        square.say(task, yes=4)
        square.act(task, "close", "主任")
        reply = square.open(matter)["回复"]
        square.act(reply, "answer", "主任", {"答复": [{"编号": "1-4", "采纳": "采纳"}]})
        change = {"答复": [{"编号": "1-4", "采纳": "不采纳", "答复": "没有钱"}]}
        calls = [lambda: act(site, "主任", reply, "answer", change)] * 3
        calls.insert(1, lambda: act(site, "主任", reply, "close", {}))
        answers = at_once(calls)
        assert {status for status, _ in answers} <= {200, 404, 409, 422}, answers
        result = square.result(matter, "回复")
        assert result is not None
        adopted = [row.adopted for row in square.rows(task)]
        assert result["采纳"] == adopted.count("采纳") and result["不采纳"] == adopted.count("不采纳")
    town.verify()


def test_feedback_in_the_last_second_is_counted_or_refused(town: Town) -> None:
    """The clock ends the notice in a process of its own while people still speak."""
    square = Square(town.runtime, town.world, publishing(answers="later"), asked=1)
    with town.serve() as site, town.worker():
        matter, task = square.matter()
        square.publish(task)
        _let_it_end(town, task)
        taken = 0

        def speak() -> bool:
            nonlocal taken
            calls = [
                lambda: act(
                    site, "文书", task, "add_feedback", {"类别": "异议", "内容": "不公平", "姓名": ""}
                )
            ] * 3
            statuses = [status for status, _ in at_once(calls)]
            assert set(statuses) <= {200, 404, 409}, statuses
            taken += statuses.count(200)
            return statuses.count(200) == 0

        eventually(speak, pause=0)
        eventually(lambda: "公示" not in square.open(matter))
    result = square.result(matter, "公示")
    assert result is not None and taken > 0
    assert result["反馈"] == result["异议"] == square.count(task) == taken
    town.verify()


def _let_it_end(town: Town, task: str) -> None:
    """The notice has hung for a week; two seconds are left."""
    soon = town.runtime.now() + timedelta(seconds=2)

    def change(c: object) -> None:
        c.execute(update(notices).where(notices.c.task_id == task).values(ends_at=soon))  # type: ignore[attr-defined]
        c.execute(update(tasks).where(tasks.c.id == task).values(closes_at=soon))  # type: ignore[attr-defined]

    town.runtime.database.run(change)
