"""Every procedure's drawing can be read: bands hold what belongs to them, and nothing lies on a label."""

import pytest

from engine.redlines import PROCESSES
from tests.engine.diagram.layout.picture import Picture

DRAWN = sorted(PROCESSES.glob("*/*.bpmn"))


@pytest.fixture(params=DRAWN, ids=lambda path: path.stem)
def drawing(request: pytest.FixtureRequest) -> Picture:
    return Picture(request.param.read_bytes())


@pytest.mark.parametrize(
    "measure",
    [
        "not_drawn",
        "outside_lanes",
        "outside_parents",
        "overlapping",
        "covered_labels",
        "aslant",
        "through_nodes",
        "outside_pools",
    ],
)
def test_it_can_be_read(drawing: Picture, measure: str) -> None:
    assert not getattr(drawing, measure)()
