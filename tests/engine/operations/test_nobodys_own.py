"""A step of many belongs to nobody alone: it is not signed for, and not given to one person."""

import pytest

from engine import operations
from engine.queries import tasks as queries
from engine.refusal import Invalid
from tests.voting import Hall


@pytest.fixture
def hall(office):
    return Hall(office.runtime, office.world, 3)


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def todo(hall, name):
    actor = hall.runtime.database.look(lambda c: hall.runtime.actor(c, hall.id(name)))
    return [card.id for card in queries.todo(hall.runtime, actor, "mine").items]


def test_nobody_signs_for_a_vote_and_takes_it_from_the_others(hall):
    task = hall.opened(also=["委员"])
    with refusal(Invalid, "claim-several"):
        operations.claim_task(hall.runtime, hall.id("代表1"), task)
    assert task in todo(hall, "代表2") and task in todo(hall, "主席")


def test_the_administrator_gives_it_to_nobody(hall, office):
    task = hall.opened(also=["委员"])
    with refusal(Invalid, "reassign-several"):
        operations.reassign_task(hall.runtime, office["管得宽"], task, hall.id("代表1"), "请他来办")
    assert task in todo(hall, "代表2")
