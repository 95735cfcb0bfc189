"""Whose a task is, on lists: in SQL the same rule as `engine.authorisation`, and cheap."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.operations import claim_task, release_task
from engine.queries import administration, matters, mine, procedures, tasks, trouble
from engine.refusal import Forbidden, Invalid, NotVisible
from tests.engine.queries.conftest import Village

Count = Callable[[Callable[[], Any]], int]


def names(village: Village, who: str, scope: str) -> list[str]:
    return [card.step for card in tasks.todo(village.runtime, village.actor(who), scope).items]


def test_claimable_then_mine_then_done(village: Village) -> None:
    task = village.start().open_tasks[0]["id"]
    assert names(village, "报账", "mine") == ["填报"]  # who starts it goes straight on
    assert names(village, "老报", "claimable") == []  # it is in somebody's hands
    release_task(village.runtime, village.world.people["报账"], task)
    assert names(village, "报账", "claimable") == names(village, "老报", "claimable") == ["填报"]
    claim_task(village.runtime, village.world.people["老报"], task)
    assert names(village, "报账", "claimable") == []
    village.complete("老报", task, {"金额": 1, "用途": "水渠", "票据": []})
    assert names(village, "老报", "done") == ["填报"]
    assert names(village, "老报", "mine") == []


def test_a_seat_is_mine_until_i_have_spoken(village: Village) -> None:
    task = village.filled().open_tasks[0]["id"]
    assert names(village, "书记", "mine") == names(village, "主任", "mine") == ["联审"]
    village.complete("书记", task, {"结论": "同意", "说明": ""})
    assert names(village, "书记", "mine") == []
    assert names(village, "主任", "mine") == ["联审"]


@pytest.mark.parametrize("who", ["外村", "百姓", "会计"])
def test_nobody_elses(village: Village, who: str) -> None:
    village.filled()
    for scope in ("mine", "claimable", "overdue", "done", "behalf"):
        assert names(village, who, scope) == []


def test_counts_agree_with_the_lists(village: Village) -> None:
    village.start("一")
    village.filled("二")
    for who in ("报账", "老报", "书记", "会计"):
        counted = tasks.counts(village.runtime, village.actor(who))
        assert counted.mine == len(names(village, who, "mine"))
        assert counted.claimable == len(names(village, who, "claimable"))


def test_the_clerk_sees_what_the_village_waits_for(village: Village) -> None:
    village.filled()
    assert names(village, "文书", "behalf") == ["联审"]


def test_pages_neither_skip_nor_repeat(village: Village) -> None:
    for number in range(7):
        village.start(f"事 {number}")
        village.clock.move_to(village.clock() + timedelta(minutes=1))
    for ask in (
        lambda cursor: tasks.todo(village.runtime, village.actor("报账"), "mine", cursor, 3),
        lambda cursor: matters.listing(village.runtime, village.actor("报账"), cursor=cursor, limit=3),
    ):
        seen, cursor = [], None
        while True:
            page = ask(cursor)
            seen += [item.id for item in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 7


def test_unknown_scopes_are_refused(village: Village) -> None:
    with pytest.raises(Invalid):
        tasks.todo(village.runtime, village.actor("报账"), "whatever")
    with pytest.raises(Invalid):
        matters.listing(village.runtime, village.actor("报账"), "whatever")


@pytest.mark.parametrize(
    ("who", "sees"), [("报账", 1), ("主任", 1), ("管得宽", 1), ("经管", 1), ("外村", 0), ("百姓", 0)]
)
def test_who_sees_a_matter(village: Village, who: str, sees: int) -> None:
    started = village.start()
    actor = village.actor(who)
    assert len(matters.listing(village.runtime, actor).items) == sees
    if sees:
        assert matters.matter(village.runtime, actor, started.instance_id).title == "修水渠"
    else:
        with pytest.raises(NotVisible):
            matters.matter(village.runtime, actor, started.instance_id)


def test_names_of_those_who_must_act_are_for_them_and_their_superiors(village: Village) -> None:
    matter = village.filled().instance_id

    def told(who: str) -> list[str]:
        return matters.matter(village.runtime, village.actor(who), matter).open_steps[0].who

    assert told("报账") == told("会计") == []
    assert set(told("书记")) == set(told("经管")) == {"书记", "主任"}


def test_percent_signs_are_searched_for_not_with(village: Village) -> None:
    village.start("修水渠")
    village.start("占 100% 的")
    found = matters.listing(village.runtime, village.actor("报账"), q="100%").items
    assert [item.title for item in found] == ["占 100% 的"]


def test_questions_are_cheap(village: Village, statements: Count) -> None:
    rt, done = village.runtime, village.filled()
    clerk, boss, starter = village.actor("主任"), village.actor("管得宽"), village.actor("报账")
    task = done.open_tasks[0]["id"]
    assert statements(lambda: tasks.counts(rt, clerk)) == 1
    for scope in tasks.SCOPES:
        assert statements(lambda scope=scope: tasks.todo(rt, clerk, scope)) == 1
    assert statements(lambda: tasks.task(rt, clerk, task)) <= 3
    assert statements(lambda: matters.listing(rt, clerk)) == 2
    assert statements(lambda: matters.matter(rt, clerk, done.instance_id)) <= 5
    assert statements(lambda: procedures.startable(rt, starter)) <= 2
    assert statements(lambda: mine.profile(rt, clerk)) <= 4
    assert statements(lambda: trouble.vacancies(rt, boss)) <= 4
    assert statements(lambda: administration.tree(rt, boss)) <= 2


def test_administration_is_closed_to_others(village: Village) -> None:
    for ask in (
        administration.tree,
        trouble.overview,
        trouble.overdue,
        trouble.vacancies,
        trouble.open_incidents,
    ):
        with pytest.raises(Forbidden):
            ask(village.runtime, village.actor("书记"))
