"""The entrance: what there is, and every way to begin."""

import io
import re

from werkzeug.test import TestResponse

from engine import operations
from engine.operations.beginning import MAX_FILE
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from engine.store.database import count_statements
from engine.store.packing import pack
from tests.webui.pages.conftest import Visitor
from tests.webui.studio.conftest import Studio

ZHICHU = read_files(PROCESSES / "zhichu")


def publish(studio: Studio, files: dict[str, bytes] = ZHICHU) -> int:
    return operations.publish_procedure(studio.runtime, None, files, "county", "第一次")


def upload(
    who: Visitor, data: bytes, name: str, path: str = "/studio/new/file", **fields: object
) -> TestResponse:
    return who.post(path, {"file": (io.BytesIO(data), name), **fields}, content_type="multipart/form-data")


def begun(answer: TestResponse) -> str:
    assert answer.status_code == 302, answer.text
    found = re.fullmatch(r"/studio/drafts/(\w+)(?:/\w+)?", answer.location)
    assert found, answer.location
    return found[1]


def test_only_designers_come_in(studio: Studio) -> None:
    publish(studio)
    for path in ("/studio", "/studio/new", "/studio/versions/1", "/studio/procedures/1/zhichu"):
        assert studio.visitor("设计").get(path).status_code == 200
        assert studio.visitor("书记").get(path).status_code in (403, 404)
        assert studio.stranger().get(path).status_code == 302


def test_the_desk_takes_as_many_statements_for_much_as_for_little(studio: Studio) -> None:
    designer = studio.visitor("设计")

    def statements() -> int:
        with count_statements(studio.runtime.database) as said:
            assert designer.get("/studio").status_code == 200
        return len(said)

    publish(studio)
    studio.draft_of("zhichu")
    few = statements()
    for number in range(6):
        made = ZHICHU | {"zhichu.bpmn": ZHICHU["zhichu.bpmn"].replace(b'"zhichu"', b'"z%d"' % number)}
        publish(studio, made)
        studio.draft_of("zhichu")
    assert statements() == few


def test_what_lies_on_the_desk_is_told_in_words(studio: Studio) -> None:
    version = publish(studio)
    studio.start()
    designer = studio.visitor("设计")
    page = designer.get("/studio").text
    assert "村财支出联合审批" in page
    assert "第 1 版" in page
    assert "1 件" in page
    draft = begun(designer.post(f"/studio/new/change/{version}", {"unit": "1"}))
    page = designer.get("/studio").text
    assert f"/studio/drafts/{draft}" in page
    assert "设计 今天 09:00 改过" in page
    assert designer.post(f"/studio/drafts/{draft}/remove").status_code == 302
    page = designer.get("/studio").text
    assert "已删除的草稿（1）" in page
    begun(designer.post(f"/studio/drafts/{draft}/restore"))
    assert studio.draft(draft).based_on == version


def test_every_way_to_begin_leads_to_a_draft(studio: Studio) -> None:
    version = publish(studio)
    designer = studio.visitor("设计")
    blank = {"title": "占道经营", "level": "村", "starter": "文书"}
    assert studio.draft(begun(designer.post("/studio/new/blank", blank))).title == "占道经营"
    copy = begun(designer.post("/studio/new/copy", {"title": "小额采购", "source": f"version:{version}"}))
    twin = begun(designer.post("/studio/new/copy", {"title": "再来一个", "source": f"draft:{copy}"}))
    assert studio.draft(twin).title == "再来一个"
    assert studio.draft(begun(upload(designer, pack(ZHICHU), "流程.zip"))).files == ZHICHU
    drawn = studio.draft(begun(upload(designer, ZHICHU["zhichu.bpmn"], "别处画的.bpmn")))
    assert drawn.diagram is not None


def test_what_is_missing_is_said_and_what_was_typed_stays(studio: Studio) -> None:
    designer = studio.visitor("设计")
    answer = designer.post("/studio/new/blank", {"title": "占道经营", "level": "村", "starter": ""})
    assert answer.status_code == 422
    assert "请选由谁发起" in answer.text
    assert 'value="占道经营"' in answer.text
    answer = designer.post("/studio/new/copy", {"title": "采购", "source": "version:999"})
    assert answer.status_code == 404
    answer = designer.post("/studio/new/copy", {"title": "采购", "source": "x"})
    assert "请选照哪一个新建" in answer.text


def test_what_cannot_be_opened_is_refused_with_advice(studio: Studio) -> None:
    designer = studio.visitor("设计")
    cases = [
        (b"", "a.bpmn", "空的"),
        (b"<definitions", "a.bpmn", "重新导出"),
        (b"PK\x03\x04" + bytes(40), "a.vsdx", "BPMN"),
        (b"PK\x03\x04" + bytes(40), "a.bpm", "BPMN"),
        (b"<Package xmlns='http://www.wfmc.org/2009/XPDL2.2'/>", "a.xpdl", "BPMN"),
        (b"<!DOCTYPE html><html></html>", "a.xml", ""),
        (b"Rar!\x1a\x07", "a.rar", "zip"),
        (b"x" * (MAX_FILE + 1), "a.bpmn", "最多 10 MB"),
    ]
    for data, name, says in cases:
        answer = upload(designer, data, name)
        assert answer.status_code == 422, (name, answer.text)
        told = re.search(r'id="error-file"[^>]*>([^<]+)<', answer.text)
        assert told, name
        assert says in told[1], (name, told[1])
    too_big = upload(designer, b"x" * (20 << 20), "a.bpmn")
    assert too_big.status_code == 413
    assert "太大" in too_big.text
    assert "已删除的草稿" not in designer.get("/studio").text


def test_a_withdrawn_procedure_is_put_aside_and_taken_up_again(studio: Studio) -> None:
    publish(studio)
    studio.start()
    designer, path = studio.visitor("设计"), "/studio/procedures/1/zhichu"
    refused = designer.post(f"{path}/withdraw", {"note": ""})
    assert refused.status_code == 422
    assert "为什么停用" in refused.text
    assert designer.post(f"{path}/withdraw", {"note": "新办法出台"}).status_code == 302
    assert "新办法出台" in designer.get("/studio").text
    assert "正在办 1 件" in designer.get(path).text
    assert studio.visitor("报账").get("/start/zhichu").status_code == 404
    assert designer.post(f"{path}/lift").status_code == 302
    assert studio.visitor("报账").get("/start/zhichu").status_code == 200
