"""征求意见 on the server: everybody once, paper in one go, nothing lost, and every opinion answered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from engine import operations
from engine.queries import gatherings
from engine.queries import tasks as queries
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from engine.store import count_statements
from tests.consulting import Square, answering, asking


@pytest.fixture
def square(office):
    return Square(office.runtime, office.world, asking(), answering())


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def see(square, name, task):
    with square.runtime.database.read() as c:
        actor = square.runtime.actor(c, square.id(name))
    return queries.task(square.runtime, actor, task).proceeding


def todo(square, name):
    with square.runtime.database.read() as c:
        actor = square.runtime.actor(c, square.id(name))
    return [card.step for card in queries.todo(square.runtime, actor, "mine").items]


# ---------------------------------------------------------------- gathering


def test_opinions_are_gathered_summed_up_and_answered(square):
    matter, task = square.matter()
    square.say(task, yes=18, no=2)
    done = square.act(task, "close", "主任", {"归纳": "大多数赞成"})
    assert [t["name"] for t in done.open_tasks] == ["回复"]
    result = square.result(matter, "征求")
    assert (result["条数"], result["人数"], result["应征"], result["覆盖"]) == (20, 20, 30, "20/30")
    assert result["立场"] == {"赞成": 18, "反对": 2, "其他": 0}
    assert result["归纳"] == "大多数赞成" and result["办理人"] == [square.id("主任")]
    reply = square.open(matter)["回复"]
    square.act(reply, "answer", "主任", {"答复": [{"编号": "1-19", "采纳": "采纳"}]})
    with refusal(Invalid, "unanswered"):
        square.act(reply, "close", "主任")
    last = see(square, "主任", reply).items[0]
    assert not last.adopted and last.number == 20
    square.act(reply, "answer", "主任", {"答复": [{"编号": last.id, "采纳": "不采纳", "答复": "不归村里管"}]})
    square.act(reply, "close", "主任")
    answered = square.result(matter, "回复")
    assert (answered["条数"], answered["采纳"], answered["不采纳"]) == (20, 19, 1)
    assert [row.reply for row in square.rows(task)][-1] == "不归村里管"


def test_too_few_are_refused_until_the_period_is_over_and_then_want_a_reason(square, office):
    matter, task = square.matter()
    square.say(task, yes=19)
    with refusal(Invalid, "too-few") as refused:
        square.act(task, "close", "主任", {"归纳": "好"})
    assert "至少听到 20 人" in refused.value.message and "3 月 7 日 24:00" in refused.value.message
    office.wait(days=6)
    with refusal(Invalid, "reason-missing"):
        square.act(task, "close", "主任")
    assert see(square, "主任", task).reason_needed
    square.act(task, "close", "主任", {"说明": "外出务工的多"})
    assert square.result(matter, "征求")["覆盖"] == "19/30"


def test_a_person_has_one_opinion_and_may_take_it_back(square):
    _, task = square.matter()
    square.say(task, yes=1)
    with refusal(Overtaken, "answered"):
        square.act(task, "add_opinion", "代表1", {"立场": "反对"})
    assert "征求" not in todo(square, "代表1")
    square.act(task, "withdraw", "代表1")
    assert "征求" in todo(square, "代表1")
    square.act(task, "add_opinion", "代表1", {"立场": "反对"})
    assert see(square, "主任", task).heard.stances == {"赞成": 0, "反对": 1, "其他": 0}
    with refusal(Invalid, "opinion-unknown"):
        square.act(task, "withdraw", "代表2")


def test_it_stands_in_the_list_of_those_asked_and_of_the_organiser(square):
    _, task = square.matter()
    assert "征求" in todo(square, "代表2") and "征求" in todo(square, "主任")
    square.act(task, "add_opinion", "代表2", {"立场": "赞成"})
    assert "征求" not in todo(square, "代表2") and "征求" in todo(square, "主任")


@pytest.mark.parametrize("by", ["百姓", "外村"])
def test_nobody_else_has_a_say(square, by):
    _, task = square.matter()
    with pytest.raises((NotVisible, Forbidden)):
        square.act(task, "add_opinion", by, {"立场": "赞成"})
    assert square.count(task) == 0


def test_those_asked_do_not_sum_up_and_the_organiser_has_no_say_of_his_own(square):
    _, task = square.matter()
    with refusal(Forbidden, "not-yours"):
        square.act(task, "close", "代表1")
    with refusal(Forbidden, "not-yours"):
        square.act(task, "add_opinion", "主任", {"立场": "赞成"})


def test_an_opinion_after_the_end_is_refused_with_a_clear_word(square):
    _, task = square.matter()
    square.say(task, yes=20)
    square.act(task, "close", "主任")
    with pytest.raises((Overtaken, NotVisible), match=r"办完|办理|结束"):
        square.act(task, "add_opinion", "代表30", {"立场": "赞成"})
    assert square.count(task) == 20


def test_html_is_kept_as_the_text_it_is(square):
    _, task = square.matter()
    text = "<script>alert('路')</script><b>修</b>"
    square.act(task, "add_opinion", "代表1", {"立场": "赞成", "内容": text})
    assert see(square, "主任", task).items[0].content == text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"内容": "好"}, "立场"),
        ({"立场": "也许"}, "立场"),
        ({"立场": "赞成", "内容": "长" * 2001}, "内容"),
        ({"立场": "赞成", "别的": "x"}, "别的"),
    ],
)
def test_what_is_wrong_is_told_at_the_field(square, data, field):
    _, task = square.matter()
    with refusal(Invalid, "form") as refused:
        square.act(task, "add_opinion", "代表1", data)
    assert list(refused.value.fields) == [field]


# ---------------------------------------------------------------- paper


def rows(*names, stance="赞成"):
    return [{"姓名": name, "立场": stance, "内容": "纸上写的"} for name in names]


def test_twenty_papers_go_in_at_once_and_names_of_those_asked_count_for_them(square):
    matter, task = square.matter()
    data = {"渠道": "意见卡", "意见": rows(*square.asked[:20], "路人"), "照片": [square.paper("文书")]}
    square.act(task, "add_batch", "文书", data)
    kept = square.rows(task)
    assert [row.person_id for row in kept[:20]] == [square.id(name) for name in square.asked[:20]]
    assert (kept[20].person_id, kept[20].author) == (None, "路人")
    assert {row.channel for row in kept} == {"意见卡"} and {row.entered_by for row in kept} == {
        square.id("文书")
    }
    assert {tuple(row.evidence) for row in kept} == {(data["照片"][0]["id"],)}
    assert "征求" not in todo(square, "代表1")
    square.act(task, "close", "主任")
    result = square.result(matter, "征求")
    assert (result["条数"], result["人数"], result["覆盖"]) == (21, 21, "20/30")


def test_a_row_may_name_several(square):
    _, task = square.matter()
    data = {"意见": rows("代表1、代表2，代表3"), "照片": [square.paper("主任")]}
    square.act(task, "add_batch", "主任", data)
    assert see(square, "主任", task).heard.covered == 3


def test_a_name_that_two_of_those_asked_bear_stays_a_name(square, office):
    _, task = square.matter()
    office.database.run(lambda c: [square.settle(c, "王小二", "村民代表") for _ in range(2)])
    square.act(task, "add_batch", "主任", {"意见": rows("王小二")})
    assert [(row.person_id, row.author) for row in square.rows(task)] == [(None, "王小二")]


def test_a_batch_for_people_of_the_register_wants_a_photo_and_keeps_nothing_without(square):
    _, task = square.matter()
    with refusal(Invalid, "form") as refused:
        square.act(task, "add_batch", "文书", {"意见": rows("代表1", "路人")})
    assert list(refused.value.fields) == ["照片"] and square.count(task) == 0


def test_who_has_spoken_is_told_at_the_row(square):
    _, task = square.matter()
    square.say(task, yes=1)
    data = {"意见": rows("代表2", "代表1"), "照片": [square.paper("文书")]}
    with refusal(Invalid, "answered") as refused:
        square.act(task, "add_batch", "文书", data)
    assert list(refused.value.fields) == ["意见[1].姓名"] and "代表1" in refused.value.fields["意见[1].姓名"]
    assert square.count(task) == 1


def test_a_mistake_of_the_clerk_can_be_taken_back_by_the_clerk_alone(square):
    _, task = square.matter()
    square.act(task, "add_batch", "文书", {"意见": rows("代表1"), "照片": [square.paper("文书")]})
    wrong = square.rows(task)[0].id
    with refusal(Invalid, "opinion-unknown"):
        square.act(task, "withdraw", "主任", {"编号": wrong})
    square.act(task, "withdraw", "文书", {"编号": wrong})
    assert see(square, "文书", task).heard.items == 0
    square.say(task, yes=1)


def test_the_clerk_enters_one_for_somebody_with_a_photo(square):
    _, task = square.matter()
    data = {"立场": "赞成", "内容": "好"}
    with refusal(Invalid, "form"):
        square.act(task, "add_opinion", "文书", data, on_behalf_of=square.id("代表1"))
    photo = square.paper("文书")["id"]
    square.act(task, "add_opinion", "文书", data, on_behalf_of=square.id("代表1"), papers=[photo])
    row = square.rows(task)[0]
    with pytest.raises(NotVisible):
        operations.confirm_opinion(square.runtime, square.id("代表2"), row.id)
    operations.confirm_opinion(square.runtime, square.id("代表1"), row.id)
    assert see(square, "主任", task).items[0].is_confirmed
    assert (row.person_id, row.entered_by, row.evidence) == (square.id("代表1"), square.id("文书"), [photo])


# ---------------------------------------------------------------- what is shown


def test_names_are_for_those_who_sum_up(square):
    _, task = square.matter()
    square.say(task, yes=1, no=1)
    assert [one.author for one in see(square, "主任", task).items] == ["代表2", "代表1"]
    assert len(see(square, "主任", task).waiting) == 28
    other = see(square, "报账", task)
    assert (
        [one.author for one in other.items] == ["代某某", "代某某"] and not other.waiting and not other.acts
    )
    member = see(square, "代表1", task)
    assert [one.content for one in member.mine] == ["代表1说赞成"] and not member.items


def test_the_digest_begins_with_the_figures_and_what_was_said(square):
    _, task = square.matter()
    square.say(task, yes=2, no=1)
    lines = see(square, "主任", task).digest.splitlines()
    assert lines[0] == "收到意见 3 条，应征 30 人中有 3 人提了意见：赞成 2 条，反对 1 条，其他 0 条。"
    assert lines[1:] == ["赞成：", "· 代表1说赞成", "· 代表2说赞成", "反对：", "· 代表3说反对"]


def test_who_leaves_the_register_is_not_asked_any_more(square, office):
    from datetime import date

    from engine.people.tenures import dismiss

    _, task = square.matter()
    square.say(task, yes=2)
    village = square.world.units["village"]
    office.database.run(lambda c: dismiss(c, square.id("代表1"), "村民代表", village, date(2026, 3, 2)))
    office.clock.move_to(office.clock.now + timedelta(days=1))
    heard = see(square, "主任", task).heard
    assert (heard.items, heard.asked, heard.covered) == (2, 29, 1)


# ---------------------------------------------------------------- cost


def test_an_opinion_costs_the_same_with_many_before_it(square):
    _, task = square.matter()
    with count_statements(square.runtime.database) as first:
        square.act(task, "add_opinion", "代表1", {"立场": "赞成"})
    square.say(task, yes=0)
    square.act(task, "add_batch", "主任", {"意见": rows(*(f"户主{n}" for n in range(200)))})
    with count_statements(square.runtime.database) as later:
        square.act(task, "add_opinion", "代表2", {"立场": "赞成"})
    assert len(later) == len(first) <= 14


def test_the_state_does_not_grow_with_the_opinions(square):
    matter, task = square.matter()
    before = square.state_size(matter)
    square.act(task, "add_batch", "主任", {"意见": rows(*(f"户主{n}" for n in range(200)))})
    assert square.state_size(matter) == before
    square.say(task, yes=20)
    square.act(task, "close", "主任", {"归纳": "好"})
    assert square.state_size(matter) - before < 1000


def test_a_double_tap_is_one_opinion(square):
    """The constraint is the net under two requests that both looked before either wrote."""
    from sqlalchemy import insert
    from sqlalchemy.exc import IntegrityError

    from engine.store.proceedings import opinions

    _, task = square.matter()
    square.say(task, yes=1)
    row = dict(square.rows(task)[0]._mapping) | {"id": "f" * 32}
    with pytest.raises(IntegrityError):
        square.runtime.database.run(lambda c: c.execute(insert(opinions).values(row)))


def test_the_clerk_of_another_village_enters_nothing(square):
    _, task = square.matter()
    with pytest.raises((NotVisible, Forbidden)):
        square.act(task, "add_batch", "外村", {"意见": rows("路人")})


def test_without_a_register_the_organiser_writes_down_what_people_say(office):
    square = Square(
        office.runtime, office.world, asking(**{"from": "", "coverage": "", "stances": "", "least": "2"})
    )
    matter, task = square.matter()
    square.act(task, "add_opinion", "主任", {"姓名": "张大爷", "渠道": "座谈", "内容": "早该修了"})
    with refusal(Invalid, "too-few"):
        square.act(task, "close", "主任")
    square.act(task, "add_opinion", "文书", {"内容": "不留名的意见"})
    square.act(task, "close", "主任")
    result = square.result(matter, "征求")
    assert (result["条数"], result["应征"], result["覆盖"], result["立场"]) == (2, 0, "", {})


def test_all_opinions_of_a_matter_are_read_by_those_who_may_see_it(square):
    matter, task = square.matter()
    square.say(task, yes=1, no=1)

    def read(name):
        with square.runtime.database.read() as c:
            actor = square.runtime.actor(c, square.id(name))
        return gatherings.of_matter(square.runtime, actor, matter)

    [round] = read("代表1").rounds
    assert (round.step, round.number) == ("征求", 2)
    assert [(one.author, one.is_mine) for one in round.items] == [("代某某", False), ("代表1", True)]
    with pytest.raises(NotVisible):
        read("百姓")


def test_what_is_said_while_it_is_summed_up_is_counted_or_refused(office):
    """Eight people at once against the organiser: nobody's opinion is kept without being counted."""
    square = Square(office.runtime, office.world, asking(coverage="", until=""), asked=8)
    matter, task = square.matter()
    square.say(task, yes=1)
    ready = Barrier(9)

    def attempt(act):
        ready.wait()
        try:
            act()
        except (Overtaken, NotVisible, Forbidden):
            return False
        return True

    def speak(name):
        return attempt(lambda: square.act(task, "add_opinion", name, {"立场": "赞成"}))

    with ThreadPoolExecutor(9) as pool:
        closing = pool.submit(attempt, lambda: square.act(task, "close", "主任"))
        spoken = [pool.submit(speak, name) for name in [*square.asked[1:], square.asked[0]]]
        assert closing.result()
        accepted = 1 + sum(one.result() for one in spoken)
    assert square.count(task) == accepted == square.result(matter, "征求")["条数"]


def test_what_the_person_has_confirmed_the_clerk_does_not_take_back(square, office):
    _, task = square.matter()
    card = square.paper("文书")["id"]
    said = {"立场": "反对", "内容": "路太窄"}
    square.act(task, "add_opinion", "文书", said, on_behalf_of=square.id("代表1"), papers=[card])
    [row] = square.rows(task)
    operations.confirm_opinion(office.runtime, square.id("代表1"), row.id)
    assert not see(square, "文书", task).items[0].may_withdraw
    with refusal(Invalid, "opinion-unknown"):
        square.act(task, "withdraw", "文书", {"编号": row.id})
    square.act(task, "withdraw", "代表1")  # it is the person's own


def test_whose_opinion_is_there_is_not_asked_again_through_the_clerk(square, office):
    _, task = square.matter()
    square.say(task, yes=1)
    papers = [square.paper("文书")["id"]]
    with refusal(Overtaken, "answered"):
        square.act(
            task, "add_opinion", "文书", {"立场": "反对"}, on_behalf_of=square.id("代表1"), papers=papers
        )
    with refusal(Invalid, "behalf-person"):
        square.act(task, "add_opinion", "文书", {"立场": "反对"}, on_behalf_of=office["外村"], papers=papers)
    rows = [{"应征人": [square.id("代表2")], "立场": "赞成"}]
    photos = [square.paper("文书")]
    with refusal(Invalid, "answered"):
        square.act(task, "add_batch", "文书", {"意见": rows * 2, "照片": photos})
    assert square.count(task) == 1
