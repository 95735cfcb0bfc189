"""What a designer does not touch is, after the editor has saved, what it was before."""

from typing import TYPE_CHECKING

import pytest

from engine import operations
from engine.diagram.comparison import compare
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from tests.webui.studio.board import Board
from tests.webui.studio.conftest import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.timeout(120)
def test_saving_adds_what_was_drawn_and_changes_nothing_else(studio: Studio, desk: "Page") -> None:
    for name in ("wuchang", "liubu", "lishihui"):
        before = read_files(PROCESSES / name)
        draft = studio.draft_of(name)
        board = Board(desk, draft)
        assert board.notices == "", name
        board.add("wzsm")  # 文字说明
        board.wait("saved")
        told = compare(before, studio.draft(draft).files)
        assert [change.action for change in told.changes] == ["added"], (name, told.changes)


def test_a_list_named_by_its_place_is_kept(studio: Studio, desk: "Page") -> None:
    """The engine reads 清单.问题清单 where BPMN has the id of a data object; the editor must not lose it."""
    files = read_files(PROCESSES / "wuchang")
    written = files["wuchang.bpmn"].decode()
    loose = written.replace("<loopDataInputRef>data_qingdan<", "<loopDataInputRef>清单.问题清单<")
    loose = loose.replace('    <dataObject id="data_qingdan" name="清单.问题清单" />\n', "")
    assert loose.count("清单.问题清单") == 1 and "data_qingdan" not in loose
    county = studio.world.units["county"]
    designer = studio.world.people[studio.designer]
    draft = operations.create_draft(
        studio.runtime, designer, county, files | {"wuchang.bpmn": loose.encode()}
    )
    board = Board(desk, draft)
    assert board.notices == ""
    board.add("wzsm")
    board.wait("saved")
    told = compare(files | {"wuchang.bpmn": loose.encode()}, studio.draft(draft).files)
    assert [change.action for change in told.changes] == ["added"], told.changes
