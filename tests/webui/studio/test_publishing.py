"""发布: from the page, with everything said before; and what matters' pages say after."""

import re

from engine import operations
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from tests.webui.studio.conftest import Studio

ZHICHU = read_files(PROCESSES / "zhichu")


def publish(studio: Studio, draft: str, who: str = "设计", **fields: str) -> tuple[int, str]:
    page = studio.visitor(who).get(f"/studio/drafts/{draft}/publish").text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    answer = studio.visitor(who).post(
        f"/studio/drafts/{draft}/publish", {"seen": seen[1], "note": "改了说明", **fields}
    )
    return answer.status_code, answer.location or answer.text


def save(studio: Studio, draft: str, text: str, name: str = "说明.txt", who: str = "设计") -> None:
    stored = studio.draft(draft).stored.get(name)
    person = studio.world.people[who]
    operations.save_file(
        studio.runtime, person, draft, name, text.encode(), stored.digest if stored else None
    )


def test_from_a_draft_to_a_version_that_new_matters_go_by(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    designer = studio.visitor("设计")
    page = designer.get(f"/studio/drafts/{draft}/publish").text
    assert "第一次发布" in page
    assert "20 个情形全部走通" in designer.get(f"/studio/drafts/{draft}/publish/scenarios").text
    status, where = publish(studio, draft, note=" ")
    assert status == 422
    assert "请写一句改了什么" in where
    status, where = publish(studio, draft)
    assert (status, where) == (302, "/studio/versions/1")
    matter = studio.filled()
    assert "按第" not in studio.visitor("报账").get(f"/matters/{matter}").text
    save(studio, draft, "改过")
    page = designer.get(f"/studio/drafts/{draft}/publish").text
    assert "正在办的 1 件仍按原来的版本办完" in page
    assert "说明.txt" in page
    assert publish(studio, draft)[0] == 302
    shown = studio.visitor("报账").get(f"/matters/{matter}").text
    assert "按第 1 版办理，现行第 2 版只管以后新办的" in shown
    operations.withdraw_procedure(studio.runtime, studio.world.people["设计"], 1, "zhichu", "不再用")
    shown = studio.visitor("报账").get(f"/matters/{matter}").text
    assert "按第 1 版办理，这个流程已停用" in shown


def test_what_keeps_it_from_being_published_is_said_with_the_way_to_it(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    name = "scenarios/" + next(n for n in sorted(ZHICHU) if n.startswith("scenarios/0")).split("/")[1]
    save(studio, draft, ZHICHU[name].decode().replace("已支付", "不予支出"), name)
    proof = studio.visitor("设计").get(f"/studio/drafts/{draft}/publish/scenarios").text
    assert "有 1 个的结果和写的不一样" in proof
    status, told = publish(studio, draft)
    assert status == 422
    assert "1 个情形的结果和写的不一样" in told
    assert "改了说明</textarea>" in told
    save(studio, draft, "<definitions", "zhichu.bpmn")
    page = studio.visitor("设计").get(f"/studio/drafts/{draft}/publish").text
    assert "要先改好" in page
    assert 'name="note"' in page
    assert 'type="submit">发布' not in page
    assert "还不能运行" in studio.visitor("设计").get(f"/studio/drafts/{draft}/publish/scenarios").text


def test_a_step_that_has_another_name_gets_it_in_the_scenarios_too(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    assert publish(studio, draft)[0] == 302
    drawing = ZHICHU["zhichu.bpmn"].decode()
    save(studio, draft, drawing.replace("填报支出", "填报开支").replace("已支付", "付清"), "zhichu.bpmn")
    designer, path = studio.visitor("设计"), f"/studio/drafts/{draft}/publish"
    assert "“填报支出”改成了“填报开支”" in designer.get(path).text
    assert "有 20 个的结果和写的不一样" in designer.get(f"{path}/scenarios").text
    assert designer.post(f"{path}/rename").status_code == 302
    assert "情形里一起改" not in designer.get(path).text
    assert "20 个情形全部走通" in designer.get(f"{path}/scenarios").text
    assert publish(studio, draft)[0] == 302


def test_a_version_published_meanwhile_is_a_clear_choice(studio: Studio) -> None:
    mine = studio.draft_of("zhichu")
    assert publish(studio, mine)[0] == 302
    answer = studio.visitor("同行").post("/studio/new/change/1", {"unit": "1"})
    theirs = answer.location.rsplit("/", 1)[1]
    save(studio, theirs, "同行的", who="同行")
    assert publish(studio, theirs, "同行")[0] == 302
    save(studio, mine, "我的")
    page = studio.visitor("设计").get(f"/studio/drafts/{mine}/publish").text
    assert "同行 今天 09:00 发布了第 2 版" in re.sub("<[^>]+>", "", page)
    status, told = publish(studio, mine)
    assert status == 409
    assert "第 2 版是同行另外发布的" in told
    assert publish(studio, mine, instead_of="2") == (302, "/studio/versions/3")
    versions = studio.visitor("设计").get("/studio/procedures/1/zhichu").text
    assert versions.count("由这一版改") == 3


def test_a_version_downloaded_is_the_folder_that_was_published(studio: Studio) -> None:
    assert publish(studio, studio.draft_of("zhichu"))[0] == 302
    designer = studio.visitor("设计")
    first, second = (designer.get("/studio/versions/1/download") for _ in range(2))
    assert first.data == second.data
    assert "attachment" in first.headers["Content-Disposition"]
    assert designer.get("/studio/versions/1/diagram").data == ZHICHU["zhichu.bpmn"]
