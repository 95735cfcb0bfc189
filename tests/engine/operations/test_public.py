"""The public side: strangers by the open link, households by their slips, each refused or contained with a word."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import insert, select, update

from engine import journal
from engine.operations import attempts
from engine.operations import public as operations
from engine.people.tenures import appoint
from engine.queries import public
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken, TooMany
from engine.retention import retire
from engine.store.proceedings import opinions
from engine.store.publicity import public_attempts
from engine.store.tables import file_uses, household_members, households
from tests.consulting import Square, asking, photo, publishing
from tests.strangers import code_of, moderate, object_to, say, settle_household, slips
from tests.world import SINCE


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def see(square, name, task):
    from engine.queries import tasks as queries

    with square.runtime.database.read() as c:
        actor = square.runtime.actor(c, square.id(name))
    return queries.task(square.runtime, actor, task).proceeding


def todo(square, name):
    from engine.queries import tasks as queries

    with square.runtime.database.read() as c:
        actor = square.runtime.actor(c, square.id(name))
    return [card.step for card in queries.todo(square.runtime, actor, "mine").items]


def appoint_head(square, name, number="77"):
    """Somebody who is known already becomes the head of a household, and answers for it."""

    def settle(c):
        village = square.world.units["village"]
        made = c.execute(insert(households).values(unit_id=village, number=number)).inserted_primary_key[0]
        member = {"household_id": made, "person_id": square.id(name), "is_head": True}
        c.execute(insert(household_members).values(member))
        appoint(c, square.id(name), "户代表", village, SINCE)

    square.runtime.database.run(settle)


@pytest.fixture
def noticed(office):
    """A notice that is up: the village, its matter and its task."""
    square = Square(office.runtime, office.world, publishing(), asked=2)
    matter, task = square.matter()
    square.publish(task, 内容="修路的决议")
    return square, matter, task


@pytest.fixture
def asked(office):
    """A consultation open to everybody, with two households."""
    square = Square(office.runtime, office.world, asking(**{"from": "户代表", "open": "yes"}), asked=0)
    settle_household(square, "1", "钱一", "钱婶", post="户代表")
    settle_household(square, "2", "孙二", post="户代表")
    matter, task = square.matter()
    return square, matter, task


# ---------------------------------------------------------------- the open link


def test_a_page_begins_with_the_first_publication(office):
    square = Square(office.runtime, office.world, asking(), publishing(), asked=3)
    matter, task = square.matter()
    assert public.code_of(square.runtime, matter) is None
    square.say(task, yes=3)
    square.act(task, "close", "主任")
    square.publish(square.open(matter)["公示"])
    code = code_of(square, matter)
    assert len(code) == 10 and public.leads_to(square.runtime, f" {code[:5]}-{code[5:].lower()}") == "matter"


def test_an_objection_counts_once_it_was_adopted(noticed):
    square, matter, task = noticed
    received = object_to(square, matter, task, "路人甲")
    assert received.waits and received.step == "公示"
    assert see(square, "主任", task).objectors == 0 and not see(square, "主任", task).feedback
    moderate(square, task, "采用")
    assert see(square, "主任", task).objectors == 1
    assert [one.content for one in see(square, "主任", task).feedback] == ["路线不公平"]


def test_objections_by_the_open_link_send_it_back_at_the_threshold(noticed, office):
    square, matter, task = noticed
    for author in ("甲某", "乙某", "丙某"):
        object_to(square, matter, task, author)
    moderate(square, task, "采用", "采用", "不采用")
    square.act(task, "answer", "主任", {"答复": [{"编号": "1-2", "采纳": "采纳"}]})
    office.wait(days=8)
    result = square.result(matter, "公示")
    assert (result["结论"], result["异议"], result["反馈"]) == ("有异议", 2, 2)


def test_a_waiting_objection_keeps_the_notice_from_ending(noticed, office):
    square, matter, task = noticed
    object_to(square, matter, task)
    office.wait(days=8)
    assert "公示" in square.open(matter)
    with refusal(Invalid, "unmoderated"):
        square.act(task, "close", "主任")
    moderate(square, task, "不采用", by="主任")
    square.act(task, "close", "主任")
    assert square.result(matter, "公示")["结论"] == "无异议"


def test_what_was_refused_stays_on_the_record_and_may_be_decided_otherwise(noticed):
    square, matter, task = noticed
    object_to(square, matter, task)
    with refusal(Invalid, "form"):
        moderate(square, task, "不采用", reason="")
    moderate(square, task, "不采用")
    [row] = square.rows(task)
    assert (row.admitted, row.moderation, row.moderated_by) == (False, "与本事项无关", square.id("文书"))
    square.act(task, "moderate", "主任", {"核对": [{"编号": row.id, "采用": "采用"}]})
    assert see(square, "主任", task).objectors == 1
    square.act(task, "answer", "主任", {"答复": [{"采纳": "采纳"}]})
    with refusal(Overtaken, "answered"):
        square.act(task, "moderate", "主任", {"核对": [{"编号": row.id, "采用": "不采用", "理由": "广告"}]})


@pytest.mark.parametrize("name", ["代表1", "外村"])
def test_only_organiser_and_clerk_moderate(noticed, name):
    square, matter, task = noticed
    object_to(square, matter, task)
    with pytest.raises((Forbidden, NotVisible)):
        moderate(square, task, "采用", by=name)


def test_an_opinion_that_is_none_of_this_step_is_not_ruled_on(noticed):
    square, _, task = noticed
    square.act(task, "add_feedback", "文书", {"类别": "意见", "内容": "好"})
    [row] = square.rows(task)
    with refusal(Invalid, "opinion-unknown"):
        square.act(task, "moderate", "主任", {"核对": [{"编号": row.id, "采用": "不采用", "理由": "广告"}]})


def test_a_consultation_waits_for_moderation_before_it_is_summed_up(asked, office):
    square, matter, task = asked
    say(square, matter, task, {"立场": "赞成", "内容": "早该修了"})
    office.wait(days=6)
    with refusal(Invalid, "unmoderated"):
        square.act(task, "close", "主任", {"说明": "人少"})
    moderate(square, task, "采用")
    square.act(task, "close", "主任", {"说明": "人少"})
    result = square.result(matter, "征求")
    assert (result["条数"], result["立场"]["赞成"], result["覆盖"]) == (1, 1, "0/2")


def test_a_villager_who_gave_a_name_is_one_person(asked):
    """By name where it is the only one in the village: a second one is refused. Nobody is heard by his name alone:
    the coverage wants an account, a slip or a paper.
    """
    square, matter, task = asked
    say(square, matter, task, {"立场": "赞成", "姓名": "钱一"})
    say(square, matter, task, {"立场": "反对", "姓名": "钱一"})
    moderate(square, task, "采用")
    heard = see(square, "主任", task).heard
    assert (heard.heads, heard.covered) == (1, 0)
    with refusal(Invalid, "answered"):
        moderate(square, task, "采用")


# ---------------------------------------------------------------- one person, one objection


def test_who_objects_by_phone_and_on_paper_counts_once(office):
    square = Square(office.runtime, office.world, publishing(**{"from": "村民代表"}), asked=2)
    matter, task = square.matter()
    square.publish(task)
    square.act(task, "add_feedback", "代表1", {"类别": "异议", "内容": "不行"})
    square.act(task, "add_feedback", "文书", {"类别": "异议", "内容": "不行", "姓名": "代表1"})
    object_to(square, matter, task, "代表1")
    moderate(square, task, "采用")
    assert see(square, "主任", task).objectors == 1


def test_of_two_of_one_name_the_household_tells_which(noticed):
    square, _, task = noticed
    settle_household(square, "7", "李四")
    settle_household(square, "8", "李四")
    paper = {"类别": "异议", "内容": "不行", "姓名": "李四"}
    with refusal(Invalid, "name-shared") as refused:
        square.act(task, "add_feedback", "文书", paper)
    assert list(refused.value.fields) == ["户号"]
    with refusal(Invalid, "household-unknown"):
        square.act(task, "add_feedback", "文书", paper | {"户号": "9"})
    for number in ("7", "8", "7"):
        square.act(task, "add_feedback", "文书", paper | {"户号": number})
    assert see(square, "主任", task).objectors == 2


# ---------------------------------------------------------------- households


def test_a_household_answers_once_and_may_take_it_back(asked):
    square, _, task = asked
    square.act(task, "make_links", "主任")
    code = slips(square, task)["1"]
    operations.answer_for_household(square.runtime, code, {"立场": "赞成", "内容": "好"})
    with refusal(Overtaken, "answered"):
        operations.answer_for_household(square.runtime, code, {"立场": "反对"})
    page = public.household(square.runtime, code)
    assert page.answer and (page.answer.choice, page.answer.may_withdraw) == ("赞成", True)
    operations.withdraw_for_household(square.runtime, code)
    with refusal(Overtaken, "nothing-to-withdraw"):
        operations.withdraw_for_household(square.runtime, code)
    operations.answer_for_household(square.runtime, code, {"立场": "反对"})
    heard = see(square, "主任", task).heard
    assert (heard.stances["赞成"], heard.stances["反对"], heard.covered) == (0, 1, 1)


def test_every_household_asked_has_a_slip_answered_by_its_delegate(asked):
    square, _, task = asked
    square.act(task, "make_links", "主任")
    assert list(slips(square, task)) == ["1", "2"]
    with refusal(Invalid, "links-made"):
        square.act(task, "make_links", "主任")
    settle_household(square, "10", "周三", post="户代表")
    square.act(task, "make_links", "文书")
    assert list(slips(square, task)) == ["1", "2", "10"]
    for name in ("代表1", "钱一"):
        with pytest.raises((Forbidden, NotVisible, KeyError)):
            slips(square, task, by=name)


def test_a_lost_slip_is_replaced_and_its_code_ends(asked):
    square, _, task = asked
    square.act(task, "make_links", "主任")
    old = slips(square, task)["1"]
    operations.answer_for_household(square.runtime, old, {"立场": "赞成"})
    square.act(task, "renew_link", "主任", {"户号": "1"})
    for use in (public.household, operations.withdraw_for_household):
        with refusal(NotVisible, "link-revoked"):
            use(square.runtime, old)
    new = slips(square, task)["1"]
    with refusal(Overtaken, "answered"):  # the household has answered, whatever paper it holds
        operations.answer_for_household(square.runtime, new, {"立场": "反对"})
    with refusal(Invalid, "household-unknown"):
        square.act(task, "renew_link", "主任", {"户号": "99"})


def test_its_delegate_with_an_account_and_the_slip_are_one_voice(asked, office):
    square, _, task = asked
    square.act(task, "make_links", "主任")
    square.act(
        task,
        "add_batch",
        "文书",
        {"意见": [{"姓名": "钱一", "立场": "反对"}], "照片": [square.paper("文书")]},
    )
    with refusal(Overtaken, "answered"):
        operations.answer_for_household(square.runtime, slips(square, task)["1"], {"立场": "赞成"})
    assert public.household(square.runtime, slips(square, task)["1"]).closed


def test_after_the_end_nobody_says_anything_more(asked, office):
    square, matter, task = asked
    square.act(task, "make_links", "主任")
    code = slips(square, task)["1"]
    office.wait(days=6)
    with refusal(Overtaken, "step-over"):
        say(square, matter, task, {"立场": "赞成"})
    with refusal(Overtaken, "step-over"):
        operations.answer_for_household(square.runtime, code, {"立场": "赞成"})
    assert not public.matter(square.runtime, code_of(square, matter)).participations
    square.act(task, "close", "主任", {"说明": "人少"})
    with refusal(Overtaken, "step-over"):
        operations.answer_for_household(square.runtime, code, {"立场": "赞成"})
    assert public.household(square.runtime, code).closed


def test_who_organises_still_has_to_sum_up_after_answering_for_his_household(asked):
    square, _, task = asked
    appoint_head(square, "主任")
    square.act(task, "make_links", "主任")
    operations.answer_for_household(square.runtime, slips(square, task)["77"], {"立场": "赞成"})
    assert "close" in see(square, "主任", task).acts and "征求" in todo(square, "主任")
    assert slips(square, task).keys() == {"1", "2", "77"}


def test_a_household_posts_twice_at_once_and_has_one_answer(asked):
    square, _, task = asked
    square.act(task, "make_links", "主任")
    code, ready = slips(square, task)["1"], Barrier(4)

    def post(stance):
        ready.wait()
        try:
            return operations.answer_for_household(square.runtime, code, {"立场": stance})
        except Overtaken:
            return None

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(post, ["赞成", "反对", "赞成", "反对"]))
    assert sum(one is not None for one in done) == 1
    assert see(square, "主任", task).heard.items == 1


# ---------------------------------------------------------------- what goes wrong


def test_a_burst_from_one_address_is_counted_whole(noticed):
    square, matter, task = noticed
    ready = Barrier(8)

    def post(number):
        ready.wait()
        try:
            return object_to(square, matter, task, f"某{number}")
        except TooMany:
            return None

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(post, range(8)))
    assert sum(one is not None for one in done) == 5 == square.count(task)


def test_what_was_refused_cannot_be_adopted_behind_the_record(noticed, office):
    """The seal of the step tells which strangers' objections counted."""
    square, matter, task = noticed
    object_to(square, matter, task)
    moderate(square, task, "不采用")
    office.wait(days=8)
    [row] = square.rows(task)

    def flip(admitted):
        mine = update(opinions).where(opinions.c.id == row.id)
        office.database.run(lambda c: c.execute(mine.values(admitted=admitted)))

    flip(True)
    with office.database.snapshot() as c:
        assert not journal.verify(c).intact
    flip(False)


@pytest.mark.parametrize("data", [{"内容": "好\0的"}, {"内容": "好", "姓名": "张\0三"}])
def test_a_nul_is_contained(noticed, data):
    square, matter, task = noticed
    try:
        say(square, matter, task, {"类别": "意见"} | data, address="\0unknown")
    except Invalid as refused:
        assert refused.fields
    else:
        assert "\0" not in square.rows(task)[0].content + square.rows(task)[0].author


def test_a_code_typed_with_a_chinese_keyboard(noticed):
    square, matter, _ = noticed
    code = code_of(square, matter)
    wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
    assert public.matter(square.runtime, f"{wide[:5]}－{wide[5:]}").code == code


def test_html_is_kept_as_the_text_it_is(noticed):
    square, matter, task = noticed
    text = "<script>alert('路')</script><b>修</b>"
    object_to(square, matter, task, text=text)
    moderate(square, task, "采用")
    assert public.matter(square.runtime, code_of(square, matter)).voices[0].content == text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"内容": "好"}, "类别"),
        ({"类别": "异议"}, "内容"),
        ({"类别": "异议", "内容": "长" * 1001}, "内容"),
        ({"类别": "异议", "内容": "好", "电话": "1" * 33}, "电话"),
        ({"类别": "异议", "内容": "好", "admitted": True}, "admitted"),
    ],
)
def test_what_is_wrong_is_told_at_the_field_and_does_not_count(noticed, data, field):
    square, matter, task = noticed
    for _ in range(6):
        with refusal(Invalid, "form") as refused:
            say(square, matter, task, data)
        assert list(refused.value.fields) == [field]
    object_to(square, matter, task)  # none of these used up the visitor's number


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"no picture", "a.jpg"), (b"%PDF-1.4 x", "a.pdf"), (b"x" * (10 * 1024 * 1024 + 1), "a.jpg")],
)
def test_a_photo_that_is_none_or_too_large_is_refused(noticed, data, name):
    square, matter, task = noticed
    with refusal(Invalid, "file") as refused:
        object_to(square, matter, task, photo=(data, name))
    assert list(refused.value.fields) == ["照片"] and square.count(task) == 0


def test_a_photo_belongs_to_the_matter_and_the_public_never_sees_it(noticed):
    square, matter, task = noticed
    object_to(square, matter, task, photo=(photo(), "路.png"))
    [row] = square.rows(task)
    with square.runtime.database.read() as c:
        use = c.execute(select(file_uses).where(file_uses.c.file_id == row.evidence[0])).all()[-1]
    assert (use.instance_id, use.uploaded_by) == (matter, None)


def test_a_flood_from_one_address_is_stopped_and_others_go_on(noticed, office):
    square, matter, task = noticed
    for _ in range(5):
        object_to(square, matter, task)
    with refusal(TooMany, "too-many") as refused:
        object_to(square, matter, task)
    assert "您写的内容还在" in refused.value.message and square.count(task) == 5
    object_to(square, matter, task, address="198.51.100.9")
    office.clock.move_to(office.clock.now + timedelta(hours=1))
    object_to(square, matter, task)


def test_a_whole_ipv6_network_is_one_address(noticed):
    square, matter, task = noticed
    for host in range(5):
        object_to(square, matter, task, address=f"2001:db8:1:2::{host}")
    with refusal(TooMany, "too-many"):
        object_to(square, matter, task, address="2001:db8:1:2:ffff::9")
    object_to(square, matter, task, address="2001:db8:1:3::1")


def test_a_day_and_a_matter_have_their_limits(noticed, office, monkeypatch):
    square, matter, task = noticed
    limit = attempts.PER_MATTER[0]._replace(number=7)
    monkeypatch.setattr(attempts, "PER_MATTER", (limit,))
    for number in range(7):
        object_to(square, matter, task, address=f"198.51.100.{number}")
    with refusal(TooMany, "too-many") as refused:
        object_to(square, matter, task, address="192.0.2.1")
    assert "这件事一小时" in refused.value.message


def test_addresses_are_not_kept_and_attempts_are_forgotten(noticed, office):
    square, matter, task = noticed
    object_to(square, matter, task, "张三")
    with office.database.read() as c:
        kept = c.execute(select(public_attempts)).all()
    assert len(kept) == 2 and not any("203.0.113" in row.subject for row in kept)
    later = office.clock.now + attempts.KEPT
    assert office.database.run(lambda c: retire(c, later))["public attempts"] == 0
    assert office.database.run(lambda c: retire(c, later + timedelta(seconds=1)))["public attempts"] == 2


@pytest.mark.parametrize("code", ["", "ABCDEFGHJK", "x' OR 1=1", "\0"])
def test_a_code_that_is_none(noticed, code):
    square, _, task = noticed
    for look in (public.matter, public.version, public.household):
        with refusal(NotVisible, "link-unknown"):
            look(square.runtime, code)
    with refusal(NotVisible, "link-unknown"):
        operations.say(square.runtime, code, task, {}, address="192.0.2.1")
    assert public.leads_to(square.runtime, code) is None


def test_a_step_of_another_matter_is_out_of_reach(noticed):
    square, _, task = noticed
    other, second = square.matter()
    square.publish(second)
    with refusal(NotVisible, "task-unknown"):
        object_to(square, other, task)


def test_a_consultation_that_is_not_open_takes_nothing_from_strangers(office):
    square = Square(office.runtime, office.world, publishing(), asking(), asked=3)
    matter, task = square.matter()
    square.publish(task)
    office.wait(days=8)
    with refusal(Invalid, "not-open"):
        say(square, matter, square.open(matter)["征求"], {"立场": "赞成"})
