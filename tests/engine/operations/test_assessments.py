"""测评 on the server: everybody once, papers with photos, nobody sees how it stands, and what it comes to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from engine import operations
from engine.people.tenures import dismiss
from engine.queries import matters
from engine.queries import tasks as queries
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken, Refusal
from engine.store import count_statements
from tests.consulting import Square
from tests.procedures import step

RATING = {"kind": "assess", "from": "村民代表", "pass": "至少 3/5 收回票", "least": "3", "until": "7d"}


@pytest.fixture
def square(office: Any) -> Square:
    return Square(office.runtime, office.world, step("rate", "测评", "村委会主任", **RATING), asked=6)


def refusal(kind: type[Refusal], code: str) -> Any:
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def rate(square: Square, task: str, by: str, score: str = "满意", **more: Any) -> Any:
    return square.act(task, "rate", by, {"评价": score}, **more)


def papers(square: Square, task: str, by: str = "主任", **counts: int) -> Any:
    return square.act(task, "add_batch", by, {**counts, "照片": [square.paper(by)]})


def page(square: Square, name: str, task: str) -> Any:
    with square.runtime.database.read() as c:
        actor = square.runtime.actor(c, square.id(name))
    return queries.task(square.runtime, actor, task)


def todo(square: Square, name: str) -> list[str]:
    with square.runtime.database.read() as c:
        actor = square.runtime.actor(c, square.id(name))
    return [card.step for card in queries.todo(square.runtime, actor, "mine").items]


def test_ratings_by_hand_and_on_paper_come_to_a_result(square: Square) -> None:
    matter, task = square.matter()
    rate(square, task, "代表1")
    rate(square, task, "代表2", "不满意")
    papers(square, task, 满意=1, 基本满意=1, 不满意=2)
    done = square.act(task, "close", "主任", {"说明": "票已封存"})
    assert [t["name"] for t in done.open_tasks] == ["公布"]
    result = square.result(matter, "测评")
    assert result is not None
    assert (result["结论"], result["参评"], result["应参评"], result["满意率"]) == ("不满意", 6, 6, "3/6")
    assert result["各档"] == {"满意": 2, "基本满意": 1, "不满意": 3}
    assert result["办理人"] == [square.id("主任")]
    with square.runtime.database.read() as c:
        actor = square.runtime.actor(c, square.id("主任"))
    shown = {
        line.label: line.text for line in matters.matter(square.runtime, actor, matter).results[-1].lines
    }
    assert shown["满意率"] == "3/6" and shown["依据"] == "满意 3 × 5 < 收回票 6 × 3"
    assert shown["各档"] == "满意 2，基本满意 1，不满意 3"


def test_nobody_rates_twice(square: Square) -> None:
    _, task = square.matter()
    assert todo(square, "代表1") == ["测评"]
    rate(square, task, "代表1")
    assert todo(square, "代表1") == []
    with refusal(Overtaken, "rated"):
        rate(square, task, "代表1", "不满意")
    paper = square.paper("文书")["id"]
    with refusal(Overtaken, "rated"):
        rate(square, task, "文书", on_behalf_of=square.id("代表1"), papers=[paper])
    square.act(task, "withdraw", "代表1")
    assert todo(square, "代表1") == ["测评"]
    rate(square, task, "代表1", "不满意")
    assert page(square, "代表1", task).proceeding.mine == "不满意"


def test_the_clerk_enters_it_for_somebody_with_a_photo(square: Square) -> None:
    _, task = square.matter()
    with refusal(Invalid, "form"):
        rate(square, task, "文书", on_behalf_of=square.id("代表1"))
    with refusal(Forbidden, "not-clerk"):
        rate(square, task, "主任", on_behalf_of=square.id("代表1"), papers=[square.paper("主任")["id"]])
    rate(square, task, "文书", on_behalf_of=square.id("代表1"), papers=[square.paper("文书")["id"]])
    assert page(square, "代表1", task).proceeding.mine == "满意"
    assert next(name for _, name in page(square, "文书", task).proceeding.waiting) == "代表2"


@pytest.mark.parametrize(
    "counts", [{}, {"满意": 0}, {"满意": -1}, {"满意": 1.5}, {"满意": "两张"}, {"很满意": 1}, {"满意": 10**9}]
)
def test_papers_that_say_nothing_or_nonsense(square: Square, counts: dict[str, Any]) -> None:
    _, task = square.matter()
    with refusal(Invalid, "form"):
        papers(square, task, **counts)
    assert page(square, "主任", task).proceeding.number == 0


def test_papers_need_a_photo_and_there_are_not_more_than_people(square: Square) -> None:
    _, task = square.matter()
    with refusal(Invalid, "form"):
        square.act(task, "add_batch", "主任", {"满意": 3})
    rate(square, task, "代表1")
    with refusal(Invalid, "too-many-papers"):
        papers(square, task, 满意=6)
    papers(square, task, 满意=5)
    rate(square, task, "代表2")  # whoever rates himself is heard; the papers have to be put right
    with refusal(Invalid, "too-many-papers"):
        square.act(task, "close", "主任")
    batch = page(square, "文书", task).proceeding.batches[0]
    assert batch.says == "满意 5 张" and batch.by == "主任"
    square.act(task, "withdraw", "文书", {"编号": batch.id})
    papers(square, task, "文书", 满意=4)
    square.act(task, "close", "主任")


def test_a_batch_is_taken_back_whole_and_only_by_who_keeps_the_record(square: Square) -> None:
    _, task = square.matter()
    papers(square, task, 满意=1, 不满意=1)
    batch = page(square, "主任", task).proceeding.batches[0]
    for entry in (batch.id, "", "没有"):
        with refusal(Invalid, "nothing-to-withdraw"):
            square.act(task, "withdraw", "代表1", {"编号": entry})
    square.act(task, "withdraw", "主任")
    seen = page(square, "主任", task).proceeding
    assert seen.number == 0 and seen.batches == []


def test_who_is_not_asked_cannot_rate(square: Square) -> None:
    _, task = square.matter()
    with refusal(Forbidden, "not-yours"):
        rate(square, task, "主任")
    with refusal(NotVisible, "task-unknown"):
        rate(square, task, "外村")
    with refusal(Forbidden, "not-yours"):
        papers(square, task, "代表1", 满意=1)
    with refusal(Forbidden, "not-yours"):
        square.act(task, "close", "代表1")


def test_too_few_wait_for_the_end_of_the_period(square: Square, office: Any) -> None:
    matter, task = square.matter()
    rate(square, task, "代表1")
    with refusal(Invalid, "too-few"):
        square.act(task, "close", "主任")
    seen = page(square, "主任", task).proceeding
    assert not seen.closable and "3 月 9 日 24:00" in seen.hindrance and "close" not in seen.acts
    office.clock.move_to(office.clock() + timedelta(days=8))
    square.act(task, "close", "主任")
    result = square.result(matter, "测评")
    assert result is not None and result["结论"] == "参评不足"
    with refusal(Overtaken, "task-done"):
        rate(square, task, "代表1")


def test_how_it_stands_is_shown_to_nobody(square: Square) -> None:
    _, task = square.matter()
    rate(square, task, "代表1", "不满意")
    for name in ("主任", "文书", "代表2"):
        seen = page(square, name, task).proceeding
        assert seen.number == 1 and "不满意 1" not in str(seen)


def test_the_matter_does_not_grow_and_a_rating_costs_the_same(square: Square) -> None:
    matter, task = square.matter()
    before, costs = square.state_size(matter), []
    for name in square.asked:
        with count_statements(square.runtime.database) as statements:
            rate(square, task, name)
        costs.append(len(statements))
    assert square.state_size(matter) == before and len(set(costs)) == 1


def test_four_rate_at_once(square: Square) -> None:
    _, task = square.matter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: rate(square, task, name), square.asked))
    assert page(square, "主任", task).proceeding.number == 6


def test_markup_in_a_comment_is_text(square: Square) -> None:
    _, task = square.matter()
    square.act(task, "rate", "代表1", {"评价": "满意", "意见": "<script>alert(1)</script>"})
    operations.act_on_task(square.runtime, square.id("代表2"), task, "rate", {"评价": "满意"})
    assert page(square, "主任", task).proceeding.number == 2


def leave(square: Square, office: Any, name: str) -> None:
    village = office.world.units["village"]
    office.database.run(lambda c: dismiss(c, square.id(name), "村民代表", village, office.runtime.today()))


def test_who_leaves_the_register_after_rating_does_not_hold_it_up(square: Square, office: Any) -> None:
    """More ratings than people to rate could never be put right: only the person may take his own back."""
    matter, task = square.matter()
    for name in square.asked:
        rate(square, task, name)
    office.wait(days=1)
    leave(square, office, "代表6")
    office.wait(days=1)
    with pytest.raises((Forbidden, NotVisible)):
        rate(square, task, "代表6")
    assert page(square, "主任", task).proceeding.closable
    square.act(task, "close", "主任")
    result = square.result(matter, "测评")
    assert result is not None and (result["参评"], result["应参评"]) == (6, 6)


def test_a_paper_in_the_box_stays_when_its_author_leaves(square: Square, office: Any) -> None:
    matter, task = square.matter()
    papers(square, task, 满意=6)
    office.wait(days=1)
    leave(square, office, "代表6")
    office.wait(days=1)
    assert "代表6" not in [name for _, name in page(square, "主任", task).proceeding.waiting]
    square.act(task, "close", "主任")
    result = square.result(matter, "测评")
    assert result is not None and result["应参评"] == 6
