"""统计: the table of source 001 on the page and in the Excel file, on a phone, on a desk and on paper."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest
from sqlalchemy import insert, update

from engine.clock import VirtualClock
from engine.runtime import Runtime
from engine.store import Database
from engine.store.tables import accounts, units
from tests.conftest import axe_violations
from tests.source001 import COUNTIES, build
from tests.webui.pages.browsing import served
from tests.webui.pages.conftest import Site, Visitor
from tests.world import configuration
from webui.app import create_app

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet
    from playwright.sync_api import BrowserContext, Page

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TOTAL = (19280, 12249, 4034, 2532, 3576, 2417, 959, 834, 834 / 959, 957)
FORMULA = "=1+1县"  # a name somebody gave a county


@pytest.fixture
def visitor(sqlite_database: Database) -> Visitor:
    """Somebody of the city's 督查室."""

    def settle(c) -> int:  # type: ignore[no-untyped-def]
        known = build(c)
        person = known[""]
        c.execute(insert(accounts).values(person_id=person, login="t", password_hash="-", generation=0))
        c.execute(update(units).where(units.c.name == COUNTIES[9]).values(name=FORMULA))
        return person

    person = sqlite_database.run(settle)
    runtime = Runtime(
        sqlite_database, configuration(sqlite_database, secure_cookies=False), VirtualClock(NOW)
    )
    return Visitor(create_app(runtime).test_client(), person)


@pytest.fixture
def address(visitor: Visitor) -> Iterator[str]:
    with served(visitor.client.application) as found:
        yield found


def test_the_table_of_source_001(
    visitor: Visitor, page: "Page", phone: "BrowserContext", address: str
) -> None:
    _the_page_says_it(visitor)
    _the_excel_file_has_it(visitor)
    _a_wrong_period_is_said_where_it_was_typed(visitor)
    _it_can_be_read_everywhere(visitor, page, phone, address)


def _the_page_says_it(visitor: Visitor) -> None:
    text = visitor.get("/statistics?period=2025").text
    for said in ("19,280", "4,034", "3,576", "比上年 +2,417", "834", "占行政村 87%", "957 个", "71 个"):
        assert said in text, said
    assert [text.index(f">{name}<") for name in COUNTIES[:9]] == sorted(
        text.index(f">{name}<") for name in COUNTIES[:9]
    )
    quarter = visitor.get("/statistics?period=2025-Q1&chart=opinions").text
    assert "2025年第一季度，与2024年第一季度比" in quarter
    assert "2026年1月1日至2026年3月2日，与2025年1月1日至2025年3月2日比" in visitor.get("/statistics").text


def _the_excel_file_has_it(visitor: Visitor) -> None:
    answer = visitor.get("/statistics/table.xlsx?period=2025")
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.properties.created == NOW.replace(tzinfo=None)
    sheet = book["统计"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "示范市村级民主议事情况统计表"
    assert rows[1][0] == "2025年，与2024年比；2026年3月2日制表"
    assert [row[0] for row in rows[4:15]] == [*COUNTIES[:9], FORMULA, "合计"]
    assert sheet["A14"].data_type == "s"  # never a formula
    assert rows[14][1:] == pytest.approx(TOTAL)
    columns = list(zip(*(row[1:] for row in rows[4:14]), strict=True))
    assert [sum(column) for place, column in enumerate(columns) if place != 8] == [
        number for place, number in enumerate(TOTAL) if place != 8
    ]
    assert [sheet.cell(15, place).number_format for place in (2, 3, 10)] == [
        "#,##0",
        "+#,##0;-#,##0;0",
        "0%",
    ]
    assert any("两个口径" in str(row[0]) for row in rows[15:])
    assert _printed_across(sheet)
    assert ("村民代表会议", 4034, 2532, 3576, 2417) in list(book["会议"].iter_rows(values_only=True))


def _printed_across(sheet: "Worksheet") -> bool:
    return sheet.page_setup.orientation == "landscape" and sheet.print_title_rows == "$3:$4"


def _a_wrong_period_is_said_where_it_was_typed(visitor: Visitor) -> None:
    answer = visitor.get("/statistics?from=2025-05-01&to=2025-04-01")
    assert answer.status_code == 422
    assert "结束的日子不能早于开始的日子" in answer.text and 'value="2025-05-01"' in answer.text
    assert "下载 Excel" not in answer.text  # of which days it would be is not known
    assert visitor.get("/statistics?period=x").status_code == 422
    assert visitor.get("/statistics/table.xlsx?period=x").status_code == 422
    for nowhere in ("x", "99999", "９"):
        assert visitor.get(f"/statistics?unit={nowhere}").status_code == 404


def _it_can_be_read_everywhere(visitor: Visitor, page: "Page", phone: "BrowserContext", address: str) -> None:
    visitor.get("/me")
    cookie = visitor.client.get_cookie("cunyi")
    assert cookie is not None
    phone.add_cookies([{"name": "cunyi", "value": cookie.value, "url": address}])
    for path in ("/statistics?period=2025", "/statistics?from=2025-05-01&to=2025-04-01"):
        page.goto(address + path)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert axe_violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{address}/statistics?period=2025")
    assert page.get_by_role("img", name="各单位议成，本期和上年").is_visible()
    page.get_by_role("link", name="青山县").click()
    page.get_by_role("heading", name="青山县统计").wait_for()
    page.emulate_media(media="print")
    assert not page.locator(".no-print").first.is_visible()
    assert page.locator(".figures-table").first.is_visible()


def test_who_sees_figures_has_them_in_the_navigation(site: Site) -> None:
    assert 'href="/statistics"' in site.visitor("管得宽").get("/me").text
    assert 'href="/statistics"' in site.visitor("书记").get("/me").text
    assert "柳湾村统计" in site.visitor("书记").get("/statistics").text
    for nobody in ("报账", "百姓"):
        assert 'href="/statistics"' not in site.visitor(nobody).get("/me").text
        refused = site.visitor(nobody).get("/statistics")
        assert refused.status_code == 403 and "统计由县、乡镇的干部和村的主要干部查看" in refused.text
        assert site.visitor(nobody).get("/statistics/table.xlsx").status_code == 403
    for hidden in ("town", "other"):
        assert site.visitor("书记").get(f"/statistics?unit={site.world.units[hidden]}").status_code == 404
