"""What many did on a step is sealed when it ends: whatever is changed behind its back afterwards shows."""

import pytest
from sqlalchemy import delete, insert, select, update

from engine import journal
from engine.store.proceedings import meeting_members, opinions
from engine.store.voting import votes
from tests.consulting import Square, asking
from tests.voting import Hall


@pytest.fixture
def voted(office):
    hall = Hall(office.runtime, office.world)
    _, task = hall.matter("修路")
    hall.convene(task)
    hall.open(task, hall.voters[:24])
    hall.cast(task, yes=20, no=4)
    hall.act(task, "close", "主席")
    assert _intact(office)
    return office


@pytest.fixture
def asked(office):
    square = Square(office.runtime, office.world, asking())
    _, task = square.matter()
    square.say(task, yes=20, no=3)
    square.act(task, "close", "主任", {"归纳": "大多数赞成"})
    assert _intact(office)
    return office


def _intact(office) -> bool:
    with office.database.snapshot() as c:
        return journal.verify(c).intact


class _Undo(Exception):
    pass


def _tampered(office, statement) -> bool:
    """Whether it shows when somebody runs this statement on the database; it is undone again."""
    intact = None
    try:
        with office.database.write() as c:
            c.execute(statement)
            intact = journal.verify(c).intact
            raise _Undo
    except _Undo:
        return not intact


def test_a_vote_cannot_be_changed_added_or_removed_unseen(voted):
    with voted.database.read() as c:
        one = c.execute(select(votes).where(votes.c.choice == "反对")).first()
    mine = (votes.c.task_id == one.task_id, votes.c.person_id == one.person_id)
    assert _tampered(voted, update(votes).where(*mine).values(choice="赞成"))
    assert _tampered(voted, delete(votes).where(*mine))
    with voted.database.read() as c:
        absent = c.scalar(
            select(meeting_members.c.person_id).where(
                meeting_members.c.is_voter, meeting_members.c.attendance != "present"
            )
        )
    more = {**one._mapping, "person_id": absent}
    assert _tampered(voted, insert(votes).values(**more))


def test_attendance_cannot_be_changed_unseen(voted):
    everybody = update(meeting_members).values(attendance="present")
    assert _tampered(voted, everybody)


def test_an_opinion_cannot_be_reworded_or_removed_unseen(asked):
    first = select(opinions.c.id).order_by(opinions.c.id).limit(1).scalar_subquery()
    own = opinions.c.id == first
    assert _tampered(asked, update(opinions).where(own).values(content="改过的话"))
    assert _tampered(asked, update(opinions).where(own).values(stance="反对"))
    assert _tampered(asked, update(opinions).where(own).values(digest="0" * 64))
    assert _tampered(asked, delete(opinions).where(own))


def test_an_opinion_may_be_erased_by_law_and_the_seal_holds(asked):
    erased = update(opinions).values(content="", author="", stance="", salt="", person_id=None)
    assert not _tampered(asked, erased)


def test_answering_an_opinion_later_leaves_the_seal_whole(asked):
    with asked.database.read() as c:
        at = c.scalar(select(opinions.c.at).limit(1))
    assert not _tampered(asked, update(opinions).values(adopted="采纳", reply="好", answered_at=at))
