"""Two people do the same thing at the same moment, on two server processes: one does it, the other is told who did."""

from tests.faults.town import Town, at_once

ROUNDS = 8


def test_a_step_completed_twice_at_once(town: Town) -> None:
    instance, task = town.start("turns")
    with town.serve() as site:
        for n in range(ROUNDS):
            calls = [
                lambda who=who, n=n, task=task: site.complete(who, task, {"序号": n})
                for who in ("报账", "老报")
            ]
            if n == 0:  # the first one is 报账's by claim
                calls = [calls[0], lambda task=task: site.complete("报账", task, {"序号": 0})]
            (_, won), (status, lost) = sorted(at_once(calls), key=lambda answer: answer[0])
            assert status == 409, lost
            assert "刚刚已由" in lost["error"]["message"], lost
            [task] = [t["id"] for t in won["open_tasks"]]
    assert [s.data["序号"] for s in town.handed_in(instance)] == list(range(ROUNDS))
    assert town.row(instance).revision == 1 + ROUNDS
    town.verify()


def test_a_step_claimed_by_two_at_once(town: Town) -> None:
    with town.serve() as site:
        for _ in range(ROUNDS):
            instance, task = town.start("turns")
            assert site.call("报账", "POST", f"/tasks/{task}/release")[0] == 200
            people = ("报账", "老报")
            answers = at_once(
                [lambda who=who, t=task: site.call(who, "POST", f"/tasks/{t}/claim") for who in people]
            )
            assert sorted(status for status, _ in answers) == [200, 409], answers
            winner = people[[status for status, _ in answers].index(200)]
            [message] = [body["error"]["message"] for status, body in answers if status == 409]
            assert f"刚刚已由{winner}签收" in message
            assert len(town.entries(instance, "claim")) == 1
    town.verify()


def test_both_sign_at_once_and_nobody_twice(town: Town) -> None:
    """A joint approval: both answers count, whoever was first; the same person twice counts once."""
    with town.serve() as site:
        for _ in range(ROUNDS // 2):
            instance, task = town.start("spend")
            _, after = site.complete("报账", task, {"金额": 100, "用途": "石料"})
            [sign] = [t["id"] for t in after["open_tasks"]]
            people = ("书记", "主任", "书记", "主任")
            answers = at_once(
                [lambda who=who, t=sign: site.complete(who, t, {"结论": "同意"}) for who in people]
            )
            assert sorted(status for status, _ in answers) == [200, 200, 409, 409], answers
            signed = [s.person_id for s in town.handed_in(instance) if s.seat]
            assert sorted(signed) == sorted(town.world.people[who] for who in ("书记", "主任"))
            assert [
                t["name"] for t in site.call("会计", "GET", f"/instances/{instance}")[1]["open_tasks"]
            ] == ["登记"]
    town.verify()
