"""票决: what is voted on, who may vote on it and when, and what a designer may set."""

import re
from pathlib import Path

import pytest

from engine.steps import SettingError, ballot, method
from tests.assembly import BALLOT, QUORUM, Meeting, frozen, node, refusal

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
        {"method": "phone secret"},
        {"secrecy": "sealed"},
        {"secrecy": "secret", "method": "named"},
        {"secrecy": "secret", "method": "phone hands"},
        {"weights": "人"},
        {"weights": "户"},  # votes are households, the base is people
        {"weights": "户", "majority": "超过 1/2 到会户", "secrecy": "secret"},
        {"weights": "户", "majority": "超过 1/2 到会户", "method": "hands"},
        {"majority": "超过 1/2 到会户"},
        {"seats": "3"},
        {"candidates": "{提名}"},
        {"seats": "0", "candidates": "{提名}"},
        {"seats": "三", "candidates": "{提名}"},
        {"seats": "{名额}", "candidates": "{提名}"},
        {"seats": "3", "candidates": "{提名}", "motions": "{审定}"},
        {"seats": "3", "candidates": "{提名}", "rounds": "0"},
        {"seats": "3", "candidates": "{提名}", "method": "hands"},
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


@pytest.mark.parametrize(
    ("chosen", "ways"), [("记名", ("named", "paper", "hands")), ("无记名", ("secret", "paper"))]
)
def test_a_township_chooses_whether_votes_are_secret(chosen, ways):
    """No hands are shown in a secret vote: the choice takes them away, it does not break the step."""
    settings = frozen({"投票记名": chosen}, secrecy="{投票记名}", method="phone paper hands")
    assert method.methods(settings) == ways


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"method": "phone paper hands"}, []),
        ({"method": "any"}, []),
        ({"method": "hands"}, ["ballot-hands"]),
        ({"method": "named paper"}, ["ballot-secrecy"]),
        ({"weights": "户", "majority": "超过 1/2 到会户", "method": "phone"}, ["ballot-weights"]),
    ],
)
def test_whatever_a_township_may_choose_is_checked_before_publishing(settings, wrong):
    for default in ("记名", "无记名"):
        found = BALLOT.check(node(secrecy="{投票记名}", **settings), {}, {"投票记名": default})
        assert [problem.code for problem in found] == wrong


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
    settings = frozen(announce="yes", guests="yes", quorum="至少 2/3 户")
    elects = BALLOT.freeze(node(seats="3", candidates="{提名}"), {})
    fields = {*BALLOT.fields(settings, {}), *BALLOT.fields(elects, {})}
    assert told == {*ballot.SETTINGS, *fields}
    acts = dict(re.findall(r"^\| ([^|`]+?) \| `([a-z_]+)` \|", page, re.M))
    assert acts == {act.title: act.name for act in BALLOT.actions(settings, {})}
    # `elect` is what `seats` says: tasks have a setting of that name already.
    assert set(settings) == {*ballot.SETTINGS, "subject", "elect"} - {"seats"}
