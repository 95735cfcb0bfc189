"""票决 on the server: every way of voting wrongly is refused, and what is right is counted once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine import operations
from engine.people.tenures import dismiss
from engine.queries import ballots as ballot_queries
from engine.queries import tasks as task_queries
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken, Refusal
from engine.steps.counting import FIGURES
from engine.store import count_statements
from engine.store.proceedings import meetings
from engine.store.tables import journal
from engine.store.voting import counts, motions
from tests.voting import Hall, figures


@pytest.fixture
def hall(office):
    return Hall(office.runtime, office.world)


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def photo_of(office, by):
    from tests.engine.operations.conftest import photo

    return operations.upload_file(office.runtime, office[by], photo(), "计票单.png")["id"]


# ---------------------------------------------------------------- by name


def test_a_vote_goes_from_the_notice_to_the_decision(hall, office):
    matter, task = hall.matter("修路", "建桥")
    hall.convene(task)
    hall.open(task, [*hall.voters[:29], "委员", "主任"])
    hall.act(task, "attend", "代表30")
    for voter in hall.voters:
        choice = "赞成" if hall.voters.index(voter) < 20 else "反对"
        both = [{"motion": 1, "choice": choice}, {"motion": 2, "choice": "反对"}]
        hall.act(task, "cast", voter, {"votes": both})
    done = hall.act(task, "close", "主席", {"纪要": "逐项表决"})
    assert [t["name"] for t in done.open_tasks] == ["公布"]
    result = hall.result(matter)
    assert result["结论"] == "部分通过"
    assert (result["应到"], result["实到"], result["组成人员"], result["到会组成人员"]) == (30, 30, 32, 32)
    assert result["通过的议案"] == ["修路"] and result["未通过的议案"] == ["建桥"]
    assert result["办理人"] == [hall.id("主席")]
    with office.database.read() as c:
        assert c.execute(select(meetings.c.status, meetings.c.minutes)).one() == ("held", "逐项表决")


def test_a_lost_quorum_ends_without_a_vote(hall, office):
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters[:19])
    with refusal(Invalid, "inquorate"):
        hall.cast(task, yes=1)
    hall.act(task, "close", "文书")
    assert hall.result(matter)["结论"] == "未达法定人数"
    assert hall.result(matter)["依据"] == ["到会 19 × 3 < 应到 30 × 2", "到会 19 × 3 < 组成人员 32 × 2"]
    with office.database.read() as c:
        assert c.scalar(select(meetings.c.status)) == "inquorate"


def test_nobody_votes_twice(hall):
    task = hall.opened("修路", "建桥")
    hall.act(task, "cast", "代表1", {"motion": 1, "choice": "赞成"})
    with refusal(Overtaken, "voted"):
        hall.act(task, "cast", "代表1", {"motion": 1, "choice": "反对"})
    with refusal(Overtaken, "voted"):
        hall.act(
            task,
            "cast",
            "代表1",
            {"votes": [{"motion": 2, "choice": "赞成"}, {"motion": 1, "choice": "反对"}]},
        )
    assert hall.votes(task) == 1


def test_who_is_not_on_the_roll_does_not_vote(hall, office):
    task = hall.opened()
    with refusal(Forbidden, "not-yours"):
        hall.act(task, "cast", "委员", {"choice": "赞成"})
    with refusal(NotVisible, "task-unknown"):
        hall.act(task, "cast", "外村", {"choice": "赞成"})
    office.add("新代表", "村民代表")
    with refusal(Forbidden, "not-on-roll"):
        hall.act(task, "cast", "新代表", {"choice": "赞成"})


def test_who_is_not_there_does_not_vote(hall):
    task = hall.opened(present=25)
    with refusal(Forbidden, "not-present"):
        hall.act(task, "cast", "代表30", {"choice": "赞成"})
    hall.act(task, "attend", "文书", {"到会": [hall.id("代表30")]})
    hall.act(task, "cast", "代表30", {"choice": "赞成"})


def test_who_was_withdrawn_since_does_not_vote_and_the_roll_stays(hall, office):
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters)
    office.database.run(
        lambda c: dismiss(c, hall.id("代表30"), "村民代表", office.world.units["village"], date(2026, 3, 1))
    )
    with refusal(Forbidden, "no-longer-voter"):
        hall.act(task, "cast", "代表30", {"choice": "赞成"})
    hall.cast(task, yes=29)
    hall.act(task, "close", "主席")
    assert (hall.result(matter)["应到"], hall.result(matter)["实到"]) == (30, 30)


def test_nobody_votes_for_another(hall, office):
    task = hall.opened()
    papers = [photo_of(office, "文书")]
    with refusal(Forbidden, "no-behalf"):
        hall.act(task, "cast", "文书", {"choice": "赞成"}, on_behalf_of=hall.id("代表1"), papers=papers)


def test_after_the_end_nobody_votes_or_closes_again(hall):
    task = hall.opened()
    hall.cast(task, yes=30)
    hall.act(task, "close", "主席")
    for act, by in (("cast", "代表1"), ("close", "主席")):
        with pytest.raises((Overtaken, NotVisible)) as refused:
            hall.act(task, act, by, {"choice": "赞成"} if act == "cast" else {})
        assert "办" in refused.value.message or "结束" in refused.value.message


def test_a_meeting_is_not_opened_without_its_announcement(office):
    hall = Hall(office.runtime, office.world, 3, announce="3d")
    _, task = hall.matter()
    hall.convene(task)
    with refusal(Invalid, "not-announced"):
        hall.open(task, hall.voters)
    proof = {"id": photo_of(office, "主席"), "name": "公开栏.png"}
    hall.act(task, "announce", "主席", {"渠道": ["村务公开栏"], "凭证": [proof]})
    with refusal(Invalid, "announced-late"):
        hall.open(task, hall.voters)
    office.clock.move_to(office.clock.now + timedelta(days=3))
    hall.open(task, hall.voters)


def test_a_changed_motion_is_read_out_before_it_is_voted(hall):
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters)
    hall.act(task, "revise", "主席", {"议案": "修路，宽四米"})
    with refusal(Invalid, "not-read-out"):
        hall.cast(task, yes=1)
    hall.act(task, "read_out", "文书")
    hall.cast(task, yes=30)
    with refusal(Overtaken, "motion-voted"):
        hall.act(task, "revise", "主席", {"议案": "修路，宽五米"})
    hall.act(task, "close", "主席")
    assert hall.result(matter)["通过的议案"] == ["修路，宽四米"]


def test_without_motions_the_matter_itself_is_voted_on(office):
    hall = Hall(office.runtime, office.world, 6, motions="")
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters)
    hall.cast(task, yes=6)
    hall.act(task, "close", "主席")
    assert hall.result(matter)["通过的议案"] == ["村口道路硬化"]


def test_two_matters_in_one_meeting(hall, office):
    """Each is opened, voted and closed by itself; the meeting ends with the second."""
    (first, road), (second, bridge) = hall.matter("修路"), hall.matter("建桥")
    hall.convene(road)
    with office.database.read() as c:
        meeting = c.scalar(select(meetings.c.id))
    hall.act(bridge, "convene", "主席", {"会议": meeting})
    hall.open(road, hall.voters)
    with refusal(Invalid, "ballot-not-open"):
        hall.cast(bridge, yes=1)
    hall.open(bridge, [])
    with refusal(Overtaken, "meeting-opened"):
        hall.open(bridge, [])
    hall.cast(road, yes=30)
    hall.act(road, "close", "主席")
    hall.cast(bridge, no=30)
    hall.act(bridge, "close", "主席")
    assert [hall.result(m)["结论"] for m in (first, second)] == ["通过", "未通过"]
    with office.database.read() as c:
        assert c.scalar(select(meetings.c.status)) == "held"


def test_a_vote_costs_the_same_with_any_roll_and_leaves_the_matter_alone(hall, office):
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters)
    size, sent = hall.state_size(matter), []
    for voter in hall.voters:
        with count_statements(office.database) as statements:
            hall.act(task, "cast", voter, {"choice": "赞成"})
        sent.append(len(statements))
    assert hall.state_size(matter) == size
    assert max(sent[1:]) <= 16, sent


def test_who_has_voted_is_rid_of_it(hall, office):
    task = hall.opened(also=["委员"])

    def waits_for(name):
        actor = office.database.look(lambda c: office.runtime.actor(c, hall.id(name)))
        return task in [card.id for card in task_queries.todo(office.runtime, actor, "mine").items]

    assert waits_for("代表1") and not waits_for("委员")
    hall.act(task, "cast", "代表1", {"choice": "赞成"})
    assert not waits_for("代表1") and waits_for("代表2") and waits_for("主席")


# ---------------------------------------------------------------- papers


def paper(hall, *titles, present=None, **data):
    return hall.opened(*titles, present=present, 方式="paper", **data)


def test_a_count_is_entered_by_one_and_confirmed_by_another(hall, office):
    matter, task = hall.matter("修路")
    hall.convene(task)
    hall.open(task, hall.voters, 方式="paper")
    hall.act(task, "enter_count", "文书", figures())
    with refusal(Invalid, "count-open"):
        hall.act(task, "close", "主席")
    with refusal(Forbidden, "not-yours"):
        hall.act(task, "confirm_count", "文书")
    with refusal(Forbidden, "not-scrutineer"):
        hall.act(task, "confirm_count", "代表1")
    papers = [photo_of(office, "文书")]
    with refusal(Forbidden, "count-own"):
        hall.act(task, "confirm_count", "文书", on_behalf_of=hall.id("监督"), papers=papers)
    hall.act(task, "confirm_count", "监督")
    with refusal(Overtaken, "count-confirmed"):
        hall.act(task, "enter_count", "文书", figures())
    hall.act(task, "close", "主席")
    assert hall.result(matter)["议案"] == [{"议案": "修路", "赞成": 20, "反对": 6, "弃权": 4, "通过": True}]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"发出": 31}, "发出"), ({"赞成": 21}, "有效"), ({"无效": 1}, "收回"), ({"实到": 29}, "实到")],
)
def test_figures_that_cannot_be_are_refused_at_their_field(hall, changes, field):
    task = paper(hall)
    with pytest.raises(Invalid) as refused:
        hall.act(task, "enter_count", "文书", figures(**changes))
    assert field in refused.value.fields
    with pytest.raises(Invalid) as refused:
        hall.act(task, "enter_count", "文书", {"计票": [{"motion": 1, **figures(**changes)}]})
    assert f"计票[0].{field}" in refused.value.fields


def test_more_papers_back_than_handed_out_vote_again(hall, office):
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters, 方式="paper")
    hall.act(task, "enter_count", "文书", figures(发出=29))
    assert hall.act(task, "confirm_count", "监督", {"结束": False}) is not None
    with refusal(Invalid, "motion-open"):
        hall.act(task, "close", "主席")
    hall.act(task, "enter_count", "文书", figures(赞成=10, 反对=16))
    hall.act(task, "confirm_count", "监督", {"结束": True})
    assert hall.result(matter)["结论"] == "未通过"
    with office.database.read() as c:
        assert c.scalars(select(counts.c.round).order_by(counts.c.round)).all() == [1, 2]
        assert c.scalar(select(motions.c.round)) == 2


def test_what_does_not_agree_is_entered_again(hall):
    task = paper(hall)
    hall.act(task, "enter_count", "文书", figures())
    hall.act(task, "confirm_count", "监督", {"不一致": "反对应当是 7 张"})
    with refusal(Invalid, "count-disputed"):
        hall.act(task, "confirm_count", "监督")
    hall.act(task, "enter_count", "文书", figures(反对=7, 弃权=3))
    hall.act(task, "confirm_count", "监督", {"结束": True})


def test_scrutineers_may_be_named_from_those_present(hall):
    with refusal(Invalid, "officers"):
        paper(hall, present=25, 监票人=hall.ids(["代表2"]))
    task = paper(hall, present=25, 监票人=hall.ids(["代表2"]), 已举手通过=True)
    hall.act(task, "enter_count", "文书", figures(发出=25, 收回=25, 有效=25, 赞成=20, 反对=5, 弃权=0))
    with refusal(Forbidden, "not-scrutineer"):
        hall.act(task, "confirm_count", "监督")
    hall.act(task, "confirm_count", "代表2", {"结束": True})
    with refusal(Invalid, "officers"):
        paper(hall, present=25, 监票人=hall.ids(["代表26"]), 已举手通过=True)


def test_the_record_of_a_vote_reads_well(hall, office):
    from engine.queries import matters

    matter, task = hall.matter("修路", "建桥")
    hall.convene(task)
    hall.open(task, hall.voters)
    hall.cast(task, yes=30)
    hall.cast(task, no=30, motion=2)
    hall.act(task, "close", "主席")
    actor = office.database.look(lambda c: office.runtime.actor(c, hall.id("主席")))
    view = matters.matter(office.runtime, actor, matter)
    [shown] = [result for result in view.results if result.title == "票决"]
    lines = {line.label: line.text for line in shown.lines}
    assert lines["结论"] == "部分通过"
    assert "赞成 30" in lines["议案"] and "会议" not in lines


def test_every_refusal_leaves_everything_as_it_was(hall, office):
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters, 方式="paper")
    size = hall.state_size(matter)
    with pytest.raises(Refusal):
        rows = [{"motion": 1, **figures()}, {"motion": 1, **figures()}]
        hall.act(task, "enter_count", "文书", {"计票": rows})
    with office.database.read() as c:
        assert not c.execute(select(counts)).all()
    assert hall.state_size(matter) == size


# ---------------------------------------------------------------- what is seen


def seen(hall, task, name):
    actor = hall.runtime.database.look(lambda c: hall.runtime.actor(c, hall.id(name)))
    return task_queries.task(hall.runtime, actor, task).proceeding


def test_everybody_is_shown_what_comes_next(hall):
    _, task = hall.matter("修路", "建桥")
    assert seen(hall, task, "主席").acts == ("convene",)
    hall.convene(task)
    assert seen(hall, task, "主席").acts == ("open", "convene", "reply")
    hall.open(task, hall.voters[:29])
    assert seen(hall, task, "代表1").acts == ("cast",)
    assert seen(hall, task, "代表30").acts == ("attend",)
    assert seen(hall, task, "委员").acts == ("attend",)
    assert seen(hall, task, "主席").acts == ("attend", "revise")
    hall.act(task, "revise", "主席", {"motion": 2, "议案": "建一座桥"})
    assert seen(hall, task, "主席").acts[0] == "read_out"
    assert [m.position for m in seen(hall, task, "代表1").to_vote] == [1]
    hall.act(task, "read_out", "主席", {"motion": 2})
    for motion in (1, 2):
        hall.cast(task, yes=29, motion=motion)
    assert seen(hall, task, "代表1").acts == ()
    assert seen(hall, task, "主席").acts[0] == "close"


def test_no_tally_is_seen_before_the_end(hall):
    _, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters)
    hall.cast(task, yes=20, no=10)
    [motion] = seen(hall, task, "主席").motions
    assert motion.votes == 30 and motion.sheet is None
    actor = hall.runtime.database.look(lambda c: hall.runtime.actor(c, hall.id("主席")))
    with refusal(NotVisible, "ballot-unknown"):
        ballot_queries.record(hall.runtime, actor, task)
    hall.act(task, "close", "主席")
    record = ballot_queries.record(hall.runtime, actor, task)
    assert (record.tallies[1].yes, record.tallies[1].no) == (20, 10)
    assert [voter.choices[1] for voter in record.voters] == ["赞成"] * 20 + ["反对"] * 10
    stranger = hall.runtime.database.look(lambda c: hall.runtime.actor(c, hall.id("外村")))
    with refusal(NotVisible, "ballot-unknown"):
        ballot_queries.record(hall.runtime, stranger, task)


def test_what_was_counted_on_paper_stands_there_afterwards_with_all_nine_figures(hall):
    task = paper(hall)
    hall.act(task, "enter_count", "文书", figures())
    hall.act(task, "confirm_count", "监督", {"结束": True})
    actor = hall.runtime.database.look(lambda c: hall.runtime.actor(c, hall.id("主席")))
    record = ballot_queries.record(hall.runtime, actor, task)
    known = {"应到": 30, "实到": 30}
    assert record.sheets == {1: known | {name: figures()[name] for name in FIGURES}}
    assert record.outcome == "通过"


def test_a_count_is_shown_to_who_confirms_it_with_what_it_would_come_to(hall):
    task = paper(hall, "修路", "建桥")
    assert "enter_count" in seen(hall, task, "文书").acts
    rows = [{"motion": 1, **figures()}, {"motion": 2, **figures(发出=29)}]
    hall.act(task, "enter_count", "文书", {"计票": rows})
    view = seen(hall, task, "监督")
    assert view.acts == ("confirm_count",) and view.scrutineers == ("监督",)
    first, second = (m.sheet for m in view.to_confirm)
    assert first.decision.passed and first.entered_by == "文书"
    assert second.void and second.decision is None
    hall.act(task, "confirm_count", "监督")
    assert seen(hall, task, "监督").acts == ()
    assert [m.position for m in seen(hall, task, "文书").to_count] == [2]


def test_the_journal_tells_the_tally_and_no_single_vote(hall, office):
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters)
    hall.cast(task, yes=20, no=6, abstain=4)
    hall.act(task, "close", "主席")
    with office.database.read() as c:
        own = select(journal).where(journal.c.chain == f"instance:{matter}").order_by(journal.c.sequence)
        entries = c.execute(own).all()
    assert [entry.action for entry in entries][-3:] == ["convene", "open", "close"]
    detail = entries[-1].detail
    assert (detail["conclusion"], detail["figures"]) == ("通过", [[20, 6, 4]])
    assert detail["present"] == [30, 30, 32, 30]
