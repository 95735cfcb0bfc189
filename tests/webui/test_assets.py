"""The frame, the pieces and the bundles: small, cached for ever, accessible, and within the security policy."""

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.conftest import axe_violations
from tests.webui.pieces import Pieces, application
from webui.bundles import BUILD, Bundles, BundlesMissing

ROOT = Path(__file__).parent.parent.parent
FIRST_VISIT = 150_000  # bytes that 待办 may transfer, all told
DIAGRAM = (ROOT / "processes" / "zhichu" / "zhichu.bpmn").read_text("utf-8")


@pytest.fixture
def client() -> FlaskClient:
    return application(Pieces()).test_client()


def packed(*names: str) -> int:
    return sum((BUILD / f"{Bundles().names[name]}.gz").stat().st_size for name in names)


def test_every_page_loads_little() -> None:
    assert packed("app.js", "app.css") < FIRST_VISIT / 2
    assert packed("app.js", "app.css", "diagram.js", "diagram.css") < FIRST_VISIT
    assert packed("form.js", "form.css") < 180_000
    assert packed("public.css") < 4_000


def test_no_page_of_a_cadre_loads_an_editor() -> None:
    for name in ("app.js", "form.js", "diagram.js"):
        text = (BUILD / Bundles().names[name]).read_text("utf-8")
        editors = ("fjs-palette", "bio-properties-panel", "cm-editor", "djs-palette")
        assert not [editor for editor in editors if editor in text], name
    viewer = (BUILD / Bundles().names["diagram.js"]).read_text("utf-8")
    assert "contextPad" not in viewer


def test_bundles_are_kept_for_ever_and_sent_packed(client: FlaskClient) -> None:
    address = Bundles().url("app.css")
    answer = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "Accept-Encoding" in answer.headers["Vary"]
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(answer.data) == plain.data


@pytest.mark.parametrize("name", ["manifest.json", "../../app.py", "app.css", "app-00000000.js"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/build/{name}").status_code == 404


def test_a_missing_build_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BundlesMissing, match="make setup"):
        Bundles(tmp_path).url("app.css")


def test_pages_carry_no_inline_script_or_style(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick" not in page
    assert page.count("<script") == page.count("<script src=")


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("large", [False, True])
def test_pieces_are_accessible_and_fit(page: Page, pieces: Pieces, width: int, large: bool) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(pieces.url)
    if large:
        page.get_by_role("button", name="大字版").click()
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_targets_are_large_enough_for_a_thumb(page: Page, pieces: Pieces) -> None:
    page.goto(pieces.url)
    for target in page.locator("main button, main .btn, nav a, main summary, main select, .topbar a").all():
        if target.is_visible():
            box = target.bounding_box()
            assert box and box["height"] >= 43.5, target.inner_text()


def test_large_type_stays_with_the_browser(page: Page, pieces: Pieces) -> None:
    page.goto(pieces.url)
    toggle = page.get_by_role("button", name="大字版")
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    assert page.evaluate(size) == 18
    toggle.click()
    assert page.evaluate(size) > 20
    page.reload()
    assert page.evaluate(size) > 20
    expect(toggle).to_have_attribute("aria-pressed", "true")


def test_the_keyboard_reaches_the_content(page: Page, pieces: Pieces) -> None:
    page.goto(pieces.url)
    page.keyboard.press("Tab")
    expect(page.get_by_text("跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_diagram_shows_where_a_matter_stands(page: Page, pieces: Pieces) -> None:
    note = {"dengji": {"state": "正在办理", "clauses": ["LB-8"]}}
    pieces.diagram = {"xml": DIAGRAM, "present": ["dengji"], "passed": ["kaishi", "tianbao"], "notes": note}
    page.goto(f"{pieces.url}/diagram")
    expect(page.locator('.djs-element.present[data-element-id="dengji"]')).to_be_visible()
    expect(page.locator(".djs-element.passed")).to_have_count(2)
    expect(page.get_by_role("img", name="流程图，当前在：登记支付")).to_be_visible()
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="当前").click()
    page.locator('[data-element-id="dengji"] .djs-hit').first.click()
    expect(page.locator(".diagram-note")).to_contain_text("依据：LB-8")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_logo_of_bpmn_io_is_whole_visible_and_uncovered(page: Page, pieces: Pieces, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    pieces.diagram = {"xml": DIAGRAM, "present": [], "passed": [], "notes": {}}
    page.goto(f"{pieces.url}/diagram")
    logo = page.locator(".bjs-powered-by")
    logo.scroll_into_view_if_needed()
    box, canvas = logo.bounding_box(), page.locator(".diagram-canvas").bounding_box()
    assert box and canvas
    assert box["width"] > 45
    assert box["height"] > 18
    assert canvas["x"] <= box["x"] and box["x"] + box["width"] <= canvas["x"] + canvas["width"]
    assert canvas["y"] <= box["y"] and box["y"] + box["height"] <= canvas["y"] + canvas["height"]
    on_top = """([x, y]) => document.elementFromPoint(x, y)?.closest('.bjs-powered-by') !== null"""
    for dx, dy in [(0.1, 0.2), (0.5, 0.5), (0.9, 0.8)]:
        assert page.evaluate(on_top, [box["x"] + box["width"] * dx, box["y"] + box["height"] * dy])


def test_a_broken_drawing_says_so(page: Page, pieces: Pieces) -> None:
    pieces.diagram = {"xml": "<no-bpmn/>", "present": [], "passed": [], "notes": {}}
    page.goto(f"{pieces.url}/diagram")
    expect(page.get_by_text("流程图画不出来")).to_be_visible()


def test_one_tap_is_one_submission_and_a_question_is_respected(page: Page, pieces: Pieces) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.route("**/withdraw", lambda route: route.fulfill(status=204))  # the page stays, as while waiting
    page.goto(pieces.url)
    button = page.get_by_role("button", name="撤回")
    page.once("dialog", lambda asked: asked.dismiss())
    button.click()
    assert sent == []
    expect(button).to_be_enabled()
    page.once("dialog", lambda asked: asked.accept())
    button.click()
    expect(button).to_be_disabled()
    assert len(sent) == 1
