"""What no township may weaken is refused before it is published: by what parameters may be set to, exactly."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagram import check_folder
from engine.diagram.redlines import _SAME, _WITHIN
from engine.redlines import PROCESSES, redlines
from engine.setting_up import read_files
from tests import procedures
from tests.procedures import Flow, Node, folder, step

QUORUM, MAJORITY = "至少 2/3 组成人员", "超过 1/2 到会组成人员"
EIGHT = {"quorum": f"至少 2/3 应到；{QUORUM}", "majority": f"至少 2/3 到会；{MAJORITY}"}


def assembly(parameters: str = "", notice: dict[str, str] | None = None, **ballot: str) -> dict[str, bytes]:
    """A vote of the village assembly, and the notice of it, with these settings instead of the lawful ones."""
    vote = {"kind": "ballot", "roll": "村民代表", "also": "村委会成员", "clauses": "FD-1"}
    shown = {"kind": "notice", "days": "7d", "shows": "决议", "channels": "村务公开栏", "clauses": "LB-7"}
    nodes = [
        Node("start", "startEvent", "开始", "村代会主席"),
        step("vote", "决议", "村代会主席", **(vote | {"quorum": QUORUM, "majority": MAJORITY} | ballot)),
        step("show", "公示", "村委会主任", **(shown | (notice or {}))),
        Node("done", "endEvent", "办结", "村委会主任"),
    ]
    flows = [Flow(a.id, b.id) for a, b in pairwise(nodes)]
    files = folder("assembly", "村代会", nodes, flows, {}, "村党组织书记")
    return files | {"procedure.toml": files["procedure.toml"] + parameters.encode()}


def found(files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Code and label of what the red lines say."""
    findings = check_folder(files)
    assert not [f for f in findings if f.gate == "execution"], findings
    return [(f.code, f.label or "") for f in findings if f.code.startswith("redline")]


def fraction(name: str, default: str, minimum: str = "") -> str:
    low = f'minimum = "{minimum}"\n' if minimum else ""
    return f'\n[parameters."{name}"]\ntitle = "{name}的比例"\ntype = "fraction"\ndefault = "{default}"\n{low}'


def days(default: str, minimum: str = "") -> str:
    low = f'minimum = "{minimum}"\n' if minimum else ""
    return f'\n[parameters."天数"]\ntitle = "公示的天数"\ntype = "duration"\ndefault = "{default}"\n{low}'


def test_what_the_law_asks_for_is_enough() -> None:
    assert found(assembly()) == []


@pytest.mark.parametrize(
    "name", ["zhichu", "liubu", "babu", "sibu", "wuhuan", "lishihui", "yishi", "cungui", "wuchang"]
)
def test_our_own_procedures_hold(name: str) -> None:
    assert found(read_files(PROCESSES / name)) == []


@pytest.mark.parametrize(
    "quorum",
    [
        "",
        "至少 1/2 组成人员",
        "超过 1/2 组成人员",
        "至少 2/3 应到",
        "至少 9999/9999 应到",
        "至少 6665/9998 组成人员",
    ],
)
def test_a_lower_quorum_is_refused(quorum: str) -> None:
    assert found(assembly(quorum=quorum)) == [("redline-threshold", "决议")]


@pytest.mark.parametrize(
    "quorum", ["至少 4/6 组成人员", "超过 2/3 组成人员", "至少 6666/9998 组成人员", "至少 1/1 组成人员"]
)
def test_an_equal_or_higher_quorum_passes(quorum: str) -> None:
    assert found(assembly(quorum=quorum)) == []


@pytest.mark.parametrize(
    "majority",
    [
        "至少 1/2 到会组成人员",
        "超过 1/2 到会",
        "至少 2/3 到会",
        "超过 1/3 组成人员",
        "超过 1/2 收回票",
        "至少 1/1 应到",
    ],
)
def test_a_lower_majority_is_refused(majority: str) -> None:
    assert found(assembly(majority=majority)) == [("redline-threshold", "决议")]


@pytest.mark.parametrize("majority", ["超过 1/2 组成人员", "至少 501/999 到会组成人员"])
def test_more_than_half_of_a_larger_body_is_more(majority: str) -> None:
    assert found(assembly(majority=majority)) == []


def test_the_committee_belongs_to_the_body() -> None:
    """FD-1 counts 组成人员: without the committee, its share would be of the representatives alone."""
    assert found(assembly(also="")) == [("redline-body", "决议")]


FOUR = {"weights": "户", "quorum": f"至少 2/3 户；{QUORUM}", "majority": "超过 1/2 到会户"}


def test_where_a_vote_weighs_households_they_are_what_counts() -> None:
    """FD-4: two thirds of the households represented, more than half of these agreeing; FD-1's quorum besides."""
    assert found(assembly(**FOUR)) == []
    assert found(assembly(**FOUR | {"majority": "超过 1/2 户"})) == []
    weak = [
        {"quorum": QUORUM},
        {"quorum": "至少 2/3 户"},
        {"majority": MAJORITY},
        {"majority": "至少 1/2 到会户"},
    ]
    for one in weak:
        assert found(assembly(**FOUR | one)) == [("redline-threshold", "决议")], one


def test_a_village_assembly_of_households_needs_two_thirds_of_them() -> None:
    """FD-2, where it is cited: the heads of households may meet about other things by rules of their own."""
    held = {
        "roll": "户代表",
        "also": "",
        "quorum": "至少 2/3 户",
        "majority": "超过 1/2 到会",
        "clauses": "FD-2",
    }
    assert found(assembly(**held)) == []
    assert found(assembly(**held | {"quorum": "至少 3/5 户"})) == [("redline-threshold", "决议")]
    assert found(assembly(**held | {"majority": "至少 1/2 到会"})) == [("redline-threshold", "决议")]
    assert found(assembly(**held | {"quorum": "至少 3/5 户", "clauses": "FD-1"})) == []


def test_the_law_of_the_village_is_not_the_neighbourhoods() -> None:
    """FD-2 is about the village; a neighbourhood talks by HW-3.2 and HW-3.4, whose numbers are the county's."""
    files = assembly(roll="村民", also="", quorum="至少 4/5 户", majority="至少 4/5 到会")
    assert found(files) == [("redline-threshold", "决议")]
    written = files["procedure.toml"].decode().replace('level = "村"', 'level = "屋场"')
    assert found(files | {"procedure.toml": written.encode()}) == []


def test_eight_steps_ask_for_more() -> None:
    """BB-5.1 and BB-5.2, where the step or the procedure stands on them; a township does not go below."""
    assert len(found(assembly(clauses="BB-5 FD-1"))) == 2
    assert found(assembly(clauses="BB-5 FD-1", **EIGHT)) == []
    whole = assembly()
    whole["procedure.toml"] = whole["procedure.toml"].replace(b'clauses = ["LB-8"]', b'clauses = ["BB-5"]')
    assert len(found(whole)) == 2


def test_what_a_parameter_may_be_set_to_counts() -> None:
    quorum = {"quorum": "至少 {到会} 组成人员"}
    assert found(assembly(fraction("到会", "2/3", "2/3"), **quorum)) == []
    for minimum in ("1/2", "1999/3000", ""):  # nothing written: anything may be chosen
        assert found(assembly(fraction("到会", "2/3", minimum), **quorum)) == [("redline-threshold", "决议")]
    strict = {"majority": "超过 {同意} 到会组成人员"}
    assert found(assembly(fraction("同意", "2/3", "1/2"), **strict)) == []
    assert found(assembly(fraction("同意", "2/3", "1/2"), majority="至少 {同意} 到会组成人员")) != []
    word = '\n[parameters."到会"]\ntype = "choice"\ndefault = "2/3"\nchoices = ["2/3", "1/3"]\n'
    assert ("redline-parameter", "决议") in found(assembly(word, **quorum))


@pytest.mark.parametrize(
    ("called", "fine"),
    [
        ({"candidates": "{提名.候选人}"}, True),
        ({"candidates": "{提名.村委会候选人}"}, False),
        ({"candidates": "{提名.候选人}", "meeting": "村民委员会换届选举大会"}, False),
    ],
)
def test_the_village_committee_is_not_elected_here(called: dict[str, str], fine: bool) -> None:
    """FD-13; a vote on motions of the committee is another thing."""
    assert (("redline-election", "决议") not in found(assembly(seats="3", **called))) is fine
    assert found(assembly(meeting="村委会工作会议")) == []


@pytest.mark.parametrize("setting", ["motions", "handlers", "candidates"])
def test_what_is_voted_on_stands_somewhere(setting: str) -> None:
    """A name nothing sets would stop the matter when the vote opens."""
    said = {"candidates": {"seats": "{提名.名额}"}}.get(setting, {})
    codes = [f.code for f in check_folder(assembly(**{setting: "{没有.这个}"}, **said))]
    assert codes.count("unknown-name") == 1 + len(said)


def test_findings_say_what_to_do() -> None:
    messages = [
        finding.message
        for finding in check_folder(
            assembly(
                fraction("到会", "2/3", "1/2"), quorum="至少 { 到会 } 组成人员", majority="超过 1/3 到会"
            )
        )
        if finding.code == "redline-threshold"
    ]
    assert messages == [
        "召开的门槛低于红线（FD-1）：村民代表会议召开：参加的组成人员，至少 2/3 组成人员。"
        "参数“到会的比例”可以改到“至少 1/2 组成人员”，请提高参数的“最少”（minimum），或者加上“至少 2/3 组成人员”",
        "通过的门槛低于红线（FD-1）：村民代表会议决定：同意的到会组成人员，超过 1/2 到会组成人员。"
        "现在是“超过 1/3 到会”，请在“怎样算通过”（majority）里写上“超过 1/2 到会组成人员”",
    ]


def test_other_bodies_have_their_own_rules() -> None:
    assert (
        found(assembly(roll="支委会", also="", quorum="", majority="超过 1/2 到会", notice={"days": "1d"}))
        == []
    )
    assert len(found(assembly(roll="村民", also="", quorum="至少 1/2 应到", majority="至少 1/2 到会"))) == 2
    assert found(assembly(roll="村民", also="", quorum="超过 1/2 应到", majority="超过 1/2 到会")) == []


@pytest.mark.parametrize(
    ("parameters", "written", "fine"),
    [
        ("", "7d", True),
        ("", "P1W", True),
        ("", "P1M", True),
        ("", "7wd", True),
        ("", "6d", False),
        ("", "5wd", False),  # with weekends worked, five days
        ("", "PT167H", False),
        (days("7d", "7d"), "{天数}", True),
        (days("15d", "10d"), "{ 天数 }", True),
        (days("7d", "3d"), "{天数}", False),
        (days("7d"), "{天数}", False),
    ],
)
def test_a_decision_is_on_show_for_a_week(parameters: str, written: str, fine: bool) -> None:
    assert found(assembly(parameters, {"days": written})) == ([] if fine else [("redline-notice", "公示")])


def test_which_notices_are_of_a_decision() -> None:
    """Those that show the vote, or say that they are (FD-5)."""
    other = {"days": "3d", "shows": ""}
    assert found(assembly(notice=other)) == []
    assert found(assembly(notice=other | {"clauses": "FD-5"})) == [("redline-notice", "公示")]


def test_a_procedure_without_votes_is_left_alone() -> None:
    assert found(procedures.spending()) == []


# ---------------------------------------------------------------- against an oracle


BASES = ("应到", "到会", "组成人员", "到会组成人员")
shares = st.builds(lambda part, rest: Fraction(part, part + rest), st.integers(1, 6), st.integers(0, 6))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(("至少", "超过")), shares, st.sampled_from(BASES)), min_size=1, max_size=3
    ),
    st.integers(1, 12),
    st.integers(0, 6),
    st.data(),
)
def test_whatever_passes_the_gate_passes_the_law(
    asked: list[tuple[str, Fraction, str]], roll: int, others: int, data: st.DataObject
) -> None:
    """Any majority that is let through: every vote it carries, in any meeting, is carried by more than half of those
    of the body who came.
    """
    asked = [one for one in asked if not (one[0] == "超过" and one[1] == 1)] or [
        ("至少", Fraction(1), "应到")
    ]
    text = "；".join(f"{word} {part.numerator}/{part.denominator} {base}" for word, part, base in asked)
    present = data.draw(st.integers(1, roll))
    present_others = data.draw(st.integers(0, others))
    yes = data.draw(st.integers(0, present))
    counts = {
        "应到": roll,
        "到会": present,
        "组成人员": roll + others,
        "到会组成人员": present + present_others,
    }
    carried = all(
        yes >= part * counts[base] if word == "至少" else yes > part * counts[base]
        for word, part, base in asked
    )
    if found(assembly(majority=text)) == [] and carried:
        assert 2 * yes > counts["到会组成人员"]


def test_bases_are_words_of_the_red_lines() -> None:
    known = {one.base for rule in redlines().ballots for one in (*rule.quorum, *rule.majority)}
    assert known <= {*_WITHIN, *_SAME, "组成人员", "户"}
