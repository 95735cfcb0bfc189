"""Invitations in a rehearsal, and who is of age."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine.refusal import Refusal
from engine.steps import invitation, meeting, meeting_replay
from engine.steps.kind import CHAIR, MEMBER, Seat, SettingError, Submission, Words
from tests.engine.steps.test_deliberate import node

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SEATS = [Seat(CHAIR, people=(1,)), Seat(MEMBER, people=(2, 3, 4))]


class Held:
    """A meeting of three in a rehearsal."""

    def __init__(self, **properties: str) -> None:
        self.settings = meeting.freeze(Words(node(**properties), {}))
        self.done: list[Submission] = []
        self.act("convene", 1, 时间="2026-03-02T19:00", 地点="村委会")

    def act(self, name: str, person: int, **data: Any) -> None:
        seat = CHAIR if person == 1 else MEMBER
        at = NOW + timedelta(minutes=len(self.done))
        submission = Submission(data, person=person, seat=seat, action=name, at=at)
        meeting_replay.accept(self.settings, SEATS, self.found, submission)
        self.done.append(submission)

    @property
    def found(self) -> meeting_replay.Replayed:
        return meeting_replay.replay(SEATS, self.done)

    def refused(self, code: str, name: str, person: int, **data: Any) -> None:
        with pytest.raises(Refusal) as refusal:
            self.act(name, person, **data)
        assert refusal.value.code == code


def test_a_seat_is_given_away_before_the_opening() -> None:
    held = Held(roll="户代表", delegate="户内", quorum="至少 2/3 应到")
    held.refused("form", "reply", 2, 答复="委托")
    held.refused("delegate", "reply", 2, 答复="委托", 受托人=3)  # has a seat already
    held.act("reply", 2, 答复="委托", 受托人=9)
    held.refused("delegate", "reply", 3, 答复="委托", 受托人=9)  # nobody has two
    held.act("open", 1, 到会=[2])
    assert held.found.present == (9,) and held.found.voters == {9, 3, 4}
    held.refused("not-on-roll", "attend", 2)
    held.act("attend", 9)
    held.refused("meeting-opened", "reply", 3, 答复="参加")


def test_no_seat_is_given_away_where_the_diagram_does_not_allow_it() -> None:
    held = Held(roll="户代表", quorum="至少 2/3 应到")
    held.refused("no-delegate", "reply", 2, 答复="委托", 受托人=9)
    held.refused("reply-others", "reply", 2, 参加的人=[3])
    held.act("reply", 1, 参加的人=[3], 请假的人=[4])
    with pytest.raises(SettingError, match="FD-1"):
        Held(roll="村民代表", delegate="户内")
    with pytest.raises(SettingError, match="户内"):
        Held(roll="户代表", delegate="谁都行")


def test_who_left_came_and_is_not_there() -> None:
    held = Held(roll="户代表", quorum="至少 2/3 应到")
    held.act("open", 1, 到会=[2, 3])
    held.refused("never-came", "attend", 1, 早退=[4])
    held.act("attend", 1, 早退=[2])
    record = held.found.record
    assert (record.present, record.left, record.came) == (1, 1, 2)
    assert not meeting.quorum(held.settings, record).holds
    held.act("attend", 2)
    assert held.found.record.left == 0 and meeting.quorum(held.settings, held.found.record).holds


@pytest.mark.parametrize(
    ("born", "on", "adult"),
    [
        (date(2008, 3, 2), date(2026, 3, 2), True),
        (date(2008, 3, 3), date(2026, 3, 2), False),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
        (None, date(2026, 3, 2), True),
    ],
)
def test_of_age_is_who_has_had_the_eighteenth_birthday(born: date | None, on: date, adult: bool) -> None:
    assert invitation.is_adult(born, on) is adult
