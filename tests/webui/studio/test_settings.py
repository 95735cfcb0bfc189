"""设置 of a draft: its title, key and parameters in plain forms, and the templates of its documents."""

import io
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from engine import operations
from engine.diagram.rewriting import startable
from engine.documents.template import built_in
from tests.engine.diagram.drawn import file, user
from tests.webui.pages.browsing import judge
from tests.webui.studio.conftest import Studio
from webui.studio import values

if TYPE_CHECKING:
    from playwright.sync_api import Page

JSON = {"Accept": "application/json"}


@pytest.fixture
def draft(studio: Studio) -> str:
    return studio.draft_of("babu")


def written(studio: Studio, draft: str) -> dict[str, Any]:
    return tomllib.loads(studio.draft(draft).files["procedure.toml"].decode())


def seen(studio: Studio, draft: str, name: str = "procedure.toml") -> str:
    return studio.draft(draft).stored[name].digest


def as_typed(studio: Studio, draft: str, **changes: Any) -> dict[str, Any]:
    stored = written(studio, draft)
    kept = {name: stored[name] for name in ("title", "summary", "level", "starters", "clauses")}
    return kept | {"key": "babu", "seen": seen(studio, draft)} | changes


def test_what_is_typed_is_written_and_the_comments_stay(studio: Studio, draft: str) -> None:
    visitor, path = studio.visitor("设计"), f"/studio/drafts/{draft}/settings"
    page = visitor.get(path).text
    assert "八步工作法" in page and "集民意" in page
    before, text = written(studio, draft), studio.draft(draft).files["procedure.toml"].decode()
    assert visitor.post(path, as_typed(studio, draft)).status_code == 302
    assert studio.draft(draft).files["procedure.toml"].decode() == text, (
        "saving what is there changes nothing"
    )
    assert visitor.post(path, as_typed(studio, draft, title="新八步")).status_code == 302
    assert written(studio, draft) == before | {"title": "新八步"}
    assert studio.draft(draft).files["procedure.toml"].decode() == text.replace('八步工作法"', '新八步"', 1)


def test_what_is_wrong_stays_typed_and_is_told_at_the_field(studio: Studio, draft: str) -> None:
    visitor, path = studio.visitor("设计"), f"/studio/drafts/{draft}/settings"
    answer = visitor.post(path, as_typed(studio, draft, title="", key="1 <b>", summary="我写的简介"))
    assert answer.status_code == 422
    assert "请写名称" in answer.text and "标识只能用" in answer.text
    assert "我写的简介" in answer.text and "1 &lt;b&gt;" in answer.text
    other = visitor.post(path, as_typed(studio, draft, title="我的", seen="another"))
    assert other.status_code == 409
    assert "您填的还在下面" in other.text and 'value="我的"' in other.text
    assert studio.visitor("书记").get(path).status_code == 404


def test_of_several_processes_another_may_be_the_one_that_is_started(studio: Studio) -> None:
    """It is still the same procedure: the one that is started bears its id, and whoever called it calls it still."""
    call = '<process id="q" name="乙"><callActivity id="c" calledElement="p"/></process>'
    pools = '<collaboration id="k"><participant id="pa" name="甲" processRef="p"/></collaboration>'
    files = {"x.bpmn": file(pools, f'<process id="p">{user("a")}</process>', call)}
    who, where = studio.world.people["设计"], studio.world.units["county"]
    draft = operations.create_draft(studio.runtime, who, where, files | {"procedure.toml": b'title = "x"\n'})
    visitor, path = studio.visitor("设计"), f"/studio/drafts/{draft}/settings"
    assert "从哪个流程开始" in visitor.get(path).text
    typed = {"title": "x", "level": "村", "key": "p", "first": "nowhere", "seen": seen(studio, draft)}
    assert "重新选" in visitor.post(path, typed).text
    assert visitor.post(path, typed | {"first": "q"}).status_code == 302
    assert startable(studio.draft(draft).files["x.bpmn"]) == [("p", "乙"), ("q", "甲")]
    assert b'calledElement="q"' in studio.draft(draft).files["x.bpmn"]
    assert studio.draft(draft).key == "p"


def test_a_parameter_is_typed_as_people_write_it(studio: Studio, draft: str) -> None:
    visitor, path = studio.visitor("设计"), f"/studio/drafts/{draft}/parameters"
    assert "公示几天" in visitor.get(path).text
    typed = {
        "name": "整改期限",
        "title": "整改几天",
        "type": "duration",
        "default": "５个工作日",
        "minimum": "1天",
    }
    typed |= {"clause": "FD-5", "note": "从\n退回算起", "seen": seen(studio, draft)}
    assert visitor.post(f"/studio/drafts/{draft}/parameter-new", typed).status_code == 302
    assert written(studio, draft)["parameters"]["整改期限"] == {
        "title": "整改几天", "type": "duration", "default": "5wd", "minimum": "1d", "clause": "FD-5",
        "note": "从\n退回算起",
    }  # fmt: skip
    shown = visitor.get(f"{path}/整改期限").text
    assert 'value="5个工作日"' in shown and 'value="1天"' in shown
    wrong = visitor.post(f"{path}/整改期限", typed | {"default": "过几天", "minimum": "0.5天"})
    assert wrong.status_code == 422 and 'value="过几天"' in wrong.text
    assert visitor.get(f"{path}/没有").status_code == 404
    answer = visitor.post(f"{path}/公示天数/remove", {"seen": seen(studio, draft)})
    assert "广示之" in visitor.get(answer.headers["Location"]).text


def test_the_panel_makes_a_parameter(studio: Studio, draft: str) -> None:
    visitor, path = studio.visitor("设计"), f"/studio/drafts/{draft}/parameters"
    headers = {"X-CSRF-Token": visitor.token, **JSON}
    body = {"name": "名额", "title": "几个名额", "type": "integer", "default": 3, "minimum": 1, "maximum": 9}
    answer = visitor.client.post(path, json=body, headers=headers)
    assert answer.status_code == 201 and answer.get_json()["name"] == "名额"
    assert written(studio, draft)["parameters"]["名额"] == {k: v for k, v in body.items() if k != "name"}
    again = visitor.client.post(path, json=body, headers=headers)
    assert again.status_code == 422 and "已经有一个" in again.get_json()["error"]["fields"]["name"]
    odd: Any
    for odd in (
        [],
        {"name": 3},
        {"name": "x" * 5000, "type": []},
        {"name": "a", "type": {}, "default": [[]]},
    ):
        assert visitor.client.post(path, json=odd, headers=headers).status_code == 422


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("duration", "7天", "7d"),
        ("duration", "5 个工作日", "5wd"),
        ("duration", "2个月", "P2M"),
        ("duration", "12小时", "PT12H"),
        ("duration", "P1DT2H", "P1DT2H"),
        ("integer", "１，000", 1000),
        ("integer", "1.5", 1.5),
        ("money", "5000.5", 5000.5),
        ("number", "nan", "nan"),
        ("number", "1e999", "1e999"),
        ("fraction", "2 / 3", "2/3"),
        ("list", "甲、乙，甲", ["甲", "乙"]),
        ("choice", "记名", "记名"),
        ("integer", " ", None),
    ],
)
def test_values_are_read_as_they_are_typed(kind: str, text: str, value: Any) -> None:
    assert values.typed(kind, text) == value
    assert values.typed(kind, values.written(kind, value)) == value


def test_a_settings_file_nobody_can_read_is_shown_as_it_is(studio: Studio, draft: str) -> None:
    visitor = studio.visitor("设计")
    headers = {"X-CSRF-Token": visitor.token, **JSON}
    path = f"/studio/drafts/{draft}"
    broken = 'title = "半'.encode()
    visitor.client.put(
        f"{path}/files/procedure.toml?seen={seen(studio, draft)}", data=broken, headers=headers
    )
    page = visitor.get(f"{path}/settings")
    assert page.status_code == 200 and "title = &#34;半" in page.text
    assert visitor.get(f"{path}/parameters").status_code == 422
    mended = {"text": 'title = "半"\r\nlevel = "村"\r\n', "seen": seen(studio, draft)}
    assert visitor.post(f"{path}/settings/raw", mended).status_code == 302
    assert written(studio, draft) == {"title": "半", "level": "村"}


def test_a_template_is_fetched_changed_and_put_back(studio: Studio, draft: str) -> None:
    visitor, path = studio.visitor("设计"), f"/studio/drafts/{draft}/papers"
    fetched = visitor.get(f"{path}/决议")
    assert fetched.data == built_in("决议")

    def put(name: str, data: bytes, **more: str) -> str:
        sent = {"file": (io.BytesIO(data), "x.docx"), "csrf_token": visitor.token, **more}
        answer = visitor.client.post(f"{path}/{name}", data=sent)
        assert answer.status_code in (302, 404)
        return visitor.get(path).text

    assert "检查没有发现问题" in put("决议", fetched.data)
    assert studio.draft(draft).files["templates/决议.docx"] == fetched.data
    assert "刚刚被别人换过" in put("决议", fetched.data + b"\0")
    assert "不是 .docx" in put("会议通知", b"\xd0\xcf old word")
    assert "先选一个" in put("会议通知", b"")
    assert "要改" in put("会议通知", b"PK\x03\x04 no zip"), "kept, with what is wrong with it"
    put("../../x", fetched.data)
    own = seen(studio, draft, "templates/决议.docx")
    visitor.post(f"{path}/remove", {"file": "templates/决议.docx", "seen": own})
    assert "templates/决议.docx" not in studio.draft(draft).files
    assert visitor.post(f"{path}/remove", {"file": "procedure.toml", "seen": "x"}).status_code == 422


def test_the_pages_of_settings_in_a_browser(studio: Studio, desk: "Page") -> None:
    draft = studio.draft_of("babu")
    for page in ("settings", "parameters/公示天数"):
        path = f"/studio/drafts/{draft}/{page}"
        desk.goto(path)
        problems = judge(desk, path)
        assert not [one for one in problems if "says" not in one], problems
    desk.set_viewport_size({"width": 1280, "height": 800})
    desk.goto(f"/studio/drafts/{draft}/settings")
    desk.get_by_role("searchbox", name="查找条款的编号或内容").fill("票决")
    assert desk.locator(".tick.clause:visible").count() < 30
    desk.get_by_label("名称").fill("新八步")
    desk.get_by_role("button", name="保存设置").click()
    desk.get_by_text("设置已保存").wait_for()
    assert written(studio, draft)["title"] == "新八步"
    assert written(studio, draft)["clauses"], "what the search hides stays ticked"
