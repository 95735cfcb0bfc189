"""The statistics as an Excel file: the table of the page with its period and what the figures mean, ready to print."""

import io
from datetime import datetime
from fractions import Fraction

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from engine.queries.statistics import Figures, Statistics
from webui.figures import CHANGE, COLUMNS, GATHERING_COLUMNS, NOTES, NUMBER, SHARE, Value, headings
from webui.words import SHANGHAI

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {NUMBER: "#,##0", CHANGE: "+#,##0;-#,##0;0", SHARE: "0%"}
_THIN = Side(style="thin", color="999999")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="EAE7E0")
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)


def workbook(found: Statistics, title: str, days: str, made: datetime) -> bytes:
    """Two sheets: the figures by unit, and the meetings by name."""
    book = Workbook()
    book.properties.created = book.properties.modified = made.replace(tzinfo=None)
    book.properties.creator = "村议"
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "统计"
    _figures(first, found, title, f"{days}；{_made(made)}制表")
    _gatherings(book.create_sheet("会议"), found, title, days)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _figures(sheet: Worksheet, found: Statistics, title: str, days: str) -> None:
    width = len(COLUMNS) + 1
    _titles(sheet, width, title, days)
    _headings(sheet)
    row = 5
    for line in found.lines:
        _line(sheet, row, f"{line.name}（本级）" if line.is_own else line.name, line.figures)
        row += 1
    _line(sheet, row, "合计", found.total, Font(bold=True))
    _notes(sheet, row + 2, width)
    sheet.freeze_panes = "B5"
    sheet.column_dimensions["A"].width = 22
    for place in range(2, width + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 10.5
    _paper(sheet, "3:4")


def _titles(sheet: Worksheet, width: int, title: str, days: str) -> None:
    for row, text, font in ((1, title, Font(bold=True, size=16)), (2, days, Font(size=10))):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
        _write(sheet, row, 1, text, font=font).alignment = _MIDDLE
    sheet.row_dimensions[1].height = 30


def _headings(sheet: Worksheet) -> None:
    _head(sheet, 3, 1, "单位")
    _head(sheet, 4, 1, "")
    sheet.merge_cells("A3:A4")
    place = 2
    for group, columns in headings():
        for number, column in enumerate(columns):
            _head(sheet, 3, place + number, group)
            _head(sheet, 4, place + number, column.title)
        alone = not columns[0].title
        sheet.merge_cells(
            start_row=3,
            end_row=4 if alone else 3,
            start_column=place,
            end_column=place + len(columns) - 1,
        )
        place += len(columns)
    sheet.row_dimensions[3].height = 32


def _line(sheet: Worksheet, row: int, name: str, figures: Figures, font: Font | None = None) -> None:
    _write(sheet, row, 1, name, font=font).border = _GRID
    for place, column in enumerate(COLUMNS, 2):
        cell = _write(sheet, row, place, column.value(figures), FORMATS[column.kind], font)
        cell.border = _GRID


def _gatherings(sheet: Worksheet, found: Statistics, title: str, days: str) -> None:
    """All meetings that were held, also those that are none of the village's assembly."""
    _titles(sheet, len(GATHERING_COLUMNS), f"{title}：各种会议", days)
    for place, heading in enumerate(GATHERING_COLUMNS, 1):
        _head(sheet, 3, place, heading)
    for row, one in enumerate(found.gatherings, 4):
        _write(sheet, row, 1, one.name).border = _GRID
        changes = (one.held, one.held - one.held_before, one.resolved, one.resolved - one.resolved_before)
        for place, (number, kind) in enumerate(zip(changes, (NUMBER, CHANGE) * 2, strict=True), 2):
            _write(sheet, row, place, number, FORMATS[kind]).border = _GRID
    sheet.freeze_panes = "B4"
    for place in range(1, len(GATHERING_COLUMNS) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 30 if place == 1 else 12
    _paper(sheet, "3:3")


def _notes(sheet: Worksheet, row: int, width: int) -> None:
    for place, note in enumerate(["口径：", *NOTES]):
        sheet.merge_cells(start_row=row + place, end_row=row + place, start_column=1, end_column=width)
        cell = _write(sheet, row + place, 1, note, font=Font(size=10))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row + place].height = 15 * (1 + len(note) // 58)


def _head(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = _write(sheet, row, column, text, font=Font(bold=True))
    cell.alignment, cell.fill, cell.border = _MIDDLE, _HEAD, _GRID


def _write(
    sheet: Worksheet, row: int, column: int, value: str | Value, form: str = "", font: Font | None = None
) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"  # a name that begins with = is a name
    else:
        cell.value = float(value) if isinstance(value, Fraction) else value
    if form:
        cell.number_format = form
    if font is not None:
        cell.font = font
    return cell


def _paper(sheet: Worksheet, repeated: str) -> None:
    """A4 across, as wide as the page, its headings on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = repeated
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def _made(made: datetime) -> str:
    here = made.astimezone(SHANGHAI)
    return f"{here.year}年{here.month}月{here.day}日"
