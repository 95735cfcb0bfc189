"""What anybody reads of a matter: the whole way it came, in figures, and nothing that is a person's own."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from engine import operations
from engine.operations import public as public_operations
from engine.people import units
from engine.people.tenures import appoint
from engine.queries import public
from engine.queries import tasks as queries
from engine.refusal import Invalid, NotVisible, Overtaken
from engine.store import count_statements
from tests.conftest import ROOT
from tests.consulting import ASK, Square, answering, asking, photo, publishing
from tests.procedures import step
from tests.strangers import code_of, moderate, object_to, say, settle_household, slips
from tests.voting import Hall
from tests.world import SINCE

RATING = {"kind": "assess", "from": "public", "public": "yes", "pass": "至少 3/5 收回票", "until": "7d"}


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def page_of(square, matter):
    return public.matter(square.runtime, code_of(square, matter))


def stage(page, name):
    [found] = [one for one in page.way if one.step == name]
    return found


def words_of(page):
    """Everything a page says, as one text."""
    return str(asdict(page))


@pytest.fixture
def square(office):
    steps = [
        asking(),
        publishing(shows="征求", publishes="决议事项", objections="1"),
        answering("公示"),
        step("rate", "测评", "村委会主任", **RATING),
    ]
    return Square(office.runtime, office.world, *steps, asked=3)


@pytest.fixture
def told(square):
    """A notice that is up after a consultation; the matter and the notice's task."""
    matter, task = square.matter()
    square.say(task, yes=2, no=1)
    square.act(task, "close", "主任", {"归纳": "多数赞成，担心积水"})
    notice = square.open(matter)["公示"]
    square.publish(notice, "村务公开栏", "微信群")
    return matter, notice


# ---------------------------------------------------------------- the way it came


def test_the_way_shows_what_was_asked_and_published_in_figures(square, told, office):
    matter, _ = told
    page = page_of(square, matter)
    assert (page.title, page.state) == ("村口道路硬化", "正在公示，到 3 月 9 日止")
    assert [(one.kind, one.step, one.by, one.is_open) for one in page.way] == [
        ("提出", "提出", "报账员", False),
        ("征求意见", "征求", "村委会主任", False),
        ("公示", "公示", "村委会主任", True),
    ]
    gathered = stage(page, "征求")
    assert gathered.text == "多数赞成，担心积水"
    assert [fact.text for fact in gathered.facts] == [
        "收到意见 3 条",
        "赞成 2 条，反对 1 条",
        "应征求 3 人，提了意见的 3 人",
    ]
    [notice_shown] = page.notices
    assert notice_shown.is_running and notice_shown.channels == ["村务公开栏", "微信群"]
    assert [one.name for one in notice_shown.photos] == ["村务公开栏", "微信群"]
    assert [(one.item, one.is_done) for one in page.publications] == [
        ("决议事项", True),
        ("实施方案", False),
        ("落实情况", False),
        ("实施结果", False),
    ]
    assert [(one.sort, one.choices, one.needs_text) for one in page.participations] == [
        ("反馈", ("意见", "异议"), True)
    ]


def test_to_its_end_with_answers_and_a_rating(square, told, office):
    matter, notice = told
    object_to(square, matter, notice, "张建国")
    moderate(square, notice, "采用")
    square.act(notice, "answer", "主任", {"答复": [{"采纳": "部分采纳", "答复": "改线五米"}]})
    office.wait(days=8)
    assert stage(page_of(square, matter), "公示").outcome == "有异议"
    reply = square.open(matter)["回复"]
    square.act(reply, "close", "主任")
    rating = square.open(matter)["测评"]
    say(square, matter, rating, {"评价": "满意", "意见": "路修得好"})
    square.act(rating, "add_batch", "主任", {"满意": 1, "不满意": 1, "照片": [square.paper("主任")]})
    office.wait(days=8)
    square.act(rating, "close", "主任")
    assert square.result(matter, "测评")["扫码参评"] == 1
    operations.complete_task(square.runtime, square.id("报账"), square.open(matter)["公布"], {"说明": "内部"})
    page = page_of(square, matter)
    assert page.state == "已办结" and (page.way[-1].kind, page.way[-1].outcome) == ("办结", "")
    assert stage(page, "回复").facts[0].text == "逐条答复 1 条意见：部分采纳 1 条"
    assert "参评 3 人，满意 2 人" in [fact.text for fact in stage(page, "测评").facts]
    [voice] = page.voices
    assert (voice.author, voice.adopted, voice.reply) == ("张*国", "部分采纳", "改线五米")
    assert not page.participations and not page.notices[0].is_running
    assert page.notices[0].outcome == "有异议"


def test_who_is_asked_reads_what_it_is_about(office):
    again = step("again", "再问", "村委会主任", **(ASK | {"shows": "征求", "open": "yes"}))
    square = Square(office.runtime, office.world, asking(), again, asked=3)
    matter, task = square.matter()
    square.say(task, yes=2, no=1)
    square.act(task, "close", "主任", {"归纳": "多数赞成，担心积水"})
    [asked] = page_of(square, matter).participations
    assert asked.about.startswith("【征求】") and "担心积水" in asked.about
    assert not [name for name in square.asked if name in asked.about]


@pytest.mark.parametrize("discloses", ["yes", "no"])
def test_why_a_meeting_decided_so_is_told_where_the_diagram_says_so(office, discloses):
    settings = {"kind": "deliberate", "outcomes": "维持 重来", "explain": "维持 重来", "discloses": discloses}
    weigh = step("weigh", "研究", "村委会主任", **settings)
    square = Square(office.runtime, office.world, asking(open="yes"), weigh, publishing(), asked=3)
    matter, task = square.matter()
    square.say(task, yes=2)
    square.act(task, "close", "主任", {"归纳": "多数赞成"})
    held = {"时间": "2026-03-02T09:00", "地点": "村部", "到会": [square.id("主任")]}
    square.act(square.open(matter)["研究"], "close", "主任", held | {"结论": "维持", "说明": "改线已经谈妥"})
    assert stage(page_of(square, matter), "研究").text == ("改线已经谈妥" if discloses == "yes" else "")


def test_a_vote_shows_its_figures_and_never_who_voted_how(office):
    hall = Hall(office.runtime, office.world, representatives=6, announce="1d")
    matter, task = hall.matter("修路", "建桥")
    hall.convene(task)
    assert public.code_of(hall.runtime, matter) is None
    proof = operations.upload_file(hall.runtime, hall.id("主席"), photo(), "公告.png")
    announced = {"渠道": ["微信群"], "凭证": [{"id": proof["id"], "name": "张三家门口.png"}]}
    hall.act(task, "announce", "主席", announced)
    page = page_of(hall, matter)
    ahead = page.way[-1].meeting
    assert ahead and not ahead.is_over and ahead.place == "村委会会议室" and not ahead.came
    assert [one.name for one in ahead.photos] == ["会前公开"]
    office.wait(days=4)
    hall.open(task, [*hall.voters, "主任", "委员"])
    for motion in (1, 2):
        hall.cast(task, yes=5, no=1, motion=motion)
    before = words_of(page_of(hall, matter))
    assert "赞成" not in before
    hall.act(task, "close", "主席")
    voted = stage(page_of(hall, matter), "票决")
    assert voted.outcome == "通过" and voted.meeting.came.startswith("应到 6 人，实到 6 人；组成人员 ")
    assert [(f.label, f.text) for f in voted.facts[:2]] == [
        ("修路", "赞成 5，反对 1，弃权 0：通过"),
        ("建桥", "赞成 5，反对 1，弃权 0：通过"),
    ]
    [line] = [f.text for f in voted.facts if f.text.startswith("到会 6") and f.label == "怎么算的"]
    assert line == "到会 6：要够应到 6 的 2/3，至少 4，够了"
    assert not any(name in words_of(page_of(hall, matter)) for name in hall.voters)


# ---------------------------------------------------------------- what is nobody's business


def test_names_forms_and_what_waits_are_not_shown(square, told):
    matter, notice = told
    object_to(square, matter, notice, "路过的人", text="骂人的话", photo=(photo(), "张三.png"))
    object_to(square, matter, notice, "李大嘴", text="无关的话")
    page = page_of(square, matter)
    assert page.waiting == 2 and "骂人的话" not in words_of(page)
    moderate(square, notice, "不采用", "不采用")
    page = page_of(square, matter)
    assert page.unadopted == "扫码提的意见里，未采用 2 条（与本事项无关）" and page.waiting == 0
    everybody = [*square.asked, "主任", "文书", "路过的人", "李大嘴", "张三", "无关的话", "代表1说赞成"]
    assert not [word for word in everybody if word in words_of(page).replace("村委会主任", "")]


def test_a_reason_in_ones_own_words_is_not_told(square, told):
    matter, notice = told
    object_to(square, matter, notice)
    moderate(square, notice, "不采用", reason="张三家的私事")
    assert page_of(square, matter).unadopted == "扫码提的意见里，未采用 1 条"


def test_only_proofs_of_publications_are_given_out(square, told):
    matter, notice = told
    object_to(square, matter, notice, photo=(photo(), "路.png"))
    moderate(square, notice, "采用")
    code = code_of(square, matter)
    shown = page_of(square, matter).notices[0].photos[0]
    data, media_type, name = public.file(square.runtime, code, shown.id)
    assert data.startswith(b"\x89PNG") and (media_type, name) == ("image/png", "公示凭证.png")
    with refusal(NotVisible, "file-unknown"):
        public.file(square.runtime, code, "0" * 64)
    other, _ = square.matter()
    assert public.code_of(square.runtime, other) is None


# ---------------------------------------------------------------- cheap to ask again


def test_the_version_changes_with_what_the_page_says(square, told, office):
    matter, notice = told
    code = code_of(square, matter)
    seen = [public.version(square.runtime, code)]

    def changed():
        seen.append(public.version(square.runtime, code))
        return seen[-1] != seen[-2]

    assert not changed()
    object_to(square, matter, notice)
    assert changed()
    moderate(square, notice, "采用")
    assert changed()
    square.act(notice, "answer", "主任", {"答复": [{"采纳": "采纳"}]})
    assert changed()
    square.act(notice, "add_photo", "主任", {"渠道": "微信群", "照片": [square.paper("主任")]})
    assert changed()
    office.wait(days=8)
    assert changed() and not changed()


def test_it_costs_one_statement_to_ask_and_a_page_does_not_grow_dear(square, told):
    matter, notice = told
    code = code_of(square, matter)
    with count_statements(square.runtime.database) as asked:
        public.version(square.runtime, code)
    assert len(asked) == 1
    public.matter(square.runtime, code)
    with count_statements(square.runtime.database) as few:
        public.matter(square.runtime, code)
    for number in range(5):
        object_to(square, matter, notice, f"村民{number}", address=f"192.0.2.{number}")
    moderate(square, notice, *["采用"] * 5)
    with count_statements(square.runtime.database) as more:
        public.matter(square.runtime, code)
    assert len(more) == len(few) <= 30


# ---------------------------------------------------------------- a village's board


def test_the_board_of_a_village(square, told, office):
    matter, _ = told
    square.matter()  # nothing of it is public
    board = public.unit(square.runtime, "village")
    assert [(one.title, one.state) for one in board.notices] == [("村口道路硬化", "正在公示，到 3 月 9 日止")]
    assert not board.under_way and not board.finished and not board.is_problem_list
    office.wait(days=8)
    board = public.unit(square.runtime, "village")
    assert [one.code for one in board.under_way] == [code_of(square, matter)]
    assert public.unit(square.runtime, "town").below == [("village", board.name)]
    with refusal(NotVisible, "unit-unknown"):
        public.unit(square.runtime, "nowhere")


# ---------------------------------------------------------------- photos of the last day


def test_on_the_last_day_a_photo_is_asked_for_and_the_clock_waits_for_nobody(square, told, office):
    matter, notice = told

    def todo():
        with square.runtime.database.read() as c:
            actor = square.runtime.actor(c, square.id("主任"))
        return [card.step for card in queries.todo(square.runtime, actor, "mine").items]

    def shown():
        with square.runtime.database.read() as c:
            actor = square.runtime.actor(c, square.id("主任"))
        return queries.task(square.runtime, actor, notice).proceeding

    office.wait(days=6)
    assert "公示" not in todo() and not shown().photo_wanted
    office.wait(hours=15)  # midnight: the last day begins
    assert "公示" in todo() and shown().photo_wanted
    square.act(notice, "add_photo", "文书", {"渠道": "村务公开栏", "照片": [square.paper("文书")]})
    assert "公示" not in todo() and not shown().photo_wanted
    assert [one.channel for one in shown().photos] == ["村务公开栏"]
    assert page_of(square, matter).notices[0].photos[-1].name == "村务公开栏，3 月 9 日"
    office.wait(days=1)
    assert "公示" not in square.open(matter)


def test_without_the_photo_it_ends_all_the_same(square, told, office):
    matter, _ = told
    office.wait(days=8)
    assert "公示" not in square.open(matter)


# ---------------------------------------------------------------- households rate, and the silent see


def test_households_rate_once(square, told, office):
    matter, _ = told
    settle_household(square, "1", "钱一", "钱婶")
    office.wait(days=8)
    square.act(square.open(matter)["回复"], "close", "主任")
    rating = square.open(matter)["测评"]
    square.act(rating, "make_links", "主任")
    code = slips(square, rating)["1"]
    page = public.household(square.runtime, code)
    assert page.participation.choices == ("满意", "基本满意", "不满意") and page.page_code
    public_operations.answer_for_household(square.runtime, code, {"评价": "不满意", "意见": "太窄"})
    with refusal(Overtaken, "answered"):
        public_operations.answer_for_household(square.runtime, code, {"评价": "满意"})
    public_operations.withdraw_for_household(square.runtime, code)
    public_operations.answer_for_household(square.runtime, code, {"评价": "满意"})
    office.wait(days=8)
    square.act(rating, "close", "主任")
    result = square.result(matter, "测评")
    assert (result["各档"]["满意"], result["扫码参评"]) == (1, 0)
    assert public.household(square.runtime, code).answer.choice == "满意"


def test_rating_by_the_open_link_only_where_it_is_set(office):
    closed = RATING | {"public": "no"}
    square = Square(
        office.runtime, office.world, publishing(), step("rate", "测评", "村委会主任", **closed), asked=1
    )
    matter, task = square.matter()
    square.publish(task)
    office.wait(days=8)
    with refusal(Invalid, "not-open"):
        say(square, matter, square.open(matter)["测评"], {"评价": "满意"})


@pytest.mark.parametrize("ends", ["close", "cancel"])
def test_who_was_asked_and_kept_silent_sees_what_became_of_it(office, ends):
    square = Square(office.runtime, office.world, asking(coverage="至少 1/2 应征"), asked=3)
    matter, task = square.matter()
    square.say(task, yes=2)
    if ends == "close":
        square.act(task, "close", "主任")
    else:
        operations.cancel_matter(square.runtime, square.id("报账"), matter, "不修了")
    with square.runtime.database.read() as c:
        actor = square.runtime.actor(c, square.id("代表3"))
        stranger = square.runtime.actor(c, square.id("百姓"))
    from engine.queries import matters

    assert matters.matter(square.runtime, actor, matter).title == "村口道路硬化"
    with pytest.raises(NotVisible):
        matters.matter(square.runtime, stranger, matter)


def test_a_page_that_changes_by_the_clock_tells_when(square, told, office):
    matter, _ = told
    page = page_of(square, matter)
    assert page.participations[0].until == page.notices[0].ends_at
    office.clock.move_to(page.notices[0].ends_at - timedelta(seconds=1))
    assert page_of(square, matter).participations
    office.clock.move_to(office.clock.now + timedelta(seconds=1))
    late = page_of(square, matter)  # no worker has been there yet
    assert not late.participations and not late.notices[0].is_running
    assert replace(late.notices[0], is_running=True) == page.notices[0]


def test_the_list_of_problems_is_public_from_the_first_day(office):
    """HW-4.5: everybody may follow every problem of a neighbourhood."""
    folder = ROOT / "processes" / "wenti"
    content = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    operations.publish_procedure(office.runtime, None, content, "county")

    def settle(c):
        unit = units.add(c, "屋场", "grove", "樟树屋场", office.world.units["village"])
        appoint(c, office["百姓"], "屋场长", unit.id, SINCE)

    office.database.run(settle)
    done = operations.start_matter(office.runtime, office["百姓"], "wenti", "grove", "水沟堵了")
    board = public.unit(office.runtime, "grove")
    assert board.is_problem_list and [one.title for one in board.under_way] == ["水沟堵了"]
    page = public.matter(office.runtime, board.under_way[0].code)
    assert page.code == public.code_of(office.runtime, done.instance_id)
    assert page.way[0].kind == "提出" and page.way[-1].is_open
    assert public.unit(office.runtime, "village").below == [("grove", "樟树屋场")]


def test_the_same_words_with_the_same_answer_stand_once(square, told):
    matter, notice = told
    for host in range(3):
        object_to(square, matter, notice, text="太窄了", address=f"192.0.2.{host}")
    moderate(square, notice, *["采用"] * 3)
    square.act(notice, "answer", "主任", {"答复": [{"编号": "1-2", "采纳": "采纳", "答复": "加宽"}]})
    voices = page_of(square, matter).voices
    assert [(one.content, one.reply, one.number) for one in voices] == [
        ("太窄了", "", 1),
        ("太窄了", "加宽", 2),
    ]


def test_the_file_of_a_secret_vote_is_there_for_everybody_once_it_is_over(office):
    hall = Hall(
        office.runtime, office.world, representatives=6, announce="1d", method="phone", secrecy="secret"
    )
    matter, task = hall.matter("修路")
    hall.convene(task)
    proof = operations.upload_file(hall.runtime, hall.id("主席"), photo(), "公告.png")
    hall.act(
        task, "announce", "主席", {"渠道": ["微信群"], "凭证": [{"id": proof["id"], "name": "公告.png"}]}
    )
    office.wait(days=4)
    hall.open(task, [*hall.voters, "主任", "委员"])
    hall.cast(task, yes=5, no=1)
    code = code_of(hall, matter)
    with refusal(NotVisible, "ballot-unknown"):
        public.ballot_file(hall.runtime, code, task)
    hall.act(task, "close", "主席")
    file = stage(page_of(hall, matter), "票决").ballot
    data, name = public.ballot_file(hall.runtime, code, file.task_id)
    assert name.endswith(".json") and not any(voter in data.decode() for voter in hall.voters)
