"""A Word file as HTML for paper: one template, whoever made it, gives both .docx and PDF (engine.documents.pdf).

Paragraphs, runs, tables with merged cells, pictures, page breaks, the page's size and margins, header and footer with
page numbers, numbered lists as text. What Word draws besides (text boxes, charts) is left out.
"""

from __future__ import annotations

import base64
import html
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine.documents import looks
from engine.documents.looks import SIDES, Css, Element, Styles, W, number, points, value, written
from engine.documents.opening import BODY, opened, parse

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_PICTURES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif"}
_COUNTERS = {"PAGE": "page", "NUMPAGES": "pages"}
_PAGE_BREAK = "\f"  # between the pieces of a paragraph; XML knows no such character
EMU = 36_000  # of Word's drawing units in a millimetre
DEEPEST = 8  # tables in tables
MOST_ROWS = 600


@dataclass(frozen=True)
class Written:
    """`css` are the rules of its pages, `body` what stands on them."""

    css: str
    body: str

    @property
    def is_long(self) -> bool:
        """More rows of tables than are laid out on pages while somebody waits: 2,000 took minutes and a gigabyte."""
        return self.body.count("<tr") > MOST_ROWS


def to_html(data: bytes, name: str = "d", *, margins: bool = True) -> Written:
    """Convert a filled-in Word file. `name`: tells its pages from those of others in one PDF; without `margins` its
    header and footer are left out. Raises engine.documents.opening.Unreadable.
    """
    return _Converter(opened(data), name, margins).convert()


@dataclass
class _Row:
    """Cells with the column each begins in."""

    element: Element
    cells: list[tuple[int, int, Element]]


@dataclass
class _Converter:
    parts: Mapping[str, bytes]
    name: str
    margins: bool
    part: str = BODY
    styles: Styles = field(default_factory=Styles)
    relations: dict[str, str] = field(default_factory=dict)
    in_field: str = ""

    def convert(self) -> Written:
        sheet = self.parts.get("word/styles.xml")
        self.styles = Styles.read(parse(sheet) if sheet else None)
        self._enter(BODY)
        body = parse(self.parts[BODY]).find(W + "body")
        if body is None:
            return Written("", "")
        rules, inside = [], []
        for place, (section, blocks) in enumerate(_sections(body), 1):
            name = f"{self.name}s{place}"
            rules.append(self._page(name, section))
            running = self._running(name, section) if self.margins else ""
            content = "".join(self.block(each, 0) for each in blocks)
            inside.append(f'<div class="sheet" style="page:{name}">{running}{content}</div>')
        return Written("".join(rules), "".join(inside))

    # ------------------------------------------------------------ pages

    def _page(self, name: str, section: Element | None) -> str:
        size = section.find(W + "pgSz") if section is not None else None
        edge = section.find(W + "pgMar") if section is not None else None
        width, height = value(size, "w", "11906"), value(size, "h", "16838")
        sides = " ".join(
            points(value(edge, side, default))
            for side, default in (("top", "1440"), ("right", "1800"), ("bottom", "1440"), ("left", "1800"))
        )
        rules = f"size:{points(width)} {points(height)};margin:{sides};"
        if self.margins:
            rules += f"@top-center{{content:element({name}h)}}@bottom-center{{content:element({name}f)}}"
        return f"@page {name}{{{rules}}}"

    def _running(self, name: str, section: Element | None) -> str:
        """Header and footer, taken out of the flow and put onto every page."""
        written_ = ""
        for tag, short in (("headerReference", "h"), ("footerReference", "f")):
            found = section.findall(W + tag) if section is not None else []
            plain = [one for one in found if value(one, "type", "default") == "default"]
            target = self.relations.get(plain[0].get(_R + "id", "")) if plain else None
            content = self._other(target) if target else ""
            written_ += f'<div style="position:running({name}{short});width:100%">{content}</div>'
        return written_

    def _other(self, part: str) -> str:
        """The blocks of another part of the file, with its own relations."""
        if part not in self.parts:
            return ""
        before, self.part = self.part, part
        relations = self.relations
        self._enter(part)
        content = "".join(self.block(each, 0) for each in parse(self.parts[part]))
        self.part, self.relations = before, relations
        return content

    def _enter(self, part: str) -> None:
        folder, file = posixpath.split(part)
        found = self.parts.get(f"{folder}/_rels/{file}.rels")
        self.part = part
        self.relations = {
            one.get("Id", ""): posixpath.normpath(posixpath.join(folder, one.get("Target", ""))).lstrip("/")
            for one in (parse(found) if found else ())
            if one.get("TargetMode", "").lower() != "external"
        }

    # ------------------------------------------------------------ blocks

    def block(self, element: Element, depth: int) -> str:
        tag = _local(element)
        if tag == "p":
            return self.paragraph(element)
        if tag == "tbl" and depth < DEEPEST:
            return self.table(element, depth)
        if tag in ("sdt", "sdtContent", "ins", "customXml"):
            return "".join(self.block(each, depth) for each in element)
        return ""

    def paragraph(self, element: Element) -> str:
        properties = element.find(W + "pPr")
        style = (
            value(properties.find(W + "pStyle") if properties is not None else None) or self.styles.default
        )
        css, text = self.styles.of(style)
        css = css | looks.paragraph_css(properties)
        content = "".join(self.inline(each) for each in element)
        if "<img" in content and css.get("line-height", "").endswith("pt"):
            css = css | {"line-height": "normal"}  # an exact height would cut the picture off
        look, parts = html.escape(written(text | css)), content.split(_PAGE_BREAK)
        broken = "".join(
            f'<p style="{look};break-after:page">{part}</p>'
            if part
            else '<div style="break-after:page"></div>'
            for part in parts[:-1]
        )
        if len(parts) > 1 and not parts[-1]:
            return broken
        return f'{broken}<p style="{look}">{parts[-1] or "<br>"}</p>'

    # ------------------------------------------------------------ runs

    def inline(self, element: Element) -> str:
        tag = _local(element)
        if tag == "r":
            return self.run(element)
        if tag == "fldSimple":
            counter = _counter(value(element, "instr"))
            return counter or "".join(self.inline(each) for each in element)
        if tag in ("hyperlink", "ins", "smartTag", "sdt", "sdtContent", "customXml"):
            return "".join(self.inline(each) for each in element)
        return ""

    def run(self, element: Element) -> str:
        properties = element.find(W + "rPr")
        css: Css = {}
        if properties is not None:
            key = value(properties.find(W + "rStyle"))
            css = (self.styles.of(key)[1] if key else {}) | looks.run_css(properties)
        content = "".join(self._piece(each) for each in element)
        look = html.escape(written(css))
        return _PAGE_BREAK.join(
            f'<span style="{look}">{part}</span>' if css and part else part
            for part in content.split(_PAGE_BREAK)
        )

    def _piece(self, element: Element) -> str:
        tag = _local(element)
        if tag == "fldChar":
            kind = value(element, "fldCharType")
            if kind == "end":
                self.in_field = ""
            elif kind == "begin":
                self.in_field = " "
            return ""
        if tag == "instrText":
            counter = _counter(element.text or "")
            self.in_field = "counted" if counter else self.in_field
            return counter
        if tag == "t":
            return "" if self.in_field == "counted" else _text(element.text or "")
        if tag == "br":
            return _PAGE_BREAK if value(element, "type") == "page" else "<br>"
        if tag in ("drawing", "pict"):
            return self.picture(element)
        return {"tab": "&emsp;&emsp;", "cr": "<br>", "noBreakHyphen": "‑"}.get(tag, "")

    def picture(self, drawing: Element) -> str:
        blip = next(drawing.iter(_A + "blip"), None)
        target = self.relations.get(blip.get(_R + "embed", "")) if blip is not None else None
        kind = _PICTURES.get(posixpath.splitext(target or "")[1].lower())
        if target is None or kind is None or target not in self.parts:
            return ""
        extent = next(drawing.iter(_WP + "extent"), None)
        wide, high = (number_of(extent.get(name)) if extent is not None else 0 for name in ("cx", "cy"))
        size = f"width:{wide / EMU:.1f}mm;height:{high / EMU:.1f}mm;" if wide and high else ""
        data = base64.b64encode(self.parts[target]).decode()
        return f'<img alt="" style="{size}max-width:100%" src="data:{kind};base64,{data}">'

    # ------------------------------------------------------------ tables

    def table(self, element: Element, depth: int) -> str:
        properties = element.find(W + "tblPr")
        style = value(properties.find(W + "tblStyle") if properties is not None else None)
        edges = self.styles.borders(style)
        edges |= looks.borders(properties.find(W + "tblBorders") if properties is not None else None)
        widths = [number(value(one, "w")) for one in element.findall(f"{W}tblGrid/{W}gridCol")]
        rows = [_Row(one, list(_cells(one))) for one in element.findall(W + "tr")]
        heads = 0
        while heads < len(rows) and _has(rows[heads].element, "tblHeader"):
            heads += 1
        lines = [self._row(rows, place, edges, depth) for place in range(len(rows))]
        columns = "".join(f'<col style="width:{points(str(width))}">' for width in widths)
        head = f"<thead>{''.join(lines[:heads])}</thead>" if heads else ""
        css = {"width": points(str(sum(widths))) if sum(widths) else "", "border-collapse": "collapse"}
        css |= {"table-layout": "fixed", "max-width": "100%"} | _aligned(properties)
        return (
            f'<table style="{written(css)}"><colgroup>{columns}</colgroup>{head}'
            f"<tbody>{''.join(lines[heads:])}</tbody></table>"
        )

    def _row(self, rows: list[_Row], place: int, edges: Mapping[str, str], depth: int) -> str:
        row = rows[place]
        height = row.element.find(f"{W}trPr/{W}trHeight")
        css: Css = {"height": points(value(height))} if height is not None else {}
        if _has(row.element, "cantSplit"):
            css["break-inside"] = "avoid"
        cells = []
        for column, span, cell in row.cells:
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            if merged is not None and value(merged, default="continue") != "restart":
                continue
            down = _rows_down(rows, place, column) if merged is not None else 1
            cells.append(self._cell(cell, span, down, edges, depth))
        return f'<tr style="{written(css)}">{"".join(cells)}</tr>'

    def _cell(self, cell: Element, span: int, down: int, edges: Mapping[str, str], depth: int) -> str:
        properties = cell.find(W + "tcPr")
        own = looks.borders(properties.find(W + "tcBorders") if properties is not None else None)
        inner = {"top": "insideH", "bottom": "insideH", "left": "insideV", "right": "insideV"}
        css: Css = {
            f"border-{side}": own.get(side) or edges.get(inner[side]) or edges.get(side, "") for side in SIDES
        }
        upright = value(properties.find(W + "vAlign") if properties is not None else None)
        css["vertical-align"] = {"center": "middle", "bottom": "bottom"}.get(upright, "top")
        shade = properties.find(W + "shd") if properties is not None else None
        fill = value(shade, "fill")
        if len(fill) == 6 and fill.isalnum():
            css["background"] = f"#{fill}"
        content = "".join(self.block(each, depth + 1) for each in cell)
        spans = f' colspan="{span}"' if span > 1 else ""
        spans += f' rowspan="{down}"' if down > 1 else ""
        return f'<td{spans} style="{written(css)}">{content}</td>'


# ---------------------------------------------------------------- small things


def _sections(body: Element) -> Iterator[tuple[Element | None, list[Element]]]:
    """Blocks up to each change of the page, with what the page is like."""
    blocks: list[Element] = []
    for element in body:
        if _local(element) == "sectPr":
            yield element, blocks
            return
        blocks.append(element)
        inner = element.find(f"{W}pPr/{W}sectPr")
        if inner is not None:
            yield inner, blocks
            blocks = []
    yield None, blocks


def _cells(row: Element) -> Iterator[tuple[int, int, Element]]:
    column = 0
    for cell in row.findall(W + "tc"):
        span = max(1, min(100, int(number(value(cell.find(f"{W}tcPr/{W}gridSpan"), default="1")))))
        yield column, span, cell
        column += span


def _rows_down(rows: list[_Row], place: int, column: int) -> int:
    """How many rows a cell that begins here is merged over."""
    down = 1
    for row in rows[place + 1 :]:
        below = next((cell for start, _, cell in row.cells if start == column), None)
        merged = below.find(f"{W}tcPr/{W}vMerge") if below is not None else None
        if merged is None or value(merged, default="continue") == "restart":
            break
        down += 1
    return down


def _has(row: Element, tag: str) -> bool:
    found = row.find(f"{W}trPr/{W}{tag}")
    return found is not None and value(found, default="1") not in ("0", "false")


def _aligned(properties: Element | None) -> Css:
    where = value(properties.find(W + "jc") if properties is not None else None)
    return {"margin": "0 auto"} if where == "center" else {}


def _counter(code: str) -> str:
    words = code.split()
    counter = _COUNTERS.get(words[0].upper()) if words else None
    return f'<span class="{counter}"></span>' if counter else ""


def _text(text: str) -> str:
    """Several spaces in a row stand as they were typed."""
    return html.escape(text).replace("  ", "&nbsp; ")


def number_of(text: str | None) -> int:
    try:
        return max(0, min(100_000_000, int(text or 0)))
    except ValueError:
        return 0


def _local(element: Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
