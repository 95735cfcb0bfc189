"""整理版面 gives drawings that can be read: of every shipped procedure, and of whatever else a file may hold."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.diagram.layout import drawn
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


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sketches(), st.booleans())
def test_any_diagram_can_be_read(sketch: Sketch, pool: bool) -> None:
    once = drawn(document(sketch, pools=pool))
    assert faults(Picture(once)) == {}
    if b"textAnnotation" not in once:  # a note tied to nothing looks for its neighbour anew
        assert drawn(once) == once
