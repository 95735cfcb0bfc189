"""Drawing in the browser: by keyboard alone, with lanes named by posts, checked and arranged on the way."""

import re
from typing import TYPE_CHECKING

from engine import operations
from engine.diagram import check_folder
from tests.conftest import axe_violations
from tests.webui.studio.board import CANVAS, Board
from tests.webui.studio.conftest import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page

LATIN = re.compile(r"[A-Za-z]{2,}")
KEYS = re.compile(
    r"Ctrl|Shift|Esc|Tab|Enter|Delete|F2|F6|[（、][A-Z]+(?=[）、])"
)  # they bear these names on the keyboard
PALETTE = [
    *("办理", "会签", "征求意见", "审议", "票决", "公示", "测评"),
    *("开始", "结束", "定时", "等消息", "发消息", "阶段"),
    *("选一条", "同时走", "走几条", "先到先走", "子流程", "调用流程", "泳道", "泳池", "文字说明"),
]
TO_FILL = {"no-guidance", "form-missing", "unreachable", "no-reference", "no-called"}
EMPTY = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x">
<process id="shiyan" name="试验" isExecutable="true"/></definitions>""".encode()
SETTINGS = 'title = "试验"\nlevel = "村"\nstarters = ["文书"]\n'.encode()


def empty(studio: Studio) -> str:
    """A new draft with a diagram that has nothing in it."""
    person, unit = studio.world.people[studio.designer], studio.world.units["county"]
    files = {"shiyan.bpmn": EMPTY, "procedure.toml": SETTINGS}
    return operations.create_draft(studio.runtime, person, unit, files)


def stored(studio: Studio, draft: str) -> str:
    found = studio.draft(draft).diagram
    assert found is not None
    return found.data.decode()


def test_a_step_is_drawn_and_mended_without_a_mouse(studio: Studio, desk: "Page") -> None:
    draft = studio.draft_of("babu")
    board = Board(desk, draft)
    assert desk.locator(".djs-palette .entry-name").all_inner_texts() == PALETTE
    desk.wait_for_selector("#findings .words:text('检查：没有要改的')")

    desk.keyboard.press("F6")  # the palette, then the drawing
    desk.keyboard.press("F6")
    assert desk.evaluate("document.activeElement === document.querySelector('.djs-container > svg')")
    desk.keyboard.press("Enter")
    assert board.selected == "kaishi"
    desk.keyboard.press("Tab")
    assert board.selected == "jiminyi"
    assert desk.locator("#drawing > [role=status]").inner_text() == "征求意见，集民意，泳道 村党组织书记"

    desk.keyboard.press("a")
    board.choose("gs")
    desk.keyboard.type("先公示一下")  # in place of the name it came with
    desk.keyboard.press("Enter")
    made = board.selected
    desk.wait_for_selector("#findings .words:text('处要改')")
    assert axe_violations(desk) == []
    desk.focus("#findings .summary")
    desk.keyboard.press("Enter")
    finding = desk.get_by_role("button", name="没有办理说明")
    assert finding.inner_text().startswith("「先公示一下」")
    board.focus()
    finding.press("Enter")
    assert board.selected == made
    assert desk.locator(f'[data-container-id="{made}"] .bjsl-icon-error').count() == 1

    desk.focus(CANVAS)
    desk.keyboard.press("t")  # a line to where it goes on
    board_labels = board.labels()
    assert "定议题" in board_labels and "先公示一下" not in board_labels
    desk.keyboard.press("Escape")
    assert "办完会同时走" in board.notices
    board.press("放在中间")  # what came next comes after it
    board.save()
    text = stored(studio, draft)
    assert f'sourceRef="{made}"' in text and text.count('sourceRef="jiminyi"') == 1
    assert 'name="先公示一下"' in text and 'name="days" value="7d"' in text
    desk.focus(CANVAS)
    desk.keyboard.press("?")
    desk.wait_for_selector("#drawing-help[open]")
    assert axe_violations(desk) == []


def test_a_pool_gets_lanes_named_by_posts(studio: Studio, desk: "Page") -> None:
    draft = empty(studio)
    board = Board(desk, draft)
    assert board.notices == ""
    board.put("lane")
    desk.wait_for_selector("#lane-posts")
    desk.keyboard.type("主任")
    assert desk.locator("#lane-posts li").first.inner_text().startswith("村委会主任")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#lane-posts", state="detached")
    board.put("lane")
    desk.wait_for_selector("#lane-posts")
    desk.keyboard.type("还没登记的岗位")  # free to write; the check says what is to be done
    desk.locator("#lane-posts", has_text="没有登记过").wait_for()
    desk.keyboard.press("Enter")
    board.focus()
    for name in ("start", "notice", "end"):
        board.put(name)
    desk.click("[data-do=arrange]")
    desk.wait_for_selector("[data-notice=arranging]", state="detached")
    board.save()
    text = stored(studio, draft)
    assert 'participant id="' in text and 'name="试验" processRef="shiyan"' in text
    assert 'name="村委会主任"' in text and 'name="还没登记的岗位"' in text
    assert text.count("<sequenceFlow ") == 2
    board.focus()
    for key in ("Enter", "Tab", "r"):
        desk.keyboard.press(key)
    board.choose("sy")  # another kind: its settings go, its name stays
    board.save()
    changed = stored(studio, draft)
    assert 'value="deliberate"' in changed and 'value="7d"' not in changed and 'name="公示"' in changed
    desk.click("[data-do=undo]")
    board.focus()
    for key in ("Enter", "Tab", "a"):
        desk.keyboard.press(key)
    board.choose("dq")  # on the border of 公示
    board.save()
    hanging = stored(studio, draft)
    assert "<boundaryEvent " in hanging and "7d</timeDuration>" in hanging
    desk.click("[data-do=undo]")
    desk.click("[data-do=undo]")  # the whole of 整理版面
    board.save()
    before = stored(studio, draft)
    assert before != text and before.count("<sequenceFlow ") == 2

    board.focus()
    desk.keyboard.press("Control+a")
    desk.keyboard.press("Control+c")
    desk.keyboard.press("Control+v")
    board.save()
    keys = re.findall(r'name="key" value="(\w+)"', stored(studio, draft))
    assert keys == ["公示", "公示2"]  # what is drawn has a result people can read, and each has its own
    other = Board(desk, studio.draft_of("zhichu"))
    other.focus()
    desk.keyboard.press("Control+v")
    other.save()
    assert 'name="还没登记的岗位"' in stored(studio, other.draft)


def test_an_address_leads_to_an_element(studio: Studio, desk: "Page") -> None:
    draft = studio.draft_of("babu")
    assert Board(desk, draft, "#juey").selected == "juey"
    desk.set_viewport_size({"width": 390, "height": 844})  # a phone: to look at, not to draw
    desk.goto(f"/studio/drafts/{draft}")
    desk.wait_for_selector(".drawing.narrow .djs-shape")
    assert desk.locator(".djs-palette").count() == 0
    assert desk.locator(".drawing-narrow").inner_text().startswith("画图要用宽一些的屏幕")
    assert desk.evaluate("document.documentElement.scrollWidth") == 390


def test_what_would_be_lost_is_said_before(studio: Studio, desk: "Page") -> None:
    person, unit = studio.world.people[studio.designer], studio.world.units["county"]
    inside = b'isExecutable="true"><startEvent id="s"/><odd id="o"/></process>'
    data = EMPTY.replace(b'isExecutable="true"/>', inside)
    files = {"shiyan.bpmn": data, "procedure.toml": b""}
    draft = operations.create_draft(studio.runtime, person, unit, files)
    board = Board(desk, draft)
    desk.click("#findings .summary")
    settings = desk.locator("#findings-list a", has_text="去“设置”").first  # where that is mended
    assert str(settings.get_attribute("href")).endswith(f"/studio/drafts/{draft}/settings")
    assert "读不懂" in board.notices and "已经自动排好" in board.notices
    assert board.page.get_attribute("#drawing", "data-saving") is None  # nothing is written unasked
    assert stored(studio, draft) == data.decode()


def test_every_menu_speaks_chinese(studio: Studio, desk: "Page") -> None:
    board = Board(desk, empty(studio))
    board.put("lane")
    desk.keyboard.type("文书")
    desk.keyboard.press("Enter")
    said = set(board.words())
    for entry in desk.locator(".djs-palette [data-action^=create-]").all():
        name = str(entry.get_attribute("data-action")).removeprefix("create-")
        board.focus()
        board.put(name)
        desk.focus(CANVAS)
        for key in ("r", "a", "n", "t") if name in ("handle", "eventual") else ("r",):
            desk.keyboard.press(key)
            said |= set(board.words())
            desk.keyboard.press("Escape")
            desk.focus(CANVAS)
    desk.keyboard.press("Control+a")
    said |= set(board.words())
    desk.click(".djs-context-pad [data-action=align-elements]")
    said |= set(board.words())
    desk.click("[data-do=help]")
    said |= set(board.words())
    desk.keyboard.press("Escape")
    board.save()
    found = check_folder(studio.draft(board.draft).files, designations=studio.runtime.designations)
    assert {finding.code for finding in found} <= TO_FILL  # nothing can be drawn that does not run
    left = sorted(word for word in said if LATIN.search(KEYS.sub("", word)))
    assert left == [], left
