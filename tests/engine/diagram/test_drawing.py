"""Where things lie on the drawing: steps on each other and steps outside their lane are pointed out."""

import pytest

from engine.diagram import check_folder
from engine.diagram.layout import drawn
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from tests.engine.diagram.layout.picture import Picture

FILE = "sibu.bpmn"


def moved(step: str, dx: float, dy: float) -> dict[str, bytes]:
    """四步决策 with a step somewhere else."""
    files = read_files(PROCESSES / "sibu")
    box = Picture(files[FILE]).shapes[step]
    text = files[FILE].decode()
    start = text.index(f'bpmnElement="{step}"')
    place = text.index("<dc:Bounds", start)
    end = text.index("/>", place)
    bounds = f'<dc:Bounds x="{box.x + dx}" y="{box.y + dy}" width="{box.width}" height="{box.height}"'
    return files | {FILE: (text[:place] + bounds + text[end:]).encode()}


def codes(files: dict[str, bytes]) -> set[tuple[str, str | None]]:
    found = check_folder(files)
    assert not [finding for finding in found if finding.severity == "error"]
    return {
        (finding.code, finding.element_id) for finding in found if finding.code in ("overlap", "outside-lane")
    }


def steps() -> list[str]:
    picture = Picture(read_files(PROCESSES / "sibu")[FILE])
    return [key for key, tag in picture.tags.items() if tag == "userTask"]


def test_shipped_drawings_have_nothing_to_point_out() -> None:
    for folder in sorted(PROCESSES.glob("*/procedure.toml")):
        assert codes(read_files(folder.parent)) == set()


def test_a_step_outside_its_lane_is_pointed_out() -> None:
    assert codes(moved(steps()[0], 0, 2_000)) == {("outside-lane", steps()[0])}


@pytest.mark.parametrize(("gap", "found"), [(0, False), (-2, False), (-5, True)])
def test_steps_on_each_other_are_pointed_out(gap: float, found: bool) -> None:
    """`gap` px between the two, side by side."""
    one, two = steps()[:2]
    shapes = Picture(read_files(PROCESSES / "sibu")[FILE]).shapes
    beside = shapes[one].x + shapes[one].width + gap - shapes[two].x
    files = moved(two, beside, shapes[one].y - shapes[two].y)
    assert (("overlap", two) in codes(files)) == found


def test_a_new_layout_mends_both() -> None:
    files = moved(steps()[0], 0, 2_000)
    assert codes(files | {FILE: drawn(files[FILE])}) == set()
