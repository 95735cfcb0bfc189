"""整理版面 gives drawings that can be read: of every shipped procedure, and of whatever else a file may hold."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.diagram.finding import DiagramError
from engine.diagram.layout import arrange, drawn
from engine.redlines import PROCESSES
from tests.engine.diagram.layout.picture import Picture
from tests.engine.diagram.layout.sketch import Sketch, document, sketches

SHIPPED = sorted(PROCESSES.glob("*/*.bpmn"))
CROSSINGS = 5  # in the worst of the shipped procedures
MEASURES = (
    "not_drawn",
    "outside_lanes",
    "outside_parents",
    "overlapping",
    "aslant",
    "through_nodes",
    "outside_pools",
    "loose_ends",
)


def faults(picture: Picture, *more: str) -> dict[str, object]:
    return {name: found for name in (*MEASURES, *more) if (found := getattr(picture, name)())}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_procedures_can_be_read(path: Path) -> None:
    before = Picture(path.read_bytes())
    picture = Picture(drawn(path.read_bytes()))
    assert faults(picture, "covered_labels", "overlaid") == {}
    assert picture.crossings() <= CROSSINGS
    assert len(picture.backwards()) <= len(before.backwards())


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sketches(), st.booleans())
def test_any_diagram_can_be_read(sketch: Sketch, pool: bool) -> None:
    once = drawn(document(sketch, pools=pool))
    assert faults(Picture(once)) == {}
    if b"textAnnotation" not in once:  # a note tied to nothing looks for its neighbour anew
        assert drawn(once) == once


def village() -> bytes:
    """Two pools and a black box with messages between them, lanes in lanes, data, notes, frames, a sub-process."""
    home = Sketch("a")
    for n in range(6):
        home.add("userTask" if n else "startEvent", f"a{n}", f"第{n}步办理")
    for n in range(5):
        home.flow(f"a{n}", f"a{n + 1}")
    home.add("boundaryEvent", "late", "超时", attachedToRef="a2")
    home.add("boundaryEvent", "wrong", "材料不全", attachedToRef="a2")
    home.flow("late", home.add("endEvent", "stopped", "终止"))
    home.flow("wrong", "a2", "补正")
    home.flow("a3", "a3", "再来")
    home.flow("a4", "a1", "退回")
    home.add("dataObjectReference", "minutes", "会议记录")
    into = '<dataOutputAssociation id="written"><targetRef>minutes</targetRef></dataOutputAssociation>'
    home.flow("a5", home.add("userTask", "a9", "记录", into))
    inner = '<startEvent id="s1"/><userTask id="s2" name="逐条办"/>'
    inner += '<sequenceFlow id="sf" sourceRef="s1" targetRef="s2"/>'
    home.flow("a9", home.add("subProcess", "sub", "逐条转办", inner))
    home.add("textAnnotation", "note", inner="<text>到会不够时另行召集</text>")
    home.flow("note", "af6", tag="association")
    home.lanes = [["a0", "a1", "a4"], ["a2", "a3", "a5", "stopped", "a9", "sub"]]
    town = Sketch("b")
    for n in range(3):
        town.add("userTask", f"b{n}", f"乡镇{n}")
    town.flow("b0", "b1")
    town.flow("b1", "b2", "不同意")
    between = [("a1", "b0"), ("b2", "a5"), ("a4", "county"), ("county", "b2"), ("s2", "b2"), ("a2", "b1")]
    messages = "".join(
        f'<messageFlow id="m{n}" name="报送" sourceRef="{source}" targetRef="{target}"/>'
        for n, (source, target) in enumerate(between)
    )
    frame = '<group id="frame"/><textAnnotation id="loose"><text>协作图上的说明</text></textAnnotation>'
    return document(
        home, town, pools=True, collaboration=f'<participant id="county" name="县里"/>{messages}{frame}'
    )


def test_everything_a_file_may_hold_is_drawn() -> None:
    picture = Picture(drawn(village()))
    assert {name: found for name, found in faults(picture).items() if name != "outside_pools"} == {}
    assert "frame" in picture.shapes and "m5" in picture.edges


def test_a_frame_goes_with_what_it_held() -> None:
    first = drawn(village())
    held = Picture(first).shapes["sub"]
    bounds = f'x="{held.x - 5}" y="{held.y - 5}" width="{held.width + 10}" height="{held.height + 10}"'
    start = first.index(b'bpmnElement="frame"')
    place = first.index(b"<dc:Bounds", start)
    moved = first[:place] + f"<dc:Bounds {bounds}/>".encode() + first[first.index(b"/>", place) + 2 :]
    again = Picture(drawn(moved))
    assert again.shapes["frame"].contains(again.shapes["sub"])
    assert not again.shapes["frame"].contains(again.shapes["a9"])


def test_a_collapsed_sub_process_keeps_its_own_picture() -> None:
    sketch = Sketch()
    sketch.add("subProcess", "sub", "逐条转办", '<userTask id="inner"/>')
    opened = drawn(document(sketch))
    assert opened.count(b"<bpmndi:BPMNPlane") == 1
    shut = drawn(opened.replace(b'isExpanded="true"', b'isExpanded="false"'))
    assert shut.count(b"<bpmndi:BPMNPlane") == 2
    assert {"sub", "inner"} <= arrange(shut).shapes.keys()
    assert (arrange(shut).shapes["sub"].box.width, arrange(shut).shapes["sub"].box.height) == (100, 80)


def test_nothing_but_the_drawing_changes() -> None:
    before = (PROCESSES / "sibu" / "sibu.bpmn").read_bytes()
    after = drawn(before)
    process = b"<process"
    assert b"".join(after[after.index(process) : after.index(b"</process>")].split()) == b"".join(
        before[before.index(process) : before.index(b"</process>")].split()
    )


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<definitions"])
def test_what_is_no_diagram_is_refused(data: bytes) -> None:
    with pytest.raises(DiagramError):
        arrange(data)


def test_a_file_without_steps_gives_an_empty_drawing() -> None:
    assert arrange(document(Sketch())).as_dict() == {"shapes": {}, "edges": {}, "simple": False}


def ladder(count: int) -> bytes:
    """Many steps in eight lanes with flows that lead on and back."""
    sketch = Sketch(lanes=[[] for _ in range(8)])
    for n in range(count):
        sketch.lanes[n * 5 % 8].append(
            sketch.add("userTask" if n % 4 else "exclusiveGateway", f"n{n}", "审议")
        )
    for n in range(1, count):
        sketch.flow(f"n{n - 1 - n % 3 if n > 3 else 0}", f"n{n}", "通过" if n % 3 == 0 else "")
        if n % 4 == 0:
            sketch.flow(f"n{n}", f"n{n * 7 % count}")
    return document(sketch, pools=True)


@pytest.mark.parametrize(("count", "seconds"), [(60, 0.6), (3_000, 12)])
def test_the_time_it_takes_is_bounded(count: int, seconds: float) -> None:
    """Processor time, twice what it takes on a machine with nothing else to do."""
    data = ladder(count)
    started = time.process_time()
    drawing = arrange(data)
    assert time.process_time() - started < seconds
    assert len(drawing.shapes) == count + 9
    assert drawing.simple == (count > 1_000)


def test_more_than_anybody_can_draw_is_refused() -> None:
    sketch = Sketch()
    for n in range(12_000):
        sketch.add("task", f"n{n}")
    assert len(arrange(document(sketch)).shapes) == 12_000
    sketch.add("task", "more")
    with pytest.raises(DiagramError, match="最多 12,000 个，现在有 12,001 个"):
        arrange(document(sketch))


def test_what_is_drawn_to_be_slow_is_not() -> None:
    """Every step leads to every other; sub-processes in sub-processes, as deep as a file may be."""
    crowd = Sketch("c")
    for n in range(30):
        crowd.add("userTask", f"c{n}", f"第{n}步")
    for n in range(30):
        for other in range(30):
            crowd.flow(f"c{n}", f"c{other}")
    nest = "<startEvent id='s'/>"
    for n in range(70):
        nest = f"<subProcess id='n{n}' name='里面'>{nest}</subProcess>"
    start = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    deep = f'<definitions {start} targetNamespace="t"><process id="p">{nest}</process></definitions>'
    for file in (document(crowd), deep.encode()):
        before = time.process_time()
        arrange(file)
        assert time.process_time() - before < 3


def test_many_ways_out_of_one_gateway_take_their_time_once() -> None:
    sketch = Sketch()
    sketch.add("exclusiveGateway", "g", "怎么办")
    for n in range(300):
        sketch.flow("g", sketch.add("task", f"n{n}", "办理"), "通过")
    started = time.process_time()
    picture = Picture(drawn(document(sketch)))
    assert time.process_time() - started < 5
    assert faults(picture) == {}
