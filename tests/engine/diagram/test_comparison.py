"""What a comparison says: nothing that differs is passed over, and nothing is called changed without what."""

from __future__ import annotations

import json
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.diagram.comparison import Change, Comparison, compare
from engine.diagram.source import BPMN, BPMNDI, SPIFF
from engine.setting_up import read_files

PROCESSES = Path(__file__).parents[3] / "processes"
NAMES = sorted(path.parent.name for path in PROCESSES.glob("*/procedure.toml"))
FOLDERS = {name: read_files(PROCESSES / name) for name in NAMES}
ZHICHU = FOLDERS["zhichu"]

Files = dict[str, bytes]


def told(before: Files, after: Files) -> list[str]:
    return [str(change) for change in compare(before, after)]


def with_diagram(change: Callable[[etree._Element], None], files: Files = ZHICHU) -> Files:
    """The folder with something changed in its diagram."""
    name = next(name for name in files if name.endswith(".bpmn"))
    root = etree.fromstring(files[name])
    change(root)
    return files | {name: etree.tostring(root, encoding="utf-8")}


def one(root: etree._Element, id: str) -> etree._Element:
    return next(element for element in root.iter() if element.get("id") == id)


def setting(root: etree._Element, id: str, name: str, value: str | None) -> None:
    found = one(root, id).find(f".//{{{SPIFF}}}property[@name='{name}']")
    if value is None:
        found.getparent().remove(found)
    else:
        found.set("value", value)


def edited(name: str, *pairs: tuple[str, str]) -> Files:
    text = ZHICHU[name].decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return ZHICHU | {name: text.encode()}


# ---------------------------------------------------------------- the diagram


@pytest.mark.parametrize("name", NAMES)
def test_nothing_differs_from_itself(name: str) -> None:
    found = compare(FOLDERS[name], dict(FOLDERS[name]))
    assert not found and found.summary == "没有不同"


def test_a_setting_is_told_with_both_values_in_the_words_of_its_kind() -> None:
    def change(root: etree._Element) -> None:
        setting(root, "zhuren", "due", "5wd")
        one(root, "zhuren").set("name", "主任先批")

    (said,) = told(ZHICHU, with_diagram(change))
    assert said.startswith("改了步骤“主任先批”：名称由“主任审批”改为“主任先批”；办理期限由")
    assert said.endswith("改为“5 个工作日”")


def test_a_flow_has_its_ends_and_its_condition() -> None:
    def change(root: etree._Element) -> None:
        flow = one(root, "f_dae")
        flow.set("targetRef", "zhuren")
        flow.find(f"{{{BPMN}}}conditionExpression").text = "支出.金额 > 1"

    (found,) = compare(ZHICHU, with_diagram(change))
    titles = [detail.title for detail in found.details]
    assert (found.what, titles) == ("连线", ["到哪里去", "条件"])
    assert found.details[1].after == "支出.金额 > 1"


def test_who_does_it_is_the_lane() -> None:
    def change(root: etree._Element) -> None:
        claim = next(e for e in root.iter(f"{{{BPMN}}}flowNodeRef") if (e.text or "").strip() == "zhuren")
        other = next(
            e for e in root.iter(f"{{{BPMN}}}lane") if e is not claim.getparent() and e.get("name") == "会计"
        )
        other.append(claim)

    (said,) = told(ZHICHU, with_diagram(change))
    assert said == "改了步骤“主任审批”：由谁办（泳道）由“村委会主任”改为“会计”"


def test_an_id_that_was_changed_is_no_new_element() -> None:
    text = ZHICHU["zhichu.bpmn"].decode()
    renamed = ZHICHU | {"zhichu.bpmn": text.replace('"zhuren"', '"zr"').replace(">zhuren<", ">zr<").encode()}
    assert told(ZHICHU, renamed) == ["改了步骤“主任审批”：改了标识由“zhuren”改为“zr”"]


def test_guidance_is_compared_word_by_word() -> None:
    def change(root: etree._Element) -> None:
        guidance = one(root, "tianbao").find(f"{{{BPMN}}}documentation")
        guidance.text = (guidance.text or "") + "票据要附原件。"

    (found,) = compare(ZHICHU, with_diagram(change))
    (detail,) = found.details
    assert [piece.text for piece in detail.pieces if piece.how == "added"] == ["票据要附原件。"]
    assert "".join(piece.text for piece in detail.pieces if piece.how != "added") == detail.before
    assert str(found) == "改了步骤“填报支出”：办理说明里加上“票据要附原件。”"


def test_what_only_stands_elsewhere_is_summed_up() -> None:
    def change(root: etree._Element) -> None:
        for shape in list(root.iter(f"{{{BPMNDI}}}BPMNShape"))[-3:]:
            box = shape[0]
            box.set("x", str(float(box.get("x")) + 10))

    assert told(ZHICHU, with_diagram(change)) == ["调整了图形的摆放：挪动了 3 个图形"]


def test_the_order_in_which_conditions_are_tried_counts() -> None:
    def change(root: etree._Element) -> None:
        gateway = next(e for e in root.iter() if len(flows_from(root, e.get("id"))) > 2)
        first, *_, last = flows_from(root, gateway.get("id"))
        last.addnext(first)

    (found,) = compare(ZHICHU, with_diagram(change))
    assert [detail.title for detail in found.details] == ["先看哪条连线"]


def flows_from(root: etree._Element, id: str | None) -> list[etree._Element]:
    return [flow for flow in root.iter(f"{{{BPMN}}}sequenceFlow") if id and flow.get("sourceRef") == id]


def test_changes_stand_in_the_order_of_the_work() -> None:
    def change(root: etree._Element) -> None:
        for id in ("dengji", "lianhe", "tianbao"):
            one(root, id).set("name", f"{id} 新")

    labels = [found.label for found in compare(ZHICHU, with_diagram(change))]
    assert labels == ["tianbao 新", "dengji 新", "lianhe 新"]  # what is called comes after what calls


def test_a_diagram_nobody_can_read_is_compared_line_by_line() -> None:
    broken = ZHICHU | {"zhichu.bpmn": ZHICHU["zhichu.bpmn"] + b"<"}
    (found,) = compare(ZHICHU, broken)
    assert "读不懂" in found.details[0].title and found.details[-1].after.endswith("<")


@pytest.mark.parametrize(
    "gone", ["zhichu.bpmn", "procedure.toml", "forms/shenpi.json", "scenarios/01-small.toml"]
)
def test_a_file_that_is_gone_is_told(gone: str) -> None:
    less = {name: data for name, data in ZHICHU.items() if name != gone}
    assert compare(ZHICHU, less) and compare(less, ZHICHU)
    assert {change.action for change in compare(ZHICHU, less)} <= {"removed", "changed"}


def test_three_thousand_elements_take_bounded_time() -> None:
    steps = "".join(
        f'<userTask id="t{n}" name="第 {n} 步"><documentation>{"说明" * 40}{n}</documentation></userTask>'
        f'<sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>'
        for n in range(1500)
    )
    text = (
        f'<definitions xmlns="{BPMN}"><process id="p">{steps}<userTask id="t1500"/></process></definitions>'
    )
    began = time.process_time()
    found = compare(
        {"p.bpmn": text.encode()}, {"p.bpmn": text.replace("说明", "提示").replace("t7", "s7").encode()}
    )
    assert len(found) >= 1500 and time.process_time() - began < 5


# ---------------------------------------------------------------- the other files


def test_forms_are_compared_field_by_field() -> None:
    form = json.loads(ZHICHU["forms/shenpi.json"])
    first, *rest = form["components"]
    first = first | {"label": "意见", "validate": {"required": False}}
    added = {"type": "number", "key": "数", "label": "数目", "validate": {"required": True}}
    changed = form | {"components": [*rest, first, added]}
    after = ZHICHU | {"forms/shenpi.json": json.dumps(changed, ensure_ascii=False).encode()}
    (found,) = compare(ZHICHU, after)
    said = [str(detail) for detail in found.details]
    assert (found.part, found.label) == ("forms", "主任审批、监督审核（shenpi）")
    assert said[0] == "加了字段“数目”（数字，必填）"
    assert any(one.startswith("“意见”的名称由") for one in said)
    assert "“意见”的必填由“是”改为“否”" in said
    assert said[-1].startswith("字段的先后")


def test_parameters_and_settings_are_told_as_people_read_them() -> None:
    toml = tomllib.loads(ZHICHU["procedure.toml"].decode())
    after = edited(
        "procedure.toml", ("default = 5000", "default = 8000"), (f'"{toml["starters"][0]}"', '"会计"')
    )
    said = told(ZHICHU, after)
    assert any(one.startswith("改了参数") and "默认值由“5,000 元”改为“8,000 元”" in one for one in said)
    assert f"改了流程的设置：由谁发起：去掉了 {toml['starters'][0]}；由谁发起：加上了 会计" in said


def test_a_scenario_is_told_event_by_event() -> None:
    said = told(ZHICHU, edited("scenarios/01-small.toml", ('wait = "3h"', 'wait = "5h"')))
    assert said == ["改了情形“小额支出：主任一人审批”：第 2 件事由“过 3h”改为“过 5h”"]


def test_other_files_are_told_by_their_lines_or_their_size() -> None:
    text, binary = {"说明.txt": b"a\nb\n"}, {"templates/x.docx": b"\xff\x00"}
    assert told(text, {"说明.txt": b"a\nc\n"}) == ["改了文件“说明.txt”：第 2 行由“b”改为“c”"]
    assert "内容不同" in told(binary, {"templates/x.docx": b"\xff\x01"})[0]


@pytest.mark.parametrize(
    "name", ["zhichu.bpmn", "procedure.toml", "forms/shenpi.json", "scenarios/01-small.toml"]
)
def test_a_file_that_is_only_written_differently_says_so(name: str) -> None:
    (said,) = told(ZHICHU, ZHICHU | {name: ZHICHU[name] + b"\n"})
    assert "只是写法" in said


# ---------------------------------------------------------------- in general


def _edits(root: etree._Element) -> list[tuple[str, etree._Element]]:
    """All the places where something can be changed by hand."""
    flows = [("condition", e) for e in root.iter(f"{{{BPMN}}}conditionExpression")]
    settings = [("value", e) for e in root.iter(f"{{{SPIFF}}}property")]
    named = [("name", e) for e in root.iter(f"{{{BPMN}}}*") if e.get("name")]
    guidance = [("text", e) for e in root.iter(f"{{{BPMN}}}documentation")]
    moved = [("move", e) for e in root.iter("{*}Bounds")]
    gone = [("remove", e) for e in root.iter(f"{{{BPMN}}}sequenceFlow")]
    ends = [("targetRef", e) for e in root.iter(f"{{{BPMN}}}sequenceFlow")]
    timers = [("text", e) for e in root.iter(f"{{{BPMN}}}timeDuration", f"{{{BPMN}}}timeCycle")]
    return [*flows, *settings, *named, *guidance, *moved, *gone, *ends, *timers]


def _apply(how: str, element: etree._Element) -> None:
    if how in ("name", "value", "targetRef"):
        element.set(how, f"{element.get(how)}x")
    elif how == "move":
        element.set("x", str(float(element.get("x") or 0) + 7))
    elif how == "remove":
        element.getparent().remove(element)
    else:
        element.text = f"{element.text or ''}x"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), st.lists(st.integers(0, 10_000), min_size=1, max_size=4))
def test_every_edit_is_told_and_both_ways_round(name: str, places: list[int]) -> None:
    files = FOLDERS[name]
    edits: list[str] = []

    def change(root: etree._Element) -> None:
        offered = _edits(root)
        for place in dict.fromkeys(place % len(offered) for place in places):
            how, element = offered[place]
            if element.getroottree().getroot() is root:
                _apply(how, element)
                edits.append(how)

    there, back = compare(files, after := with_diagram(change, files)), compare(after, files)
    assert edits and there.of("diagram") and back.of("diagram")
    assert all(change.details for change in there if change.action in ("changed", "moved"))
    assert not any("只是写法" in str(change) for change in there)
    assert _mirrored(there) == Counter((c.action, c.what, c.before, c.after) for c in back)


def _mirrored(found: Comparison) -> Counter[tuple[str, str, str | None, str | None]]:
    turned = {"added": "removed", "removed": "added"}
    return Counter((turned.get(c.action, c.action), _noun(c), c.after, c.before) for c in found)


def _noun(change: Change) -> str:
    return change.what


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_put_together_give_both_texts(before: str, after: str) -> None:
    from engine.diagram.comparison.texts import pieces

    found = pieces(before, after)
    assert "".join(one.text for one in found if one.how != "added") == before
    assert "".join(one.text for one in found if one.how != "removed") == after
