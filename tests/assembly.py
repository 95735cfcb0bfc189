"""A vote played act by act by people's numbers, without a database: what the rules of engine.steps come to."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import forms, steps
from engine.diagram.model import Node, Scope
from engine.refusal import Refusal
from engine.steps import Seat, Submission
from engine.steps.kind import CHAIR, MEMBER, RECORDER, SCRUTINEER
from engine.steps.meeting import BODY

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

    def __init__(self, voters=30, others=0, motions=("修路",), homes=None, of_homes=0, **properties):
        if others:
            properties["also"] = "村委会成员"
        self.settings = self.prepared(motions, **({"quorum": QUORUM} | properties))
        self.voters = [101 + place for place in range(voters)]
        self.others = [201 + place for place in range(others)]
        self.seats = [
            Seat(CHAIR, people=(1,)),
            Seat(RECORDER, people=(2,)),
            Seat(MEMBER, people=tuple(self.voters), homes=homes or {}, of_homes=of_homes),
            Seat(BODY, people=tuple(self.others)),
            Seat(SCRUTINEER, people=(3,)),
        ]
        self.done: list[Submission] = []

    def prepared(self, motions, **properties):
        return frozen(context={"审定": {"议案": list(motions)}}, motions="{审定.议案}", **properties)

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
