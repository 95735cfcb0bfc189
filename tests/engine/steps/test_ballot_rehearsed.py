"""A vote in a rehearsal, by names."""

import pytest

from engine.execution import ExecutionError, Rehearsal
from engine.execution.roster import Roster
from engine.refusal import Refusal
from tests import voting
from tests.assembly import Meeting, count


def rehearse(**properties):
    names = voting.STAFF | {"书": "文书", "报账": "报账员"}
    people = names | {f"代表{number}": "村民代表" for number in range(1, 31)}
    held = {name: [post, *(["村委会成员"] if post == "村委会委员" else [])] for name, post in people.items()}
    rehearsal = Rehearsal.load(voting.procedure(**properties), roster=Roster(held))
    rehearsal.start()
    [task] = rehearsal.open_tasks()
    rehearsal.complete(task.id, {"议案": [{"议案": "修路"}, {"议案": "建桥"}]}, by="报账")
    return rehearsal


def do(rehearsal, action, by, data):
    [task] = rehearsal.open_tasks()
    rehearsal.complete(task.id, data, by=by, action=action)


def test_a_vote_is_rehearsed_by_names():
    rehearsal = rehearse()
    time = rehearsal.now.strftime("%Y-%m-%dT%H:%M")
    do(rehearsal, "召集", "主席", {"时间": time, "地点": "村委会"})
    do(rehearsal, "开会", "主席", {"到会": {"村民代表": 24}, "方式": "paper"})
    with pytest.raises(ExecutionError, match="不能录入计票"):
        do(rehearsal, "录入计票", "监督", count())
    papers = [{"motion": n, **count(发出=24, 收回=24, 有效=24, 赞成=16, 反对=8, 弃权=0)} for n in (1, 2)]
    do(rehearsal, "录入计票", "书", {"计票": papers})
    with pytest.raises(ExecutionError, match="不是这次的监票人"):
        do(rehearsal, "确认计票", "代表1", {})
    do(rehearsal, "确认计票", "监督", {"结束": True})
    assert rehearsal.data["票决"]["结论"] == "通过"
    assert rehearsal.data["票决"]["依据"][1] == "到会 24 × 3 ≥ 组成人员 31 × 2"


def test_a_vote_by_name_is_rehearsed_one_by_one():
    rehearsal = rehearse(motions="")
    time = rehearsal.now.strftime("%Y-%m-%dT%H:%M")
    do(rehearsal, "召集", "主席", {"时间": time, "地点": "村委会"})
    do(rehearsal, "开会", "主席", {"到会": 31, "方式": "named"})
    for number in range(1, 31):
        do(rehearsal, "投票", f"代表{number}", {"choice": "赞成" if number <= 20 else "反对"})
    with pytest.raises(ExecutionError, match="已经投过票"):
        do(rehearsal, "投票", "代表1", {"choice": "反对"})
    do(rehearsal, None, "主席", {})
    assert rehearsal.data["票决"]["议案"] == [
        {"议案": "票决", "赞成": 20, "反对": 10, "弃权": 0, "通过": True}
    ]


def test_a_quorum_lost_before_the_end_undoes_what_was_voted():
    """Somebody ticked by mistake, who has not voted: without a quorum nothing was decided (BB-5.1)."""
    meeting = Meeting()
    meeting.open(20)
    meeting.vote(19)
    meeting.act("attend", {"未到": [meeting.voters[19]]})
    result = meeting.act("close")
    assert (result["结论"], result["议案"], result["通过的议案"]) == ("未达法定人数", [], [])


def test_a_count_in_a_rehearsal_keeps_who_was_there_too():
    """The server's rules, played: late comers change nothing, and nobody is taken off under a count."""
    meeting = Meeting()
    meeting.open(20, method="paper")
    twenty = count(发出=20, 收回=20, 有效=20, 赞成=14, 反对=6, 弃权=0)
    meeting.act("enter_count", twenty, by=2)
    meeting.act("attend", {"到会": meeting.voters[20:]})
    with pytest.raises(Refusal, match="不能再减少"):
        meeting.act("attend", {"未到": meeting.voters[:1]})
    with pytest.raises(Refusal, match="刚刚改过"):
        meeting.act("confirm_count", {"所见": "1：1-1-1-0-1-0-0"}, by=3)
    result = meeting.act("confirm_count", {"结束": True}, by=3)
    assert (result["结论"], result["实到"]) == ("通过", 30)
    assert "赞成 14 × 3 ≥ 到会 20 × 2" in result["依据"]


def test_a_void_count_in_a_rehearsal_is_confirmed_without_an_end():
    meeting = Meeting()
    meeting.open(30, method="paper")
    meeting.act("enter_count", count(发出=29), by=2)
    assert meeting.act("confirm_count", {"结束": True}, by=3) is None
    meeting.act("enter_count", count(), by=2)
    assert meeting.act("confirm_count", {"结束": True}, by=3)["结论"] == "通过"


def test_an_election_is_rehearsed_with_candidates_from_the_data():
    rehearsal = rehearse(motions="", seats="1", candidates="{审定.议案}", majority="超过 1/2 到会")
    time = rehearsal.now.strftime("%Y-%m-%dT%H:%M")
    do(rehearsal, "召集", "主席", {"时间": time, "地点": "村委会"})
    do(rehearsal, "开会", "主席", {"到会": 31, "方式": "named"})
    for number in range(1, 31):
        do(rehearsal, "投票", f"代表{number}", {"chosen": [1 if number <= 16 else 2]})
    do(rehearsal, None, "主席", {})
    assert rehearsal.data["票决"]["当选人"] == ["修路"]


def test_a_vote_that_was_open_before_there_were_other_ways_goes_on():
    """Its settings are frozen as they were: without secrecy, weights, elections and tellers."""
    meeting = Meeting()
    for new in ("secrecy", "weights", "elect", "candidates", "rounds", "tellers", "delegate"):
        del meeting.settings[new]
    meeting.settings["method"] = "any"
    meeting.open(30, method="paper")
    meeting.paper()
    assert meeting.act("close")["结论"] == "通过"
    other = Meeting()
    other.settings = {**meeting.settings, "method": "named"}
    other.act("convene", {"时间": "2026-03-05T09:00", "地点": "村委会"})
    other.act("open", {"到会": other.voters})
    other.vote(30)
    assert other.act("close")["方式"] == "记名投票"
