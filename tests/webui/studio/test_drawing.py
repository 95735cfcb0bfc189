"""The page a diagram is drawn on, and the copy somebody puts aside: what the server gives and takes."""

import json
import re
from typing import Any

from engine import operations
from tests.webui.studio.conftest import Studio

BARE = """<?xml version="1.0" encoding="{encoding}"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x">
<process id="p" name="测试" isExecutable="true">{nodes}</process></definitions>"""
NODES = (
    '<startEvent id="s"/><userTask id="t" name="办一办"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
)


def draft_with(studio: Studio, data: bytes, name: str = "p.bpmn") -> str:
    person, unit = studio.world.people[studio.designer], studio.world.units["county"]
    return operations.create_draft(studio.runtime, person, unit, {name: data})


def board(studio: Studio, draft: str) -> dict[str, Any]:
    page = studio.visitor(studio.designer).get(f"/studio/drafts/{draft}").text
    found = re.search(r'id="drawing-data">(.*?)</script>', page, re.DOTALL)
    assert found is not None, page
    return dict(json.loads(found[1]))


def test_the_board_gets_the_diagram_and_the_names_lanes_may_bear(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    data = board(studio, draft)
    stored = studio.draft(draft).stored["zhichu.bpmn"]
    assert data["xml"] == stored.data.decode()
    assert data["digest"] == stored.digest
    assert not data["slow"] and not data["bare"]
    assert {"name": "文书", "about": "岗位、村"} in data["designations"]


def test_steps_without_a_drawing_get_one(studio: Studio) -> None:
    data = board(studio, draft_with(studio, BARE.format(encoding="UTF-8", nodes=NODES).encode()))
    assert data["bare"]
    assert 'bpmnElement="t"' in data["xml"]
    empty = board(studio, draft_with(studio, BARE.format(encoding="UTF-8", nodes="").encode()))
    assert not empty["bare"]  # nothing was missing


def test_a_chinese_encoding_is_read(studio: Studio) -> None:
    drawn = board(studio, draft_with(studio, BARE.format(encoding="UTF-8", nodes=NODES).encode()))["xml"]
    other = drawn.split("?>", 1)[1]
    data = f'<?xml version="1.0" encoding="GB18030"?>{other}'.encode("gb18030")
    assert "办一办" in board(studio, draft_with(studio, data))["xml"]


def test_what_cannot_be_drawn_says_what_to_do_and_keeps_the_file(studio: Studio) -> None:
    broken = b"<definitions><process>"
    draft = draft_with(studio, broken)
    page = studio.visitor(studio.designer).get(f"/studio/drafts/{draft}")
    assert page.status_code == 200
    assert "这张流程图现在画不了" in page.text and "历史" in page.text
    assert "modeler-" not in page.text  # no editor is loaded for it
    assert studio.draft(draft).files["p.bpmn"] == broken
    none = draft_with(studio, b"x = 1", "procedure.toml")
    assert "没有流程图" in studio.visitor(studio.designer).get(f"/studio/drafts/{none}").text


def test_a_large_diagram_is_announced(studio: Studio) -> None:
    nodes = "".join(f'<userTask id="t{number}" name="步骤"/>' for number in range(1_198))
    draft = draft_with(studio, BARE.format(encoding="UTF-8", nodes=nodes).encode())
    assert board(studio, draft)["elements"] == 1_200
    assert not board(studio, draft)["slow"]
    more = BARE.format(encoding="UTF-8", nodes=nodes + '<userTask id="last" name="步骤"/>').encode()
    slow = draft_with(studio, more)
    assert "这张图有 1201 个元素" in studio.visitor(studio.designer).get(f"/studio/drafts/{slow}").text


def test_what_could_not_be_saved_becomes_a_draft_of_its_own(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    before = studio.draft(draft)
    mine = before.files["zhichu.bpmn"].decode().replace("填报支出", "填一笔支出")
    visitor = studio.visitor("同行")
    headers = {"X-CSRF-Token": visitor.token, "Accept": "application/json"}
    path = f"/studio/drafts/{draft}/aside"
    made = visitor.client.post(path, json={"files": {"zhichu.bpmn": mine}}, headers=headers)
    assert made.status_code == 201
    other = studio.draft(made.get_json()["draft"])
    assert other.files == before.files | {"zhichu.bpmn": mine.encode()}
    assert other.based_on == before.based_on
    assert studio.draft(draft).files == before.files
    refused = visitor.client.post(path, json={"files": {}}, headers=headers)
    assert refused.status_code == 422 and "刷新" in refused.get_json()["error"]["message"]


def test_only_designers_of_the_unit_draw(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    assert studio.visitor("文书").get(f"/studio/drafts/{draft}").status_code == 404
