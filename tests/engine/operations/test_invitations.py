"""Who is invited to a meeting answers, gives the seat away where that is allowed, and is there or gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine import operations
from engine.queries import tasks as task_queries
from engine.refusal import Refusal
from engine.store.proceedings import meeting_households, meeting_members, meeting_replies, meetings
from engine.store.tables import household_members, households, people, registrations, representations
from tests.engine.operations.conftest import Office
from tests.engine.operations.test_meetings import Hall
from tests.hall import procedure
from tests.voting import procedure as vote
from tests.world import SINCE

HOUSES = procedure("houses", quorum="至少 4/5 户", roll="户代表", delegate="户内")
EVERYBODY = procedure("everybody", announce="10d", roll="村民", quorum="超过 1/2 应到")
SPOKEN = procedure("spoken", quorum="至少 2/3 户", roll="村民代表")


@pytest.fixture
def hall(office: Office) -> Hall:
    return Hall(office)


def waits(hall: Hall, name: str) -> list[str]:
    """The steps on somebody's 待办."""
    runtime = hall.office.runtime
    with hall.office.database.read() as c:
        actor = runtime.actor(c, hall.office[name])
    return [card.step for card in task_queries.todo(runtime, actor).items]


def invited(hall: Hall, task: str, by: str = "主任") -> Any:
    return hall.view(task, by).proceeding.meeting.invited


def test_who_is_invited_answers_once_and_is_asked_again_when_it_matters(hall: Hall) -> None:
    task = hall.start()
    assert waits(hall, "代表1") == []
    hall.refused("not-convened", task, "reply", "代表1", 答复="参加")
    hall.convene(task)
    assert waits(hall, "代表1") == ["开会审议"] and hall.view(task, "代表1").proceeding.acts == ("reply",)
    hall.refused("form", task, "reply", "代表1")
    hall.refused("form", task, "reply", "代表1", 答复="委托")  # a delegate never (FD-1)
    hall.act(task, "reply", "代表1", 答复="参加")
    hall.act(task, "reply", "代表2", 答复="请假", 理由="在外打工")
    assert waits(hall, "代表1") == waits(hall, "代表2") == []
    hall.act(task, "reply", "代表1", 答复="请假")  # the last word counts
    seen = invited(hall, task)
    assert (seen.coming, seen.leave, seen.silent) == (0, 2, 28)
    assert [(one.name, one.reason) for one in seen.answers] == [("代表1", ""), ("代表2", "在外打工")]
    assert invited(hall, task, "代表3").answers == [] and invited(hall, task, "代表2").mine.reply == "leave"

    hall.convene(task, "2026-03-02T20:00")  # put off: asked again
    assert waits(hall, "代表1") == ["开会审议"] and invited(hall, task).silent == 30
    hall.act(task, "reply", "代表1", 答复="请假")
    hall.announce(task)
    hall.act(task, "open", 到会=hall.delegates[1:21])
    assert waits(hall, "代表1") == ["开会审议"]  # there is something to do now
    marked = {m.name: m.attendance for m in hall.view(task).proceeding.meeting.members}
    assert (marked["代表1"], marked["代表2"], marked["代表30"]) == ("leave", "present", "unknown")
    hall.refused("meeting-opened", task, "reply", "代表30", 答复="参加")


def test_chair_and_recorder_write_down_what_was_said_on_the_telephone(hall: Hall) -> None:
    task = hall.start()
    hall.convene(task)
    one, two, three = hall.delegates[:3]
    hall.act(task, "reply", "文书", 参加的人=[one, two], 请假的人=[three])
    hall.act(task, "reply", "文书", 答复="参加", on_behalf_of=hall.delegates[3])  # there is no paper to show
    hall.refused("reply-others", task, "reply", "代表5", 参加的人=[one])
    hall.refused("marked-twice", task, "reply", "文书", 参加的人=[one], 请假的人=[one])
    hall.refused("not-on-roll", task, "reply", "主任", 答复="参加")
    seen = invited(hall, task)
    assert (seen.coming, seen.leave, seen.silent) == (3, 1, 26)
    assert {one.entered_by for one in seen.answers} == {"文书"} and waits(hall, "代表4") == []


def test_an_item_put_on_the_agenda_later_asks_nobody_once_more(hall: Hall) -> None:
    first, second = hall.start(title="修路"), hall.start(title="修水渠")
    hall.convene(first)
    hall.act(first, "reply", "代表1", 答复="参加")
    hall.act(second, "convene", 会议=hall.view(first).proceeding.meeting.id)
    assert waits(hall, "代表1") == [] and len(waits(hall, "代表2")) == 2
    hall.act(second, "reply", "代表2", 答复="参加")
    assert waits(hall, "代表2") == []


def test_who_leaves_early_was_there_and_is_no_more(hall: Hall) -> None:
    task = hall.opened(hall.start(), 20)
    hall.refused("never-came", task, "attend", 早退=[hall.delegates[25]])
    hall.act(task, "attend", 早退=hall.delegates[:2])
    seen = hall.view(task).proceeding
    assert (seen.meeting.record.present, seen.meeting.record.came, seen.quorum.missing) == (18, 20, 2)
    hall.act(task, "attend", "代表1")  # back again
    hall.act(task, "attend", "代表21")
    assert hall.view(task).proceeding.quorum.holds
    with hall.office.database.read() as c:
        row = c.execute(select(meeting_members).where(meeting_members.c.attendance == "left")).one()
    assert row.person_id == hall.delegates[1] and row.came_at is not None and row.left_at is not None
    done = hall.act(task, "close", 结论="通过", 初步议案="修路")
    assert done.results["审议"]["实到"] == 21


# ---------------------------------------------------------------- households


def household(hall: Hall, number: str, *members: tuple[str, date | None], register: bool = True) -> list[int]:
    """A household with its head first, who stands on the register of 户代表."""
    village, ids = hall.office.world.units["village"], list[int]()

    def settle(c: Any) -> None:
        home = c.execute(insert(households).values(unit_id=village, number=number)).inserted_primary_key[0]
        for place, (name, born) in enumerate(members):
            row = c.execute(insert(people).values(unit_id=village, name=name, born=born))
            ids.append(int(row.inserted_primary_key[0]))
            hall.office.world.people[name] = ids[-1]
            member = {"household_id": home, "person_id": ids[-1], "is_head": place == 0}
            c.execute(insert(household_members).values(**member))
        if register:
            held = {"register": "户代表", "unit_id": village, "starts_on": SINCE, "person_id": ids[0]}
            c.execute(insert(registrations).values(**held))

    hall.office.database.run(settle)
    return ids


def houses(hall: Hall) -> str:
    """Five households; their matter stands at its meeting."""
    operations.publish_procedure(hall.office.runtime, None, HOUSES, "county")
    for number in range(1, 6):
        wife, child = (f"户{number}妻", date(1980, 5, 1)), (f"户{number}子", date(2008, 3, 3))
        household(hall, f"{number}", (f"户{number}", None), wife, child)
    return hall.start("houses")


def test_a_seat_goes_to_an_adult_of_the_household(hall: Hall) -> None:
    task = houses(hall)
    office = hall.office
    hall.convene(task)
    refused = [
        ("户2妻", "同一户"),
        ("户1", "同一户"),
        ("户1子", "18 周岁"),
    ]  # 18 on the day after the meeting
    for name, why in refused:
        message = hall.refused("delegate", task, "reply", "户1", 答复="委托", 受托人=office[name]).message
        assert why in message
    assert invited(hall, task, "户1").may_send == [(office["户1妻"], "户1妻")]
    hall.act(task, "reply", "户1", 答复="委托", 受托人=office["户1妻"])
    hall.act(task, "open", 到会=[office["户1"], office["户2"], office["户3"]])
    assert waits(hall, "户1") == []
    members = {m.name: m for m in hall.view(task).proceeding.meeting.members}
    assert members["户1妻"].in_place_of == "户1" and members["户1妻"].attendance == "present"
    assert "户1" not in members and members["户1妻"].seat == office["户1"]
    hall.refused("not-on-roll", task, "attend", "户1")
    hall.act(task, "attend", 早退=[office["户1"]])  # the seat, whoever has it
    hall.act(task, "attend", "户1妻")
    assert hall.view(task, "户1妻").proceeding.meeting.mine == "present"


def test_a_quorum_of_households(hall: Hall) -> None:
    task = houses(hall)
    office = hall.office
    hall.convene(task)
    hall.act(task, "open", 到会=[office[f"户{n}"] for n in (1, 2, 3)])
    seen = hall.view(task).proceeding
    assert not seen.quorum.holds and seen.quorum.reckoned == ("到会户 3 × 5 < 户 5 × 4",)
    assert (seen.quorum.missing, seen.quorum.unit) == (1, "户")
    message = hall.refused("inquorate", task, "close", 结论="形成意见").message
    assert "还差 1 户" in message
    hall.act(task, "attend", "户4")
    record = hall.view(task).proceeding.meeting.record
    assert (record.households, record.households_present) == (5, 4)
    hall.act(task, "attend", 早退=[office["户4"]])
    record = hall.view(task).proceeding.meeting.record
    assert (record.households_present, record.households_left, record.households_came) == (3, 1, 4)


def test_delegates_speak_for_the_households_they_look_after(hall: Hall) -> None:
    operations.publish_procedure(hall.office.runtime, None, SPOKEN, "county")
    for number in range(1, 7):
        household(hall, f"{number}", (f"户{number}", None), register=False)

    def look_after(c: Any) -> None:
        homes = list(c.scalars(select(households.c.id).order_by(households.c.id)))
        for person, home in zip([0, 0, 0, 1, 1], homes, strict=False):
            row = {"person_id": hall.delegates[person], "household_id": home, "starts_on": SINCE}
            c.execute(insert(representations).values(**row))

    hall.office.database.run(look_after)
    task = hall.start("spoken")
    hall.convene(task)
    hall.act(task, "open", 到会=[hall.delegates[0]])
    assert "到会户 3 × 3 < 户 6 × 2" in hall.view(task).proceeding.quorum.reckoned
    hall.act(task, "attend", "代表2")
    assert hall.view(task).proceeding.quorum.holds
    with hall.office.database.read() as c:
        weights = dict(c.execute(select(meeting_members.c.person_id, meeting_members.c.weight)).all())
        assert c.scalar(select(meetings.c.households)) == 6
        assert len(c.execute(select(meeting_households)).all()) == 5
    assert [weights[person] for person in hall.delegates[:3]] == [3, 2, 0]


def test_a_seat_that_two_gave_away_to_one_is_given_once(hall: Hall) -> None:
    """Two of one household on the register may name the same third person at the same moment."""
    task = houses(hall)
    office = hall.office
    village = office.world.units["village"]
    held = {"register": "户代表", "unit_id": village, "starts_on": SINCE, "person_id": office["户1妻"]}
    office.database.run(lambda c: c.execute(insert(registrations).values(**held)))
    office.database.run(
        lambda c: c.execute(
            update(people).where(people.c.id == office["户1子"]).values(born=date(1999, 1, 1))
        )
    )
    hall.convene(task)
    hall.act(task, "reply", "户1", 答复="委托", 受托人=office["户1子"])
    hall.refused("delegate", task, "reply", "户1妻", 答复="委托", 受托人=office["户1子"])
    hall.act(task, "reply", "户1妻", 答复="参加")
    given = {"reply": "delegate", "delegate_id": office["户1子"]}
    own = meeting_replies.c.person_id == office["户1妻"]
    office.database.run(lambda c: c.execute(update(meeting_replies).where(own).values(**given)))
    hall.act(task, "open", 到会=[])
    names = {m.name: m.in_place_of for m in hall.view(task).proceeding.meeting.members}
    assert names["户1子"] == "户1" and names["户1妻"] is None and "户1" not in names


def test_a_meeting_of_the_village_is_public_ten_days_before(hall: Hall) -> None:
    """FD-2, from convening to the opening: the day of the announcement is not counted."""
    operations.publish_procedure(hall.office.runtime, None, EVERYBODY, "county")
    task = hall.start("everybody")
    hall.convene(task, "2026-03-11T19:00")  # nine days on
    with pytest.raises(Refusal, match=r"提前 10 天公开.*最早 3 月 12 日"):
        hall.announce(task)
    hall.convene(task, "2026-03-12T09:00")
    hall.announce(task)
    assert waits(hall, "百姓") == ["开会审议"]
    hall.office.wait(days=9)
    hall.refused("announced-late", task, "open", 到会=[])
    assert "3 月 12 日起才能开会" in hall.view(task).proceeding.hindrance
    hall.office.wait(days=1)
    hall.act(task, "open", 到会=[hall.office["百姓"]])
    assert hall.view(task).proceeding.meeting.record.present == 1


def test_whoever_has_the_seat_votes(hall: Hall) -> None:
    """One household, one vote: the delegate's counts, and who gave the seat away has none."""
    office, runtime = hall.office, hall.office.runtime
    office.add("主席", "村代会主席")
    terms = {"roll": "户代表", "also": "", "delegate": "户内", "weights": "户", "method": "named"}
    bounds = {"quorum": "至少 2/3 户", "majority": "超过 1/2 到会户"}
    operations.publish_procedure(runtime, None, vote(**terms, **bounds), "county")
    for number in range(1, 4):
        household(hall, f"{number}", (f"户{number}", None), (f"户{number}妻", date(1980, 5, 1)))
    matter = operations.start_matter(runtime, office["报账"], "vote", "village", "修路")
    office.do(matter.instance_id, "审定", "报账", {"议案": [{"议案": "修路"}]})
    task = office.task(matter.instance_id, "票决").id
    hall.act(task, "convene", "主席", 时间="2026-03-02T19:00", 地点="村委会")
    hall.act(task, "reply", "户1", 答复="委托", 受托人=office["户1妻"])
    hall.act(task, "open", "主席", 到会=[office["户1"], office["户2"]])
    assert waits(hall, "户1妻") == ["票决"] and waits(hall, "户1") == []
    assert hall.view(task, "户1妻").proceeding.acts == ("cast",)
    with pytest.raises(Refusal):
        hall.act(task, "cast", "户1", motion=1, choice="反对")
    mine = registrations.c.person_id == office["户1"]
    for ends_on in (
        date(2026, 3, 1),
        None,
    ):  # his seat is taken from him: she has no vote by it, until he has it back
        office.database.run(
            lambda c, day=ends_on: c.execute(update(registrations).where(mine).values(ends_on=day))
        )
        office.database.run(
            lambda c: c.execute(
                update(people).where(people.c.name == "户1").values(standing=people.c.standing + 1)
            )
        )
        if ends_on:
            hall.refused("no-longer-voter", task, "cast", "户1妻", motion=1, choice="赞成")
    hall.act(task, "cast", "户1妻", motion=1, choice="赞成")
    hall.act(task, "attend", "主席", 早退=[office["户1"]])  # she has voted, and goes
    hall.refused("inquorate", task, "cast", "户2", motion=1, choice="赞成")
    hall.act(task, "attend", "户3")
    for name in ("户2", "户3"):
        hall.act(task, "cast", name, motion=1, choice="赞成")
    done = hall.act(task, "close", "主席")
    result = done.results["票决"]
    assert result["结论"] == "通过" and result["议案"][0]["赞成"] == 3


def test_two_taps_are_one_answer(hall: Hall) -> None:
    task = hall.start()
    hall.convene(task)

    def tap(number: int) -> None:
        hall.act(task, "reply", f"代表{number % 3 + 1}", 答复="参加")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tap, range(12)))
    assert (invited(hall, task).coming, invited(hall, task).silent) == (3, 27)


def test_the_vote_of_a_household_is_with_whoever_of_it_is_there(hall: Hall) -> None:
    """One household, one vote (FD-4): the head's; where the head has not come, that of the wife who has; never both."""
    office, runtime = hall.office, hall.office.runtime
    office.add("主席", "村代会主席")
    terms = {"roll": "户代表", "also": "", "weights": "户", "method": "named"}
    bounds = {"quorum": "至少 2/3 户", "majority": "超过 1/2 到会户"}
    operations.publish_procedure(runtime, None, vote(**terms, **bounds), "county")
    for number in range(1, 4):
        household(hall, f"{number}", (f"户{number}", None), (f"户{number}妻", date(1980, 5, 1)))
    held = {"register": "户代表", "unit_id": office.world.units["village"], "starts_on": SINCE}
    wives = [held | {"person_id": office[f"户{number}妻"]} for number in (1, 2)]
    office.database.run(lambda c: c.execute(insert(registrations), wives))
    matter = operations.start_matter(runtime, office["报账"], "vote", "village", "修路")
    office.do(matter.instance_id, "审定", "报账", {"议案": [{"议案": "修路"}, {"议案": "建桥"}]})
    task = office.task(matter.instance_id, "票决").id
    hall.act(task, "convene", "主席", 时间="2026-03-02T19:00", 地点="村委会")
    hall.act(task, "open", "主席", 到会=[office["户1妻"], office["户2"], office["户2妻"]])
    assert hall.view(task).proceeding.meeting.record.households_present == 2  # HW-3.2: any of it is enough
    hall.refused("no-household", task, "cast", "户2妻", motion=1, choice="反对")
    hall.act(task, "cast", "户1妻", motion=1, choice="赞成")
    hall.act(
        task, "attend", "户1"
    )  # the head comes late; his household has voted, and goes on with whoever began
    hall.refused("no-household", task, "cast", "户1", motion=1, choice="赞成")
    hall.refused("no-household", task, "cast", "户1", motion=2, choice="赞成")
    hall.act(task, "cast", "户1妻", motion=2, choice="赞成")
    hall.act(task, "attend", "主席", 早退=[office["户2"]])  # before he has voted: his wife is there
    for motion in (1, 2):
        hall.act(task, "cast", "户2妻", motion=motion, choice="反对")
    hall.act(task, "attend", "户2")
    hall.refused("no-household", task, "cast", "户2", motion=1, choice="反对")
    hall.act(task, "attend", "户3")
    for motion in (1, 2):
        hall.act(task, "cast", "户3", motion=motion, choice="赞成")
    result = hall.act(task, "close", "主席").results["票决"]
    assert [(m["赞成"], m["反对"]) for m in result["议案"]] == [(2, 1), (2, 1)]
    assert (result["到会户数"], result["户数"]) == (3, 3)
