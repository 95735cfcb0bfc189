"""Recounting a published file: what is right is found right, every change shows, and a hostile file is only refused."""

import ast
import copy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from engine.recount import Unreadable, elections, reading, verify
from engine.steps import election
from engine.steps.election import Candidate, Round, RunOff
from engine.steps.threshold import Threshold
from webui.cli import cli

THERE = {"roll": 6, "present": 5, "left": 1, "body": 8, "body_present": 6, "body_left": 1}
HOUSES = {"households": 20, "households_present": 14, "households_left": 2}


def file(method="secret", **changes):
    votes = ["赞成"] * 4 + ["反对"] * 2
    turn = {"round": 1, "attendance": THERE, "receipts": list("ABCDEF"), "ballots": votes}
    motion = {
        "position": 1,
        "text": "修路",
        "rounds": [turn],
        "result": {"赞成": 4, "反对": 2, "弃权": 0, "passed": True},
    }
    return {
        "format": "cunyi-ballot/1",
        "matter": {"number": "1", "title": "修路"},
        "step": "票决",
        "method": method,
        "quorum": ["至少 2/3 应到"],
        "majority": ["至少 2/3 到会", "超过 1/2 到会组成人员"],
        "attendance": THERE,
        "motions": [motion],
        "result": {"outcome": "通过"},
    } | changes


def elected(*rounds, seats=2, won, **more):
    """A file of an election; a round is (seats, places of candidates, papers, elected)."""
    turns = [
        {
            "round": at,
            "seats": left,
            "candidates": [{"place": place, "name": "甲乙丙丁戊"[place - 1]} for place in standing],
            "attendance": THERE,
            "ballots": papers,
            "votes": [{"place": p, "votes": sum(p in paper for paper in papers)} for p in standing],
            "elected": places,
        }
        for at, (left, standing, papers, places) in enumerate(rounds, 1)
    ]
    result = {"当选人": list(won), "缺额": seats - len(won)}
    motion = {
        "position": 1,
        "text": "选举",
        "seats": seats,
        "rounds_at_most": 2,
        "rounds": turns,
        "result": result,
    }
    outcome = {"outcome": "选出" if len(won) == seats else "未选足"}
    return file("named", majority=["超过 1/2 到会"], motions=[motion | more], result=outcome)


def check(data):
    return verify(json.dumps(data, ensure_ascii=False).encode())


RUN_OFF = elected(
    (2, [1, 2, 3], [[1, 2]] * 3 + [[1, 3]] * 3, [1]), (1, [2, 3], [[2]] * 4 + [[3], []], [2]), won="甲乙"
)
PAPERS = {"发出": 6, "收回": 6, "有效": 5, "无效": 1, "赞成": 4, "反对": 1, "弃权": 0}


def counted(**changes):
    data = file("paper")
    sheet = PAPERS | changes
    data["motions"][0]["rounds"] = [{"round": 1, "attendance": THERE, "count": sheet}]
    data["motions"][0]["result"] |= {"反对": 1}
    return data


@pytest.mark.parametrize(
    "data", [file(), file("named"), RUN_OFF, counted()], ids=["secret", "named", "elected", "paper"]
)
def test_what_is_right_is_found_right(data):
    report = check(data)
    assert report.same, report.wrong
    assert any("2/3" in line or "1/2" in line for line in report.checked)


def changed(data, *path, to):
    data = copy.deepcopy(data)
    at = data
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return data


FIRST = ("motions", 0, "rounds", 0)


@pytest.mark.parametrize(
    "data",
    [
        changed(file(), *FIRST, "ballots", 0, to="反对"),
        changed(file(), *FIRST, "ballots", to=["赞成"] * 4),
        changed(file(), *FIRST, "receipts", 0, to="B"),
        changed(file(), *FIRST, "receipts", to=list("ABCDE")),
        changed(file(), "motions", 0, "result", "passed", to=False),
        changed(file(), "result", "outcome", to="未通过"),
        changed(file(), "result", "outcome", to="未达法定人数"),
        changed(file(), "majority", 0, to="至少 3/4 到会"),
        changed(file(), "attendance", to=THERE | {"present": 3}),
        changed(file(), *FIRST, "attendance", to=THERE | {"present": 2}),
        changed(RUN_OFF, *FIRST, "elected", to=[1, 2]),
        changed(RUN_OFF, *FIRST, "ballots", 0, to=[1]),
        changed(RUN_OFF, "motions", 0, "rounds", 1, "seats", to=2),
        changed(RUN_OFF, "motions", 0, "rounds_at_most", to=1),
        changed(RUN_OFF, "motions", 0, "result", "当选人", to=["甲", "丙"]),
        changed(RUN_OFF, "motions", 0, "result", "缺额", to=1),
        counted(赞成=5, 反对=0),
        counted(有效=6),
        counted(收回=7, 有效=6),
        counted(发出=7, 收回=6),
    ],
)
def test_every_change_shows(data):
    assert not check(data).same


def weighed(*papers, **changes):
    data = file("named", majority=["超过 1/2 到会户"], attendance=THERE | HOUSES)
    turn = {"round": 1, "attendance": THERE | HOUSES, "weighed": True, "ballots": [list(p) for p in papers]}
    data["motions"][0]["rounds"] = [turn]
    data["motions"][0]["result"] = {"赞成": 9, "反对": 5, "弃权": 2, "passed": True}
    return data | changes


WEIGHED = weighed(("赞成", 9), ("反对", 5), ("弃权", 2))


@pytest.mark.parametrize(
    "data",
    [
        file(quorum=[], majority=[]),  # whatever was voted, nothing is asked for
        counted() | {"method": "secret"},  # figures in the place of papers and receipts
        file() | {"method": "paper"},
        file(method="drawn"),
        changed(file(), *FIRST, "attendance", to=THERE | {"roll": 60}),  # not the roll of the meeting
        changed(file(), *FIRST, "attendance", to=THERE | {"body": 2, "body_present": 2, "body_left": 0}),
        file(attendance=THERE | {"present": 50}),  # more there than on the roll
        changed(file(), *FIRST, "attendance", to=THERE | {"present": 5, "left": 4}),
        changed(  # more than all households
            changed(WEIGHED, *FIRST, "ballots", 0, to=["赞成", 40]), "motions", 0, "result", "赞成", to=40
        ),
        WEIGHED | {"method": "secret"},  # a weight gives a voter away
        file(result={"outcome": "选出"}),
        file(motions=file()["motions"] * 2),  # one motion, twice
        changed(RUN_OFF, "result", "outcome", to="通过"),
    ],
)
def test_a_forged_file_is_seen(data):
    """Everything that agrees with itself and could not have been written by a vote."""
    try:
        seen = not check(data).same
    except Unreadable:
        seen = True
    assert seen


def test_a_weighed_file_is_right():
    assert check(WEIGHED).same, check(WEIGHED).wrong


def test_who_has_left_early_makes_no_quorum_and_stays_among_those_who_came():
    data = file()
    data["attendance"] = THERE | {"present": 4}  # 4 of 6 is just two thirds
    assert check(data).same
    data["attendance"] = THERE | {"present": 3, "left": 3}
    assert not check(data).same


def test_without_a_quorum_nothing_is_counted():
    empty = [{"position": 1, "text": "修路", "rounds": []}]
    there = THERE | {"present": 3}
    data = file(attendance=there, motions=empty, result={"outcome": "未达法定人数"})
    assert check(data).same
    assert not check(data | {"result": {"outcome": "未通过"}}).same


def test_weighed_votes_are_counted_in_households():
    data = file("named", majority=["超过 1/2 到会户"])
    there = THERE | HOUSES
    papers = [["赞成", 9], ["反对", 5], ["弃权", 2]]
    data["motions"][0]["rounds"] = [{"round": 1, "attendance": there, "weighed": True, "ballots": papers}]
    data["motions"][0]["result"] = {"赞成": 9, "反对": 5, "弃权": 2, "passed": True}
    assert check(data).same
    data["motions"][0]["rounds"][0]["ballots"][0][1] = 8
    data["motions"][0]["result"]["赞成"] = 8
    assert not check(data).same  # 8 of 16 are not more than half


def test_a_void_turn_is_not_counted():
    data = counted()
    void = {
        "round": 1,
        "void": True,
        "attendance": THERE,
        "count": PAPERS | {"收回": 7, "有效": 6, "赞成": 5},
    }
    data["motions"][0]["rounds"].insert(0, void)
    assert check(data).same, check(data).wrong
    data["motions"][0]["rounds"][0]["void"] = False
    assert not check(data).same


def test_the_chair_may_leave_seats_open_and_the_file_says_so():
    short = ((2, [1, 2, 3], [[1]] * 6, [1]),)
    assert not check(elected(*short, won="甲")).same
    assert check(elected(*short, won="甲", stopped=True)).same


# ---------------------------------------------------------------- against the rules the server counts by


thresholds = st.builds(
    lambda n, d, strict: Threshold(min(n, d), d, "到会", strict and n < d),
    st.integers(1, 7),
    st.integers(1, 7),
    st.booleans(),
)


@given(thresholds, st.integers(0, 60), st.integers(0, 60))
def test_thresholds_agree(threshold, count, base):
    [other] = reading.thresholds(reading.Part({"majority": [str(threshold)]}), "majority")
    assert other.holds(count, {"到会": base}) == threshold.holds(count, base)


@given(
    st.lists(st.integers(0, 12), min_size=2, max_size=8), st.integers(1, 5), st.integers(1, 16), thresholds
)
def test_elections_agree(votes, seats, present, threshold):
    seats = min(seats, len(votes) - 1)
    standing = dict(enumerate(votes, 1))
    round_ = Round(1, seats, tuple(Candidate(place, str(place)) for place in standing))
    outcome = election.after_round(round_, standing, [threshold], {"到会": present}, 2)
    [other] = reading.thresholds(reading.Part({"majority": [str(threshold)]}), "majority")
    won, again = elections.won_by(standing, seats, [other], {"到会": present})
    assert tuple(won) == outcome.places
    assert again == sorted(outcome.next.places if isinstance(outcome, RunOff) else [])


def test_it_shares_no_code_with_them():
    for path in Path("engine/recount").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not [n for n in names if n.startswith("engine") and not n.startswith("engine.recount")], (
                path
            )


# ---------------------------------------------------------------- files nobody vouches for


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"format": "cunyi-ballot/2"}',
        b'{"format": "cunyi-ballot/1"}',
        b'{"format": "cunyi-ballot/1", "format": "cunyi-ballot/1"}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
        b'{"format": "cunyi-ballot/1", "x": 1e400}',
        b'{"format": "cunyi-ballot/1", "x": NaN, "step": 1}',
        b" " * 20_000_001,
    ],
)
def test_what_is_no_such_file_is_refused(content):
    with pytest.raises(Unreadable):
        verify(content)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["place", "name", "x"]), inner)
    ),
    max_leaves=4,
)


def _places(data, path=()):
    yield path
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inside:
        yield from _places(value, (*path, key))


SOUND = [file(), RUN_OFF, counted()]
PLACES = [(at, path) for at, data in enumerate(SOUND) for path in _places(data) if path]


@given(st.sampled_from(PLACES), anything)
def test_anything_anywhere_is_a_result_or_a_refusal(place, value):
    at, path = place
    try:
        list(check(changed(SOUND[at], *path, to=value)).lines())
    except Unreadable as error:
        assert str(error)


# ---------------------------------------------------------------- the command


@pytest.mark.parametrize(
    ("data", "code"), [(file(), 0), (changed(file(), *FIRST, "ballots", 0, to="反对"), 1), ({}, 2)]
)
def test_the_command_says_what_it_checked(tmp_path, data, code):
    path = tmp_path / "票决.json"
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    done = CliRunner().invoke(cli, ["ballot", "verify", str(path)])
    assert done.exit_code == code, done.output
    if code < 2:
        assert ("和公布的一样" in done.output) == (code == 0) and "SHA-256" in done.output


def test_the_command_looks_for_a_receipt(tmp_path):
    path = tmp_path / "f.json"
    path.write_text(
        json.dumps(changed(file(), *FIRST, "receipts", 0, to="K7MP-3TXA-9QHC"), ensure_ascii=False), "utf-8"
    )
    for receipt, code in (("k7mp 3txa 9qhc", 0), ("AAAA-AAAA-AAAA", 1)):
        done = CliRunner().invoke(cli, ["ballot", "verify", str(path), "--receipt", receipt])
        assert done.exit_code == code and receipt in done.output
    assert CliRunner().invoke(cli, ["ballot", "verify", str(tmp_path / "none")]).exit_code == 2
