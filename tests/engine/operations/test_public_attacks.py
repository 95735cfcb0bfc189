"""Attacks from outside: what a stranger tries that is no mistake, and what becomes of it."""

import pytest

from engine.operations import attempts
from engine.operations import public as operations
from engine.queries import public
from engine.queries import tasks as queries
from tests.consulting import Square, asking
from tests.strangers import moderate, say, settle_household, slips


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.7", "::ffff:198.51.100.7", True),
        ("198.51.100.7", "198.51.100.7:52011", True),
        ("2001:db8::1", "[2001:db8::2]:443", True),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("::ffff:198.51.100.7", "::ffff:198.51.100.8", False),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("unknown", "198.51.100.7", False),
    ],
)
def test_who_is_one_visitor(one, other, same):
    """A server on IPv6 writes every IPv4 address as one of a single /64: the whole country would be one visitor."""
    assert (attempts.visitor(one) == attempts.visitor(other)) is same


# ---------------------------------------------------------------- in somebody's name


@pytest.fixture
def asked(office):
    """A consultation open to everybody, with two households and a delegate who has an account."""
    square = Square(office.runtime, office.world, asking(**{"from": "户代表", "open": "yes"}), asked=0)
    settle_household(square, "1", "钱一", "钱婶", post="户代表")
    settle_household(square, "2", "孙二", post="户代表")
    matter, task = square.matter()
    square.act(task, "make_links", "主任")
    return square, matter, task


def impersonated(square, matter, task, *names):
    for name in names:
        say(square, matter, task, {"立场": "反对", "姓名": name})
    moderate(square, task, *["采用"] * len(names))


def heard(square, task):
    with square.runtime.database.read() as c:
        return queries.task(square.runtime, square.runtime.actor(c, square.id("主任")), task).proceeding.heard


def test_nobodys_say_is_taken_by_who_writes_his_name(asked):
    """By his slip, by his account and by his paper he still says what he thinks, and what was said for him goes."""
    square, matter, task = asked
    impersonated(square, matter, task, "钱一", "孙二")
    assert heard(square, task).stances["反对"] == 2
    code = slips(square, task)["1"]
    assert not public.household(square.runtime, code).closed
    operations.answer_for_household(square.runtime, code, {"立场": "赞成"})
    paper = {"意见": [{"姓名": "孙二", "立场": "赞成"}], "照片": [square.paper("文书")]}
    square.act(task, "add_batch", "文书", paper)
    now = heard(square, task)
    assert (now.stances["赞成"], now.stances["反对"], now.heads, now.covered) == (2, 0, 2, 2)


def test_he_speaks_with_his_account_too(asked):
    square, matter, task = asked
    impersonated(square, matter, task, "钱一")
    square.act(task, "add_opinion", "钱一", {"立场": "赞成", "内容": "该修"})
    now = heard(square, task)
    assert (now.stances["赞成"], now.stances["反对"], now.covered) == (1, 0, 1)


def test_a_coverage_is_not_made_of_typed_names(asked):
    """Who sums up could scan the code at home and write down the whole register."""
    square, matter, task = asked
    impersonated(square, matter, task, "钱一", "孙二")
    assert (heard(square, task).heads, heard(square, task).covered) == (2, 0)
