"""票决: who may vote on what and when, what a paper count must say, and what it all comes to."""

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import forms, steps
from engine.diagram.model import Node, Scope
from engine.execution import ExecutionError, Rehearsal
from engine.execution.roster import Roster
from engine.refusal import Refusal
from engine.steps import Seat, SettingError, Submission, ballot
from engine.steps.counting import Tally, decide, read_count
from engine.steps.kind import CHAIR, MEMBER, RECORDER, SCRUTINEER
from engine.steps.meeting import BODY
from engine.steps.threshold import Threshold
from tests import voting

NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
QUORUM = "至少 2/3 应到；至少 2/3 组成人员"
MAJORITY = "至少 2/3 到会；超过 1/2 到会组成人员"
BALLOT = steps.kind("ballot")


def node(**properties: str) -> Node:
    given_properties = {"kind": "ballot", "majority": MAJORITY, "roll": "村民代表", **properties}
    return Node("vote", "userTask", "成决议", Scope("p"), lane="村代会主席", properties=given_properties)


def frozen(parameters=None, context=None, **properties):
    return BALLOT.prepare(BALLOT.freeze(node(**properties), parameters or {}), context or {})


def count(**changes):
    figures = {"发出": 30, "收回": 30, "有效": 30, "无效": 0, "赞成": 20, "反对": 6, "弃权": 4}
    return figures | changes


class Meeting:
    """A vote played by people's numbers: 1 chair, 2 recorder, 3 scrutineer, 101… voters, 201… other members."""

    def __init__(self, voters=30, others=0, motions=("修路",), quorum=QUORUM, **properties):
        if others:
            properties["also"] = "村委会成员"
        self.settings = frozen(
            context={"审定": {"议案": list(motions)}}, motions="{审定.议案}", quorum=quorum, **properties
        )
        self.voters = [101 + place for place in range(voters)]
        self.others = [201 + place for place in range(others)]
        self.seats = [
            Seat(CHAIR, people=(1,)),
            Seat(RECORDER, people=(2,)),
            Seat(MEMBER, people=tuple(self.voters)),
            Seat(BODY, people=tuple(self.others)),
            Seat(SCRUTINEER, people=(3,)),
        ]
        self.done: list[Submission] = []

    def act(self, name, data=None, by=1, clerk=None):
        action = next(a for a in BALLOT.actions(self.settings, {}) if a.name == name)
        offered = [(person, str(person)) for person in (1, 2, 3, *self.voters, *self.others)]
        clean, errors = forms.validate(_with_people(action.schema, offered), data or {})
        assert not errors, errors
        submission = Submission(clean, by, None, name, NOW + timedelta(minutes=len(self.done)), clerk)
        BALLOT.accept(self.settings, self.seats, self.done, submission)
        self.done.append(submission)
        return BALLOT.result(self.settings, self.seats, self.done)

    def open(self, present, others=0, method="named", **more):
        self.act("convene", {"时间": "2026-03-05T09:00", "地点": "村委会"})
        came = self.voters[:present] + self.others[:others]
        return self.act("open", {"到会": came, "方式": method, **more})

    def vote(self, yes=0, no=0, abstain=0, motion=1):
        choices = ["赞成"] * yes + ["反对"] * no + ["弃权"] * abstain
        for voter, choice in zip(self.voters, choices, strict=False):
            self.act("cast", {"motion": motion, "choice": choice}, by=voter)

    def paper(self, **figures):
        self.act("enter_count", count(**figures), by=2)
        return self.act("confirm_count", by=3)


def _with_people(schema, offered):
    values = [{"value": person, "label": label} for person, label in offered]
    components = [
        component | ({"values": values} if (component.get("properties") or {}).get("people") else {})
        for component in schema["components"]
    ]
    return schema | {"components": components}


def refusal(code):
    return pytest.raises(Refusal, check=lambda refused: refused.code == code)


# ---------------------------------------------------------------- thresholds


@pytest.mark.parametrize(
    ("voters", "present", "yes", "outcome"),
    [
        (30, 19, 19, "未达法定人数"),
        (30, 20, 13, "未通过"),
        (30, 20, 14, "通过"),
        (30, 30, 19, "未通过"),
        (30, 30, 20, "通过"),
        (31, 20, 20, "未达法定人数"),
        (31, 21, 14, "通过"),
        (31, 31, 20, "未通过"),
        (31, 31, 21, "通过"),
    ],
)
def test_two_thirds_are_counted_exactly(voters, present, yes, outcome):
    """BB-5.1 and BB-5.2, at the numbers where they turn."""
    meeting = Meeting(voters)
    meeting.open(present)
    if outcome != "未达法定人数":
        meeting.vote(yes, present - yes)
    assert meeting.act("close")["结论"] == outcome


def test_both_thresholds_must_hold():
    """The catalogue's own example of BB-5.2: 13 of 19 is two thirds, but 13 of the 26 present is not more than half."""
    meeting = Meeting(19, others=7)
    meeting.open(19, others=7)
    meeting.vote(13, 6)
    result = meeting.act("close")
    assert result["结论"] == "未通过"
    assert (result["实到"], result["到会组成人员"]) == (19, 26)
    assert result["依据"] == [
        "到会 19 × 3 ≥ 应到 19 × 2",
        "到会 26 × 3 ≥ 组成人员 26 × 2",
        "赞成 13 × 3 ≥ 到会 19 × 2",
        "赞成 13 × 2 ≤ 到会组成人员 26 × 1",
    ]


def test_below_the_quorum_nobody_votes_and_a_late_comer_makes_it_up():
    meeting = Meeting()
    meeting.open(19)
    with refusal("inquorate"):
        meeting.vote(1)
    meeting.act("attend", {}, by=meeting.voters[19])
    meeting.vote(20)
    assert meeting.act("close")["结论"] == "通过"


@given(
    voters=st.integers(1, 60),
    data=st.data(),
    quorum=st.tuples(st.integers(1, 5), st.integers(1, 6), st.sampled_from(["应到", "组成人员"])),
    majority=st.tuples(
        st.integers(1, 5),
        st.integers(1, 6),
        st.booleans(),
        st.sampled_from(["应到", "到会", "组成人员", "到会组成人员", "收回票"]),
    ),
)
def test_any_vote_comes_to_what_fractions_say(voters, data, quorum, majority):
    others = data.draw(st.integers(0, 10))
    present, came = data.draw(st.integers(1, voters)), data.draw(st.integers(0, others))
    issued = data.draw(st.integers(1, present))
    returned = data.draw(st.integers(1, issued))
    yes = data.draw(st.integers(0, returned))
    if quorum[0] > quorum[1] or majority[0] > majority[1] or (majority[2] and majority[0] == majority[1]):
        return
    word = "超过" if majority[2] else "至少"
    meeting = Meeting(
        voters,
        others,
        quorum=f"至少 {quorum[0]}/{quorum[1]} {quorum[2]}",
        majority=f"{word} {majority[0]}/{majority[1]} {majority[3]}",
    )
    meeting.open(present, came, "paper")
    there = {"应到": present, "组成人员": present + came}[quorum[2]]
    whole = {"应到": voters, "组成人员": voters + others}
    if Fraction(there, whole[quorum[2]]) < Fraction(*quorum[:2]):
        with refusal("inquorate"):
            meeting.paper()
        assert meeting.act("close")["结论"] == "未达法定人数"
        return
    meeting.paper(发出=issued, 收回=returned, 有效=returned, 无效=0, 赞成=yes, 反对=returned - yes, 弃权=0)
    base = whole | {"到会": present, "到会组成人员": present + came, "收回票": returned}
    share, wanted = Fraction(yes, base[majority[3]]), Fraction(*majority[:2])
    passed = share > wanted if majority[2] else share >= wanted
    assert meeting.act("close")["结论"] == ("通过" if passed else "未通过")


@given(st.integers(1, 3000), st.integers(1, 20), st.integers(1, 20), st.booleans(), st.data())
def test_a_motion_is_decided_as_fractions_say(base, numerator, denominator, strict, data):
    yes = data.draw(st.integers(0, base))
    decision = decide("修路", Tally(yes), [Threshold(numerator, denominator, "到会", strict)], {"到会": base})
    share, wanted = Fraction(yes, base), Fraction(numerator, denominator)
    assert decision.passed == (share > wanted if strict else share >= wanted)


def test_nobody_present_is_never_enough():
    assert not decide("修路", Tally(0), [Threshold(1, 2, "到会")], {"到会": 0}).passed


# ---------------------------------------------------------------- motions


def test_motions_are_voted_one_by_one():
    """BB-5.3: each counted and decided by itself."""
    meeting = Meeting(motions=("修路", "建桥"))
    meeting.open(30)
    meeting.vote(25, 5, motion=1)
    meeting.vote(10, 20, motion=2)
    result = meeting.act("close")
    assert result["结论"] == "部分通过"
    assert (result["通过的议案"], result["未通过的议案"]) == (["修路"], ["建桥"])
    assert result["议案"][0] == {"议案": "修路", "赞成": 25, "反对": 5, "弃权": 0, "通过": True}
    assert "议案 2：赞成 10 × 3 < 到会 30 × 2" in result["依据"]


def test_all_motions_may_be_voted_in_one_go():
    meeting = Meeting(3, motions=("修路", "建桥"))
    meeting.open(3)
    for voter in meeting.voters:
        votes = [{"motion": 1, "choice": "赞成"}, {"motion": 2, "choice": "反对"}]
        meeting.act("cast", {"votes": votes}, by=voter)
    assert meeting.act("close")["通过的议案"] == ["修路"]


@pytest.mark.parametrize(
    "found",
    [
        "修路",
        ["修路"],
        [{"议案": "修路", "经费": 5}],
        [{"名称": "修路"}],
        {"议案": "修路"},
        [" 修路 ", ""],
    ],
)
def test_motions_come_from_the_data_in_any_shape(found):
    assert frozen(context={"审定": {"议案": found}}, motions="{审定.议案}")["motions"] == ["修路"]


@pytest.mark.parametrize("found", [[], "", [{}], None])
def test_a_vote_without_motions_is_refused(found):
    with pytest.raises(SettingError, match="没有议案"):
        frozen(context={"审定": {"议案": found}}, motions="{审定.议案}")


def test_a_changed_motion_is_read_out_before_it_is_voted():
    """BB-5.4."""
    meeting = Meeting()
    meeting.open(30)
    meeting.act("revise", {"议案": "修路，宽四米"})
    with refusal("not-read-out"):
        meeting.vote(1)
    meeting.act("read_out")
    with refusal("motion-read"):
        meeting.act("read_out")
    meeting.vote(30)
    with refusal("motion-voted"):
        meeting.act("revise", {"议案": "修路，宽五米"})
    assert meeting.act("close")["通过的议案"] == ["修路，宽四米"]


def test_a_motion_changed_twice_is_read_out_twice():
    meeting = Meeting()
    meeting.open(30)
    meeting.act("revise", {"议案": "修路，宽四米"})
    meeting.act("read_out")
    meeting.act("revise", {"议案": "修路，宽五米"})
    with refusal("not-read-out"):
        meeting.vote(1)


def test_an_unchanged_motion_needs_no_reading():
    meeting = Meeting()
    meeting.open(30)
    with refusal("motion-unchanged"):
        meeting.act("read_out")
    with refusal("motion-same"):
        meeting.act("revise", {"议案": "修路"})
    with refusal("motion-unknown"):
        meeting.act("read_out", {"motion": 2})


# ---------------------------------------------------------------- by name


def test_one_member_one_vote():
    meeting = Meeting()
    meeting.open(30)
    meeting.vote(1)
    with refusal("voted"):
        meeting.act("cast", {"choice": "反对"}, by=meeting.voters[0])
    with refusal("motion-twice"):
        votes = [{"motion": 1, "choice": "赞成"}, {"motion": 1, "choice": "赞成"}]
        meeting.act("cast", {"votes": votes}, by=meeting.voters[1])
    with refusal("choice-missing"):
        meeting.act("cast", {"motion": 1}, by=meeting.voters[1])


def test_only_who_is_on_the_roll_and_there_votes():
    meeting = Meeting(others=2)
    meeting.open(25, others=2)
    with refusal("not-on-roll"):
        meeting.act("cast", {"choice": "赞成"}, by=meeting.others[0])
    with refusal("not-present"):
        meeting.act("cast", {"choice": "赞成"}, by=meeting.voters[29])


def test_nothing_is_voted_before_the_meeting_opens_or_after_it_closed():
    meeting = Meeting()
    with refusal("not-convened"):
        meeting.vote(1)
    meeting.act("convene", {"时间": "2026-03-05T09:00", "地点": "村委会"})
    with refusal("meeting-not-open"):
        meeting.vote(1)
    meeting.act("open", {"到会": meeting.voters, "方式": "named"})
    meeting.vote(30)
    meeting.act("close")
    with refusal("ballot-closed"):
        meeting.act("close")
    with refusal("ballot-closed"):
        meeting.vote(1)


def test_a_motion_nobody_voted_on_keeps_the_vote_open():
    meeting = Meeting(motions=("修路", "建桥"))
    meeting.open(30)
    meeting.vote(30)
    with refusal("motion-open"):
        meeting.act("close")


def test_who_has_voted_cannot_be_marked_absent():
    meeting = Meeting()
    meeting.open(30)
    meeting.vote(1)
    with refusal("has-voted"):
        meeting.act("attend", {"未到": [meeting.voters[0]]})


def test_papers_do_not_belong_to_a_vote_by_name_nor_the_other_way():
    meeting = Meeting()
    meeting.open(30)
    with refusal("ballot-named"):
        meeting.paper()
    other = Meeting()
    other.open(30, method="paper")
    with refusal("ballot-paper"):
        other.vote(1)


# ---------------------------------------------------------------- papers


def test_a_count_is_entered_by_one_and_confirmed_by_another():
    meeting = Meeting()
    meeting.open(30, method="paper")
    meeting.act("enter_count", count(), by=2)
    with refusal("count-open"):
        meeting.act("close")
    with refusal("count-own"):
        meeting.act("confirm_count", by=2)
    with refusal("count-own"):
        meeting.act("confirm_count", by=3, clerk=2)
    with refusal("not-scrutineer"):
        meeting.act("confirm_count", by=meeting.voters[0])
    meeting.act("confirm_count", by=3)
    with refusal("count-confirmed"):
        meeting.act("enter_count", count(), by=2)
    assert meeting.act("close")["结论"] == "通过"


def test_the_same_clerk_cannot_type_both():
    meeting = Meeting()
    meeting.open(30, method="paper")
    meeting.act("enter_count", count(), by=1, clerk=2)
    with refusal("count-own"):
        meeting.act("confirm_count", by=3, clerk=2)


def test_a_scrutineer_does_not_count():
    meeting = Meeting()
    meeting.seats[-1] = Seat(SCRUTINEER, people=(2,))
    meeting.open(30, method="paper")
    with refusal("counter-scrutineer"):
        meeting.act("enter_count", count(), by=2)


def test_who_carries_it_out_neither_counts_nor_sees_to_the_count():
    meeting = Meeting()
    meeting.settings["handlers"] = [3, 1]
    with refusal("scrutineers"):
        meeting.open(30, method="paper")
    meeting.act("open", {"到会": meeting.voters, "方式": "paper", "监票人": [meeting.voters[0]]})
    with refusal("counter-involved"):
        meeting.act("enter_count", count(), by=1)


def test_a_scrutineer_is_there():
    meeting = Meeting()
    with refusal("scrutineers"):
        meeting.open(29, method="paper", 监票人=[meeting.voters[29]])


def test_paper_wants_a_scrutineer():
    meeting = Meeting()
    meeting.seats = [seat for seat in meeting.seats if seat.name != SCRUTINEER]
    with refusal("scrutineers"):
        meeting.open(30, method="paper")


def test_more_papers_back_than_were_handed_out_make_the_vote_void():
    meeting = Meeting()
    meeting.open(30, method="paper")
    meeting.paper(发出=29, 收回=30)
    with refusal("motion-open"):
        meeting.act("close")
    meeting.paper(赞成=10, 反对=20, 弃权=0)
    assert meeting.act("close")["结论"] == "未通过"


def test_what_does_not_agree_is_entered_again():
    meeting = Meeting()
    meeting.open(30, method="paper")
    meeting.act("enter_count", count(), by=2)
    meeting.act("confirm_count", {"不一致": "反对多数了一张"}, by=3)
    with refusal("count-disputed"):
        meeting.act("confirm_count", by=3)
    meeting.paper(反对=5, 弃权=5)
    assert meeting.act("close")["议案"][0]["反对"] == 5


def test_the_last_confirmation_may_close_the_vote():
    meeting = Meeting(motions=("修路", "建桥"))
    meeting.open(30, method="paper")
    rows = [{"motion": 1, **count()}, {"motion": 2, **count(赞成=19, 反对=7)}]
    meeting.act("enter_count", {"计票": rows}, by=2)
    result = meeting.act("confirm_count", {"结束": True}, by=3)
    assert result["结论"] == "部分通过" and result["办理人"] == [3]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"发出": 31}, "发出"),
        ({"有效": 29}, "收回"),
        ({"赞成": 21}, "有效"),
        ({"应到": 29}, "应到"),
        ({"实到": 29}, "实到"),
        ({"弃权": None}, "弃权"),
    ],
)
def test_figures_that_cannot_be_are_refused_at_the_field(changes, field):
    _, errors = read_count(count(**changes), 30, 30)
    assert field in errors


@given(st.lists(st.integers(0, 40), min_size=7, max_size=7), st.integers(0, 40))
def test_a_count_is_right_exactly_when_it_adds_up(figures, present):
    issued, returned, valid, invalid, yes, no, abstain = figures
    row = dict(zip(("发出", "收回", "有效", "无效", "赞成", "反对", "弃权"), figures, strict=True))
    found, errors = read_count(row, 40, present)
    adds_up = issued <= present and valid + invalid == returned and yes + no + abstain == valid
    assert (not errors) == adds_up
    assert found is not None and found.void == (returned > issued)


# ---------------------------------------------------------------- what a designer can set wrong


@pytest.mark.parametrize(
    "wrong",
    [
        {"majority": ""},
        {"majority": "多数"},
        {"majority": "至少 2/3 户"},
        {"majority": "至少 2/3 应征"},
        {"quorum": "至少 2/3 到会"},
        {"method": "secret"},
        {"motions": "{审定.}"},
        {"secrecy": "secret"},
        {"weights": "户"},
        {"seats": "3"},
        {"candidates": "{提名}"},
        {"form": "票"},
        {"also": "村民代表"},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong):
    assert list(BALLOT.check(node(**wrong), {}, {}))


@pytest.mark.parametrize(("method", "fine"), [("paper", True), ("named", False), ("any", False)])
def test_papers_that_came_back_are_a_base_of_their_own_only_on_paper(method, fine):
    """By name they are the votes cast so far: a chair who closes early could carry a motion with one."""
    alone = node(majority="超过 1/2 收回票", method=method)
    assert ([problem.code for problem in BALLOT.check(alone, {}, {})] == []) is fine
    beside = node(majority="超过 1/2 收回票；超过 1/2 应到", method=method)
    assert not list(BALLOT.check(beside, {}, {}))


def test_a_right_setting_is_left_alone():
    right = node(motions="{审定.议案}", also="村委会成员", quorum=QUORUM, announce="yes", secrecy="named")
    assert not list(BALLOT.check(right, {}, {}))


def test_a_parameter_takes_its_value_when_the_step_opens():
    settings = frozen({"通过比例": "3/4"}, majority="至少 {通过比例} 到会")
    assert settings["majority"] == ["至少 3/4 到会"]


def test_the_fields_are_those_of_the_result():
    meeting = Meeting()
    meeting.open(30)
    meeting.vote(30)
    result = meeting.act("close", {"纪要": "大家都同意"})
    assert set(result) == set(BALLOT.fields(meeting.settings, {}))
    assert result["纪要"] == "大家都同意" and result["方式"].startswith("记名")


def test_guests_stand_in_the_result_where_they_are_asked_for():
    meeting = Meeting(guests="列席人员")
    meeting.open(30, 邀请人员=[{"姓名": "张工", "单位": "县交通局"}])
    meeting.vote(30)
    result = meeting.act("close")
    assert result["邀请人员"] == ["张工（县交通局）"]
    assert set(result) == set(BALLOT.fields(meeting.settings, {}))


def test_the_page_for_designers_tells_every_setting_act_and_result():
    page = Path("docs/办理方式/ballot.md").read_text("utf-8")
    told = set(re.findall(r"^\| `([^`]+)` \|", page, re.M))
    settings = frozen(announce="yes", guests="yes")
    assert told == {*ballot.SETTINGS, *BALLOT.fields(settings, {})}
    acts = dict(re.findall(r"^\| ([^|`]+?) \| `([a-z_]+)` \|", page, re.M))
    assert acts == {act.title: act.name for act in BALLOT.actions(settings, {})}
    assert set(settings) == {*ballot.SETTINGS, "subject"}


# ---------------------------------------------------------------- rehearsed


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
