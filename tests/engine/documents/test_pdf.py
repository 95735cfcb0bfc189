"""From Word to paper: what the converter carries over, and that nothing is ever fetched for it."""

import base64
import io
import zipfile

import pypdf
import pytest
from PIL import Image

from engine.documents import pdf
from engine.documents.fields import PAPERS, Each
from engine.documents.html import MOST_ROWS, to_html
from engine.documents.opening import Unreadable
from engine.documents.producing import as_pdf
from engine.documents.template import Picture, built_in, fill
from engine.refusal import Invalid, Unavailable
from tests.engine.operations.conftest import photo

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def word(body: str, **parts: str) -> bytes:
    """A Word file with this body, in the frame of a built-in one."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(built_in("公示"))) as before, zipfile.ZipFile(kept, "w") as after:
        for name in before.namelist():
            text = before.read(name).decode()
            if name == "word/document.xml":
                text = f"<w:document {W} {R}><w:body>{body}</w:body></w:document>"
            after.writestr(name, parts.get(name, text))
    return kept.getvalue()


def para(text: str, properties: str = "", run: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def body(*blocks: str) -> str:
    return to_html(word("".join(blocks))).body


def printed(html: str, css: str = "", **more: object) -> pypdf.PdfReader:
    kept = io.BytesIO()
    pdf.write_pdf(html, css, kept, **more)  # type: ignore[arg-type]
    return pypdf.PdfReader(kept)


def test_paragraphs_keep_their_look():
    found = body(
        para(
            "中",
            '<w:jc w:val="center"/><w:ind w:firstLineChars="200"/><w:spacing w:line="560" w:lineRule="exact"/>',
        ),
        para("粗", run='<w:b/><w:sz w:val="44"/><w:u w:val="single"/><w:rFonts w:eastAsia="黑体"/>'),
    )
    first, second = found.split("<p ")[-2:]
    assert "text-align:center" in first and "text-indent:2em" in first and "line-height:28pt" in first
    assert (
        "font-weight:bold" in second and "font-size:22pt" in second and "text-decoration:underline" in second
    )
    assert "Noto Sans CJK SC" in second


def test_tables_keep_merged_cells_and_widths():
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{para(text)}</w:tc>"

    across, down, below = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = (
        f"<w:tr>{cell('宽', across)}{cell('高', down)}</w:tr>",
        f"<w:tr>{cell('一')}{cell('二')}{cell('', below)}</w:tr>",
        f"<w:tr>{cell('三')}{cell('四')}{cell('五')}</w:tr>",
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in (1000, 2000, 3000))
    border = '<w:tblBorders><w:top w:val="single" w:sz="8"/><w:insideH w:val="dashed"/></w:tblBorders>'
    found = body(f"<w:tbl><w:tblPr>{border}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>")
    assert '<td colspan="2"' in found and '<td rowspan="2"' in found
    assert found.count("<td") == 2 + 2 + 3
    assert 'col style="width:50pt"' in found and "dashed" in found


def test_pages_break_and_are_numbered():
    broken = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    page = to_html(word(para("一") + broken + para("二") + _section(), **{"word/footer1.xml": _footer()}))
    pages = printed(page.body, page.css).pages
    texts = ["".join(each.extract_text().split()) for each in pages]
    assert texts == ["一第1页共2页", "二第2页共2页"]
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [842, 595], "lying on its side"


def _section() -> str:
    return '<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="16838" w:h="11906"/></w:sectPr>'


def _footer() -> str:
    begun = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> NUMPAGES </w:instrText></w:r>'
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    ended = mark.format("separate") + "<w:r><w:t>9</w:t></w:r>" + mark.format("end")
    simple = '<w:fldSimple w:instr="PAGE"><w:r><w:t>9</w:t></w:r></w:fldSimple>'
    inside = (
        f"<w:r><w:t>第</w:t></w:r>{simple}<w:r><w:t>页共</w:t></w:r>{begun}{ended}<w:r><w:t>页</w:t></w:r>"
    )
    return f"<w:ftr {W}><w:p>{inside}</w:p></w:ftr>"


def test_a_picture_comes_along_and_is_not_cut_off():
    drawn = {"姓名": "张三", "身份": "主持", "签名": Picture(photo("black"), 20), "日期": "", "有效": ""}
    context = {name: () if isinstance(about, Each) else "某" for name, about in PAPERS["决议"].fields.items()}
    found = to_html(fill(built_in("决议"), context | {"签字": [drawn]})).body
    assert "width:20.0mm" in found and "data:image/png;base64," in found
    assert "line-height:28pt" not in found[: found.index("<img")].rpartition("<p ")[2]


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/a.png", "file:///etc/passwd", "ftp://127.0.0.1/a", "data:text/css,a", "picture:1"],
)
def test_nothing_is_fetched(address):
    with pytest.raises(ValueError, match="nothing is fetched"):
        pdf._fetcher(None).fetch(address)
    assert len(printed(f'<p>一</p><img src="{address}"><link rel="stylesheet" href="{address}">').pages) == 1


def test_pictures_come_from_the_caller():
    asked: list[str] = []

    def pictures(name: str) -> tuple[bytes, str]:
        asked.append(name)
        return photo("red"), "image/png"

    printed('<img src="picture:12">', pictures=pictures)
    assert asked == ["12"]
    shown = base64.b64encode(photo("blue")).decode()
    assert printed(f'<img src="data:image/png;base64,{shown}">').pages[0].images


def test_while_another_is_made_it_says_so(monkeypatch):
    monkeypatch.setattr(pdf, "PATIENCE", 0.01)
    with pdf._ONE, pytest.raises(Unavailable, match="请过一会儿"):
        printed("<p>一</p>")


def test_without_the_systems_parts_it_says_so(monkeypatch):
    monkeypatch.setattr(pdf, "available", lambda: False)
    with pytest.raises(pdf.NoPdf, match="请下载 Word 版"):
        printed("<p>一</p>")


@pytest.mark.parametrize("data", [b"", b"x", word("")[:200]])
def test_what_is_no_word_file_is_refused(data):
    with pytest.raises(Unreadable):
        to_html(data)


def test_odd_files_do_no_harm():
    deep = "<w:tbl><w:tr><w:tc>" * 60 + para("深") + "</w:tc></w:tr></w:tbl>" * 60
    wide = '<w:tbl><w:tblGrid><w:gridCol w:w="x"/></w:tblGrid>'
    wide += '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="1e9"/></w:tcPr></w:tc></w:tr></w:tbl>'
    styled = para(
        "一", '<w:pStyle w:val="none"/><w:ind w:left="9e99"/>', '<w:sz w:val="-4"/><w:color w:val="red;}"/>'
    )
    found = body(deep, wide, styled, "<w:unknown/>")
    assert "red;}" not in found and "一" in found
    printed(found)


def test_photos_are_made_small_for_the_page():
    from engine.archive.book import PICTURE_SIZE, smaller

    kept = io.BytesIO()
    Image.new("RGB", (3000, 1000), "white").save(kept, "JPEG")
    with Image.open(io.BytesIO(smaller(kept.getvalue()))) as image:
        assert image.size[0] == PICTURE_SIZE
    with pytest.raises(ValueError, match="no picture"):
        smaller(b"x")


def test_a_table_of_thousands_is_handed_out_as_word_file():
    def rolled(rows: int) -> bytes:
        line = f"<w:tr><w:tc>{para('张三')}</w:tc></w:tr>"
        return word(f"<w:tbl>{line * rows}</w:tbl>")

    assert not to_html(rolled(MOST_ROWS)).is_long
    with pytest.raises(Invalid, match="Word 版"):
        as_pdf(rolled(MOST_ROWS + 1), "签到表")
