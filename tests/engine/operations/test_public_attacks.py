"""Attacks from outside: what a stranger tries that is no mistake, and what becomes of it."""

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from sqlalchemy import func, select

from engine import files, forms, masking
from engine.operations import attempts
from engine.operations import public as operations
from engine.queries import public
from engine.queries import tasks as queries
from engine.redlines import PROCESSES
from engine.refusal import Invalid, Overtaken, TooMany
from engine.steps.strangers import readable
from engine.store.proceedings import ratings
from tests.consulting import Square, asking, photo, publishing
from tests.procedures import step
from tests.strangers import moderate, object_to, say, settle_household, slips


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


# ---------------------------------------------------------------- photos


@pytest.fixture
def drawn(monkeypatch):
    """How many pictures were drawn."""
    seen = []
    accept = files.accept

    def counted(data, name):
        seen.append(name)
        return accept(data, name)

    monkeypatch.setattr(files, "accept", counted)
    return seen


@pytest.fixture
def noticed(office):
    square = Square(office.runtime, office.world, publishing(), asked=2)
    matter, task = square.matter()
    square.publish(task, 内容="修路的决议")
    return square, matter, task


def test_no_picture_is_drawn_for_a_form_that_is_not_taken(noticed, drawn, office):
    square, matter, task = noticed
    drawn.clear()
    with pytest.raises(Invalid):
        say(square, matter, task, {"类别": "异议"}, photo=(photo(), "路.png"))
    office.wait(days=8)
    with pytest.raises(Overtaken):
        object_to(square, matter, task, photo=(photo(), "路.png"))
    assert not drawn


def test_a_household_s_code_makes_nobody_draw_for_ever(asked, drawn, office):
    square, _, task = asked
    code = slips(square, task)["1"]
    drawn.clear()
    with pytest.raises(Invalid):
        operations.answer_for_household(square.runtime, code, {}, photo=(photo(), "路.png"))
    office.wait(days=6)
    with pytest.raises(Overtaken):
        operations.answer_for_household(square.runtime, code, {"立场": "赞成"}, photo=(photo(), "路.png"))
    assert not drawn


def test_photos_that_are_none_are_counted(noticed, drawn):
    square, matter, task = noticed
    drawn.clear()
    for _ in range(20):
        with pytest.raises(Invalid, match="打不开"):
            object_to(square, matter, task, photo=(photo()[:40], "路.png"))
    with pytest.raises(TooMany, match="带照片的"):
        object_to(square, matter, task, photo=(photo(), "路.png"))
    assert len(drawn) == 20
    object_to(square, matter, task)  # words alone are taken as before


def test_strangers_photos_do_not_keep_every_thread_busy(noticed, monkeypatch):
    square, matter, task = noticed
    monkeypatch.setattr(operations, "PATIENCE", 0.01)
    with operations._drawing, operations._drawing, pytest.raises(TooMany, match="传照片的人多"):
        object_to(square, matter, task, photo=(photo(), "路.png"))
    object_to(square, matter, task, photo=(photo(), "路.png"))


# ---------------------------------------------------------------- ratings


def test_a_form_tapped_twice_is_one_rating(office):
    rating = {"kind": "assess", "from": "public", "public": "yes", "pass": "至少 3/5 收回票", "until": "7d"}
    square = Square(office.runtime, office.world, step("rate", "测评", "村委会主任", **rating), asked=0)
    matter, task = square.matter()

    def rate(score, once):
        return say(square, matter, task, {"评价": score}, once=once)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: rate("不满意", "a" * 32), range(4)))
    assert sorted(one.again for one in answers) == [False, True, True, True]
    assert not rate("满意", "a" * 32).again and not rate("不满意", "b" * 32).again
    with square.runtime.database.read() as c:
        assert c.scalar(select(func.count()).where(ratings.c.task_id == task)) == 3


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("路要修，\u202e钱不够", "路要修，钱不够"),
        ("\u3164\u200b\u2800 ", ""),
        ("修" + "\u0301" * 300 + "路", "修\u0301\u0301路"),
        ("一" + "\r\n" * 900 + "二\u2028三", "一\n\n二\n三"),
        ("好👨‍👩‍👧❤️", "好👨‍👩‍👧❤️"),
        ("𠮷村的\t路", "𠮷村的\t路"),
        ("\u200d", ""),
    ],
)
def test_nothing_a_stranger_writes_spoils_the_page(written, kept):
    assert readable(written) == kept


def test_what_nobody_can_see_is_no_objection(noticed):
    square, matter, task = noticed
    with pytest.raises(Invalid) as refused:
        object_to(square, matter, task, text="\u3164\u200b")
    assert list(refused.value.fields) == ["内容"]


# ---------------------------------------------------------------- names


def test_who_raised_a_problem_is_not_on_the_board():
    """A field with `public: no` stays inside, also in the rows of a list."""
    kept = {"public": "no"}
    row = [
        {"type": "textfield", "key": "问题", "label": "什么问题"},
        {"type": "textfield", "key": "提出人", "label": "谁提出的", "properties": kept},
    ]
    form = {
        "type": "default",
        "components": [
            {"type": "textarea", "key": "发言", "label": "大家怎么说的", "properties": kept},
            {"type": "dynamiclist", "path": "清单", "label": "问题", "components": row},
        ],
    }
    value = {
        "发言": "王家旺：水渠三年没清了",
        "清单": [{"问题": "灯坏了", "提出人": "王秀兰"}],
        "结论": "通过",
    }
    assert masking.public(form, value) == {"清单": [{"问题": "灯坏了"}], "结论": "通过"}


@pytest.mark.parametrize(("procedure", "form"), [("wuchang", "wc_qingdan"), ("wenti", "wt_dengji")])
def test_the_neighbourhood_s_forms_keep_names_back(procedure, form):
    schema = orjson.loads((PROCESSES / procedure / "forms" / f"{form}.json").read_bytes())
    rows = [{"问题": "灯坏了", "提出人": "王秀兰"}]
    given = {"问题": "灯坏了", "发言": "王秀兰：灯坏了", "提出人": "王秀兰", "问题清单": rows}
    declared = {key: given[key] for key in forms.field_types(schema) if key in given}
    shown = masking.public(schema, declared)
    assert "灯坏了" in str(shown) and "王秀兰" in str(declared) and "王秀兰" not in str(shown)
