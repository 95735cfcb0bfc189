"""历史: back to what it was; the folder down and up again, byte by byte."""

import io
import re

from engine import operations
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from engine.store.packing import pack
from engine.store.zipped import read_zip
from tests.webui.studio.conftest import Studio
from tests.webui.studio.test_entrance import upload

ZHICHU = read_files(PROCESSES / "zhichu")


def seen(studio: Studio, draft: str) -> str:
    return str(studio.draft(draft).revision)


def test_down_and_up_again_changes_nothing(studio: Studio) -> None:
    draft, designer = studio.draft_of("babu"), studio.visitor("设计")
    path = f"/studio/drafts/{draft}"
    data = designer.get(f"{path}/download").data
    assert read_zip(data) == studio.draft(draft).files
    assert data == designer.get(f"{path}/download").data
    answer = upload(designer, data, "下载.zip", f"{path}/upload", seen=seen(studio, draft))
    assert answer.status_code == 302
    assert "一模一样" in designer.get(f"{path}/history").text
    assert studio.draft(draft).revision == 1


def test_what_is_uploaded_takes_the_place_and_says_what_changed(studio: Studio) -> None:
    draft, designer = studio.draft_of("zhichu"), studio.visitor("设计")
    path = f"/studio/drafts/{draft}"
    changed = {
        **ZHICHU,
        "zhichu.bpmn": ZHICHU["zhichu.bpmn"].replace("填报支出".encode(), "填报开支".encode()),
    }
    answer = upload(designer, pack(changed), "改过.zip", f"{path}/upload", seen=seen(studio, draft))
    assert answer.status_code == 302
    page = designer.get(answer.location).text
    assert "已经换成上传的内容：" in page
    assert "填报开支" in page
    assert studio.draft(draft).files == changed
    drawing = ZHICHU["zhichu.bpmn"]
    answer = upload(designer, drawing, "旧图.bpmn", f"{path}/upload", seen=seen(studio, draft))
    assert answer.status_code == 302
    assert set(studio.draft(draft).files) == set(ZHICHU)
    late = upload(designer, pack(ZHICHU), "晚了.zip", f"{path}/upload", seen="1")
    assert late.status_code == 409
    assert "刚刚被设计改过" in late.text
    wrong = upload(designer, b"?", "坏的.zip", f"{path}/upload", seen=seen(studio, draft))
    assert wrong.status_code == 422
    assert "打不开" in wrong.text


def test_back_and_forth_through_the_history(studio: Studio) -> None:
    draft, designer = studio.draft_of("zhichu"), studio.visitor("设计")
    path = f"/studio/drafts/{draft}/history"
    for text in ("一", "二"):
        studio.pass_time(hours=1)
        stored = studio.draft(draft).stored.get("说明.txt")
        who = studio.world.people["同行"]
        operations.save_file(
            studio.runtime, who, draft, "说明.txt", text.encode(), stored.digest if stored else None
        )
    page = designer.get(path).text
    assert "同行 今天 11:00" in re.sub("<[^>]+>", "", page)
    assert "同行刚才也在改这份草稿" in page
    assert "文件“说明.txt”" in designer.get(f"{path}/2").text
    assert designer.get(f"{path}/2/diagram").data == ZHICHU["zhichu.bpmn"]
    assert read_zip(designer.get(f"{path}/2/download").data)["说明.txt"] == "一".encode()
    answer = designer.post(f"{path}/2/back", {"seen": seen(studio, draft), "when": "今天 10:00"})
    assert answer.status_code == 302
    assert studio.draft(draft).files["说明.txt"] == "一".encode()
    assert re.search(r"回到今天 10:00的样子</strong> <span[^>]*>现在", designer.get(path).text)
    late = designer.post(f"{path}/3/back", {"seen": "1", "when": ""})
    assert late.status_code == 409
    assert designer.get(f"{path}/77").status_code == 404
    assert studio.visitor("书记").get(path).status_code == 404


def test_a_draft_with_nothing_readable_in_it_still_has_its_pages(studio: Studio) -> None:
    files = {"a.bpmn": b"\xff\xfe\x00<", "procedure.toml": b"= =", "forms/a.json": b"{", "图.png": b"\x89PNG"}
    draft = operations.create_draft(studio.runtime, studio.world.people["设计"], 1, files)
    designer = studio.visitor("设计")
    for page in ("history", "history/1", "publish", "publish/scenarios", "download"):
        assert designer.get(f"/studio/drafts/{draft}/{page}").status_code == 200, page
    answer = designer.post("/studio/new/copy", {"title": "复制", "source": f"draft:{draft}"})
    assert answer.status_code == 422
    empty = operations.create_draft(studio.runtime, studio.world.people["设计"], 1, {})
    for page in ("history", "history/1", "publish", "publish/scenarios"):
        assert designer.get(f"/studio/drafts/{empty}/{page}").status_code == 200, page
    assert io.BytesIO(designer.get(f"/studio/drafts/{empty}/download").data).read(2) == b"PK"
