"""A folder from the file of another tool, or a reason that says what to do."""

import tomllib

import pytest
from lxml import etree

from engine.diagram import DiagramError, check_folder
from engine.diagram.repair import apply, opened, repairs
from engine.diagram.repair.drawn import Drawing
from engine.people.designations import designations
from tests.engine.diagram.drawn import E, S, file, path, properties, user
from tests.engine.diagram.repair.habits import HABITS, YAOQIANG

MODEL = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'


def text(body: str = "", head: str = "") -> str:
    process = f'<process id="pinggu" name="评估">{body}</process>'
    return f'{head}<definitions {MODEL} targetNamespace="x">{process}</definitions>'


@pytest.mark.parametrize("tool", HABITS)
def test_the_files_of_other_tools_open(tool: str) -> None:
    folder = opened(HABITS[tool], f"C:\\图\\{tool} 导出.bpmn")
    assert list(folder) == [f"{tool.replace(' ', '_')}_导出.bpmn", "procedure.toml"]
    assert tomllib.loads(folder["procedure.toml"].decode())["title"]
    codes = {finding.code for finding in check_folder(folder, designations())}
    assert not codes & {"not-xml", "not-bpmn", "no-drawing", "not-drawn", "no-toml", "bad-toml"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_any_encoding_it_says_or_shows_is_read(encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    folder = opened(text(user("a"), head).encode(encoding), "x.bpmn")
    assert "评估" in folder["x.bpmn"].decode()


@pytest.mark.parametrize("head", ["", '<?xml version="1.0" encoding="UTF-8"?>'])
def test_what_a_tool_says_wrongly_of_its_encoding_does_no_harm(head: str) -> None:
    assert "评估" in opened(text(user("a"), head).encode("gbk"), "x.xml")["x.bpmn"].decode()


def test_everything_stays_as_it_was_written() -> None:
    body = '<!-- 一句话 --><userTask id="a" name="办" xmlns:v="urn:v" v:colour="red"/>'
    drawn = opened(text(body).encode(), "x.bpmn")["x.bpmn"].decode()
    assert "<!-- 一句话 -->" in drawn
    assert 'v:colour="red"' in drawn


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空的"),
        (b"\0\0\0", "空的"),
        (b"<a>" + b" " * 8_000_000, "太大"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04....visio/document.xml", "Visio"),
        (b"PK\x03\x04....", "解压"),
        (b'{"shapes": []}', "JSON"),
        (b"<!DOCTYPE html><html></html>", "网页"),
        (b'<xpdl:Package xmlns:xpdl="http://www.wfmc.org/2009/XPDL2.2"/>', "XPDL"),
        (b'<mxfile host="x"/>', "draw.io"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "DMN"),
        (bytes(range(1, 255)), "不是流程图文件"),
        (text(user("a")).encode()[:-9], "少了一截"),
        (b'<!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + text("&b;").encode(), "DOCTYPE"),
        (text("<subProcess id='s'>" * 2_000 + "</subProcess>" * 2_000).encode(), "太深"),
        (text("<task id='a' " + " ".join(f"a{i}='1'" for i in range(1_000)) + "/>").encode(), "属性太多"),
    ],
)
def test_what_cannot_be_opened_says_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(DiagramError) as caught:
        opened(data, "文件")
    assert said in str(caught.value)
    assert "请" in str(caught.value)


def test_the_name_of_a_project_file_tells_what_it_is() -> None:
    with pytest.raises(DiagramError, match="Bizagi"):
        opened(b"PK\x03\x04....", "审批.bpm")


def test_a_doctype_that_declares_nothing_does_not_matter() -> None:
    data = '<!DOCTYPE definitions SYSTEM "BPMN20.dtd">' + text(user("a"))
    assert "x.bpmn" in opened(data.encode(), "x.bpmn")


def test_a_file_from_before_the_standard_was_adopted_opens() -> None:
    data = text(user("a")).replace(
        "http://www.omg.org/spec/BPMN/20100524/MODEL", "http://schema.omg.org/spec/BPMN/2.0"
    )
    assert not [f for f in check_folder(opened(data.encode(), "x.bpmn")) if f.gate == "execution"]


def test_an_id_a_tool_made_up_is_no_key_for_a_procedure() -> None:
    one, other = (opened(YAOQIANG.replace(b"Task 1", name), "x.bpmn")["x.bpmn"] for name in (b"A", b"B"))
    keys = [data.split(b'<process id="')[1].split(b'"')[0] for data in (one, other)]
    assert keys[0] != keys[1]
    assert b'id="pinggu"' in opened(text(user("a")).encode(), "x.bpmn")["x.bpmn"]


def test_what_something_outside_starts_comes_first() -> None:
    inner = f'<process id="neibu" name="内">{user("b")}</process>'
    outer = '<process id="waibu" name="外"><callActivity id="c" calledElement="neibu"/></process>'
    folder = opened(file(inner, outer), "x.bpmn")
    assert folder["x.bpmn"].index(b'id="waibu"') < folder["x.bpmn"].index(b'id="neibu"')
    assert tomllib.loads(folder["procedure.toml"].decode())["title"] == "外"


def test_a_file_without_a_drawing_is_drawn() -> None:
    data = opened(text(user("a") + "<endEvent id='e'/>" + path("a e")).encode(), "x.bpmn")["x.bpmn"]
    assert data.count(b"BPMNShape ") == 2
    assert data.count(b"BPMNEdge ") == 1


def test_whoever_is_written_to_does_not_come_first() -> None:
    told = f'<process id="dafu" name="答复">{S}{user("b")}{path("s b")}</process>'
    asks = f'<process id="tiwen" name="提问">{user("a")}</process>'
    pools = (
        '<collaboration id="co"><participant id="p1" processRef="dafu"/><participant id="p2" processRef="tiwen"/>'
        '<messageFlow id="m" sourceRef="a" targetRef="s"/></collaboration>'
    )
    data = opened(file(pools, told, asks), "x.bpmn")["x.bpmn"]
    assert data.index(b'id="tiwen" name') < data.index(b'id="dafu" name')


def test_what_the_editor_could_not_read_gets_ids_that_it_can() -> None:
    """Chinese ids, ids with blanks or figures in front, and shapes called as what they stand for."""
    body = (
        f'<laneSet id="ls"><lane id="泳道 1"><flowNodeRef>1</flowNodeRef></lane></laneSet>{S}{user("1")}'
        f"{user('填 报', properties(kind='handle'))}{path('s 1')}"
        '<sequenceFlow id="f" sourceRef="1" targetRef="填 报"/>'
    )
    shape = '<bpmndi:BPMNShape id="s" bpmnElement="1"/>'
    drawn = f"<bpmndi:BPMNDiagram><bpmndi:BPMNPlane>{shape}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    folder = opened(file(f'<process id="流程" name="x">{body}</process>', drawn), "x.bpmn")
    assert "odd-id" not in {f.code for f in check_folder(folder)}
    root = etree.fromstring(folder["x.bpmn"])
    ids = [e.get("id") for e in root.iter("{*}*") if e.get("id")]
    assert len(ids) == len(set(ids))
    assert all(each.isascii() and not each[0].isdigit() for each in ids)
    (step, told) = (root.find(f".//{{*}}{tag}") for tag in ("userTask", "flowNodeRef"))
    assert step is not None and told is not None
    assert step.get("id") == told.text == root.xpath("string(//*[local-name()='BPMNShape']/@bpmnElement)")
    assert "填 报".encode() in folder["x.bpmn"]  # the name its result has
    assert "loose-flow" not in {f.code for f in check_folder(folder)}


def _page(about: str, *shapes: str) -> str:
    box = (
        '<dc:Bounds xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" x="10" y="20" width="100" height="80"/>'
    )
    inside = "".join(f'<bpmndi:BPMNShape bpmnElement="{s}">{box}</bpmndi:BPMNShape>' for s in shapes)
    plane = f'<bpmndi:BPMNPlane bpmnElement="{about}">{inside}</bpmndi:BPMNPlane>'
    return f"<bpmndi:BPMNDiagram>{plane}</bpmndi:BPMNDiagram>"


def test_several_pages_become_one() -> None:
    """Whoever opens it sees the first page only, with one collaboration: all lies below each other on that."""
    processes = [f'<process id="{p}">{user("step" + p)}</process>' for p in "abc"]
    pools = [
        f'<collaboration id="c{p}"><participant id="pool{p}" processRef="{p}"/></collaboration>' for p in "ab"
    ]
    pages = [_page("ca", "poola", "stepa"), _page("cb", "poolb", "stepb", "stepa"), _page("c", "stepc")]
    data = opened(file(*pools, *processes, *pages), "x.bpmn")["x.bpmn"]
    boxes = Drawing(etree.fromstring(data)).boxes()
    assert data.count(b"BPMNPlane ") == data.count(b"<collaboration ") == 1
    assert data.count(b"<participant ") == 3
    assert boxes["stepa"].y < boxes["stepb"].y < boxes["stepc"].y
    assert boxes["stepb"] == boxes["poolb"]
    assert boxes["stepc"].within(boxes["Participant_1"])


def test_what_is_drawn_where_nobody_looks_is_said_and_moved() -> None:
    page = _page("p", "s", "e") + _page("q", "b")
    body = f'<process id="p">{S}{E}{path("s e")}</process><process id="q">{user("b", name="办")}</process>'
    files = {"x.bpmn": file(body, page)}
    assert "b" in {f.element_id for f in check_folder(files) if f.code == "not-drawn"}
    (move,) = [each for each in repairs(files) if each.id == "pages"]
    assert "b" not in {f.element_id for f in check_folder(apply(files, move.id)) if f.code == "not-drawn"}
