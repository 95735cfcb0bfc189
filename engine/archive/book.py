"""The whole matter as one PDF: cover, contents with page numbers, documents, photos, opinions, steps, completion."""

from __future__ import annotations

import html
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from PIL import Image, ImageOps, UnidentifiedImageError

from engine import files
from engine.archive.gathering import Gathered, Photo, Step
from engine.documents.html import to_html
from engine.documents.pdf import PICTURE, write_pdf
from engine.documents.subject import day, hour
from engine.redlines import redlines
from engine.runtime import Runtime

STATUS = {"running": "在办", "completed": "已办结", "cancelled": "已撤销", "failed": "出错中止"}
SOURCES = {"household": "户链接", "open": "公开链接"}
PICTURE_SIZE = 1400  # pixels of the longer side: sharp enough on half a page
OPINION_HEADS = ("序号", "姓名", "渠道", "立场", "意见", "采纳", "答复")

CSS = """
@page { @bottom-center { content: "— " counter(page) " —"; font: 10.5pt "Noto Serif CJK SC", serif } }
@page cover { size: A4; margin: 40mm 28mm; @bottom-center { content: none } }
@page plain { size: A4; margin: 30mm 26mm 28mm }
.cover { page: cover; text-align: center }
.cover h1 { font: bold 34pt "Noto Serif CJK SC", serif; letter-spacing: 8pt; margin: 22mm 0 10mm }
.cover h2 { font: bold 20pt/1.6 "Noto Serif CJK SC", serif; margin: 0 0 26mm }
.cover .unit { font: 18pt "Noto Serif CJK SC", serif }
.cover table { margin: 0 auto; width: 130mm; font-size: 14pt; border-collapse: collapse }
.cover td { padding: 3mm 2mm; border-bottom: 0.5pt solid #000; text-align: left }
.cover td:first-child { width: 34mm; border: 0; text-align: justify; text-align-last: justify; padding-right: 6mm }
.part { page: plain; break-before: page }
.part h1 { font: bold 18pt "Noto Serif CJK SC", serif; text-align: center; margin: 0 0 8mm }
.part h2 { font: bold 13pt "Noto Sans CJK SC", sans-serif; margin: 6mm 0 2mm; break-after: avoid }
.contents p { display: flex; margin: 0 0 2.5mm; font-size: 13pt }
.contents .no { width: 11mm }
.contents a { color: inherit; text-decoration: none; flex: 1 }
.contents a::after { content: leader(".") target-counter(attr(href), page) }
.grid { width: 100%; border-collapse: collapse; font-size: 10pt }
.grid th, .grid td { border: 0.6pt solid #000; padding: 1.2mm 1.5mm; text-align: left; vertical-align: top }
.grid th { font-family: "Noto Sans CJK SC", sans-serif; font-weight: normal; background: #f2f2f2 }
.grid tr { break-inside: avoid }
.text { white-space: pre-wrap; overflow-wrap: anywhere }
.step { margin: 0 0 5mm; padding: 0 0 2mm; border-bottom: 0.5pt solid #999 }
.step .top { font-family: "Noto Sans CJK SC", sans-serif; break-after: avoid }
.step dl { margin: 1mm 0 0 6mm } .step dt { display: inline; color: #444 } .step dt::after { content: "：" }
.step dd { display: inline; margin: 0 } .step dd::after { content: "\\A"; white-space: pre }
.withdrawn { color: #777; text-decoration: line-through }
.quiet { color: #444; font-size: 10pt }
.photos { text-align: center }
figure { display: inline-block; width: 78mm; margin: 2mm; break-inside: avoid; vertical-align: top }
figure img { max-width: 76mm; max-height: 95mm; border: 0.4pt solid #888 }
figcaption { font-size: 9.5pt; margin-top: 1mm }
"""


@dataclass(frozen=True)
class Section:
    """One entry of the contents; `css` are the pages a document of its own brings along."""

    title: str
    body: str
    css: str = ""


def write_book(rt: Runtime, found: Gathered, to: IO[bytes]) -> None:
    """Raises NoPdf, Unavailable."""
    sections = list(_sections(found))
    body = [_cover(found), _contents(sections)]
    for number, section in enumerate(sections, 1):
        body.append(f'<div id="p{number}">{section.body}</div>')
    css = CSS + "".join(section.css for section in sections)
    write_pdf(
        "".join(body), css, to, title=f"{found.subject.row.title} 一事一档", pictures=_pictures(rt, found)
    )


def _pictures(rt: Runtime, found: Gathered) -> Any:
    """The photos, one at a time, made small; of those that cannot be read, an empty frame."""

    def read(file_id: str) -> tuple[bytes, str]:
        if file_id not in found.files:
            raise ValueError("not of this matter")
        data, _ = rt.database.look(lambda c: files.read(c, file_id))
        return smaller(data), "image/jpeg"

    return read


def smaller(data: bytes) -> bytes:
    """A photo fit for half a page. Raises ValueError for what is no picture."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.draft("RGB", (PICTURE_SIZE, PICTURE_SIZE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((PICTURE_SIZE, PICTURE_SIZE))
            kept = io.BytesIO()
            upright.convert("RGB").save(kept, "JPEG", quality=80)
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError("no picture") from error
    return kept.getvalue()


# ---------------------------------------------------------------- the parts


def _sections(found: Gathered) -> Iterator[Section]:
    for place, (offer, data) in enumerate(found.documents):
        page = to_html(data, f"doc{place}", margins=False)
        photos = found.photos.get(place, [])
        body = _part(offer.name, f"<p>{_ELSEWHERE}</p>") if page.is_long else page.body
        if photos:
            body += _part(f"{offer.name}：照片", _figures(found, photos))
        yield Section(f"{offer.name}（{offer.of}）", body, page.css)
    if found.opinions:
        yield Section("意见和答复", _part("意见和答复", "".join(_opinions(found))))
    yield Section("办理经过", _part("办理经过", "".join(_step(found, step) for step in found.steps)))
    if found.seals:
        yield Section("用印登记", _part("用印登记", _seals(found)))
    if found.filings:
        yield Section("备案", _part("备案", _filings(found)))
    others = _not_shown(found)
    if others:
        yield Section("其他照片", _part("其他照片", _figures(found, others)))
    if found.files:
        yield Section("附件清单", _part("附件清单", _files(found)))
    yield Section("办结和留痕", _part("办结和留痕", _end(found)))


_ELSEWHERE = "表格很长，不排进这一本：见压缩包“文书”里的 Word 版，或在“打印材料”页下载。"


def _part(title: str, body: str) -> str:
    return f'<section class="part"><h1>{_(title)}</h1>{body}</section>'


def _cover(found: Gathered) -> str:
    row = found.subject.row
    ended = day(row.ended_at) if row.ended_at else "（在办）"
    facts = (
        ("编　　号", row.number),
        ("流　　程", f"{row.procedure}（第 {row.version} 版）"),
        ("起止日期", f"{day(row.started_at)} — {ended}"),
        ("办理结果", row.outcome or STATUS[row.status]),
        ("保管期限", redlines().kept or "　"),
        ("制作日期", day(found.subject.rt.now())),
    )
    lines = "".join(f"<tr><td>{_(name)}</td><td>{_(value)}</td></tr>" for name, value in facts)
    return (
        f'<section class="cover"><p class="unit">{_(row.unit)}</p><h1>一事一档</h1>'
        f"<h2>{_(row.title)}</h2><table>{lines}</table></section>"
    )


def _contents(sections: Sequence[Section]) -> str:
    lines = "".join(
        f'<p><span class="no">{number}</span><a href="#p{number}">{_(section.title)}</a></p>'
        for number, section in enumerate(sections, 1)
    )
    return f'<section class="part contents"><h1>目　　录</h1>{lines}</section>'


def _opinions(found: Gathered) -> Iterator[str]:
    for step, rows in found.opinions:
        lines = (
            (
                number,
                row.person or row.author or "（未留姓名）",
                "，".join(
                    part
                    for part in (row.channel or SOURCES.get(row.source, ""), row.clerk and f"{row.clerk}代录")
                    if part
                ),
                row.stance,
                row.content + _moderated(row),
                row.adopted or "",
                row.reply or "",
            )
            for number, row in enumerate(rows, 1)
        )
        yield f"<h2>{_(step)}（{len(rows)} 条）</h2>{_table(OPINION_HEADS, lines)}"


def _moderated(row: Any) -> str:
    if row.source != "open" or row.admitted:
        return ""
    return "（待审核）" if row.admitted is None else f"（未采用：{row.moderation}）"


def _step(found: Gathered, step: Step) -> str:
    lines = "".join(f'<dt>{_(line.label)}</dt><dd class="text">{_(line.text)}</dd>' for line in step.lines)
    lines += f'<dt>理由</dt><dd class="text">{_(step.reason)}</dd>' if step.reason else ""
    named = [found.files[each] for each in step.files if each in found.files]
    lines += "".join(f"<dt>附件</dt><dd>{_(file.path)}</dd>" for file in named)
    verdict = f"（{_(step.verdict)}）" if step.verdict else ""
    gone = " withdrawn" if step.withdrawn else ""
    taken_back = "（已撤回）" if step.withdrawn else ""
    return (
        f'<div class="step"><div class="top{gone}">{step.sequence}．{_(step.title)}{verdict}{taken_back}</div>'
        f'<div class="quiet">{_(step.who)}　{hour(step.at)}</div>'
        f"{f'<dl>{lines}</dl>' if lines else ''}</div>"
    )


def _seals(found: Gathered) -> str:
    heads = ("日期", "文件", "印章", "份数", "批准人", "用印人", "登记人")
    rows = (
        (row.used_on.isoformat(), row.document, row.seal, row.copies, row.approved_by, row.kept_by, row.clerk)
        for row in found.seals
    )
    photos = [Photo(each, f"用印：{row.document}") for row in found.seals for each in row.evidence]
    return _table(heads, rows) + _figures(found, photos)


def _filings(found: Gathered) -> str:
    heads = ("文件", "报送", "报送日期", "收到回执", "回执编号")
    rows = (
        (
            row.document,
            row.authority,
            row.sent_on.isoformat(),
            row.received_on.isoformat() if row.received_on else "还没有",
            row.receipt_number,
        )
        for row in found.filings
    )
    photos = [Photo(each, f"备案回执：{row.document}") for row in found.filings for each in row.evidence]
    return _table(heads, rows) + _figures(found, photos)


def _files(found: Gathered) -> str:
    rows = ((number, one.path, one.id) for number, one in enumerate(found.files.values(), 1))
    return _table(("序号", "压缩包里的位置", "SHA-256"), rows)


def _not_shown(found: Gathered) -> list[Photo]:
    """Pictures of steps that stand in no other part."""
    shown = {photo.file_id for photos in found.photos.values() for photo in photos}
    shown |= {each for row in (*found.seals, *found.filings) for each in row.evidence}
    return [
        Photo(one.id, one.about or one.name)
        for one in found.files.values()
        if one.is_picture and one.id not in shown
    ]


def _figures(found: Gathered, photos: Iterable[Photo]) -> str:
    """Two beside each other; a file that is no picture is named with its place in the zip."""
    shown, named = [], []
    for photo in photos:
        file = found.files.get(photo.file_id)
        words = "　".join(part for part in (photo.caption, hour(photo.at)) if part)
        if file is not None and file.is_picture:
            shown.append(
                f'<figure><img src="{PICTURE}{photo.file_id}" alt=""><figcaption>{_(words)}</figcaption></figure>'
            )
        elif file is not None:
            named.append(f"<p>{_(words)}：见 {_(file.path)}</p>")
    return f'<div class="photos">{"".join(shown)}</div>{"".join(named)}' if shown or named else ""


def _end(found: Gathered) -> str:
    row, head = found.subject.row, found.head
    result = row.outcome or STATUS[row.status]
    ended = f"，{day(row.ended_at)}办结" if row.ended_at else "，还在办理"
    told = (
        f"“{row.title}”{day(row.started_at)}发起{ended}，结果：{result}。",
        f"这件事一共有 {head.sequence} 条留痕，每一条都盖住前一条，改动任何一条都会露出来。",
        f"最后一条的校验值：{head.hash}",
        "同时给出的压缩包里有全部留痕和附件。任何人都可以用命令 cunyi journal verify 核对压缩包，"
        "不用联网，也不用数据库；"
        "再与县里保管的存证点核对，可以证明整条记录没有被重写过。",
    )
    return "".join(
        f'<p class="text" style="text-indent:2em;margin-bottom:3mm">{_(line)}</p>' for line in told
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    top = "".join(f"<th>{_(head)}</th>" for head in heads)
    lines = "".join(
        f"<tr>{''.join(f'<td class=text>{_(str(value))}</td>' for value in row)}</tr>" for row in rows
    )
    return f'<table class="grid"><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>'


def _(text: str) -> str:
    return html.escape(str(text))
