"""Templates of documents: found in the procedure's folder or among the built-in ones, checked, and filled in."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from engine.documents.fields import FOLDER, PAPERS, Paper
from engine.documents.language import Environment, problems
from engine.documents.opening import BODY, MAX_TEXT, Unreadable, opened

BUILT_IN = Path(__file__).parent / "templates"
_FILLED = re.compile(r"^word/(document|header\d*|footer\d*|footnotes)\.xml$")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_PROPERTIES = (
    "author",
    "comments",
    "identifier",
    "language",
    "subject",
    "title",
)  # docxtpl fills these in too


@dataclass(frozen=True)
class Picture:
    """A picture to stand in a document: PNG or JPEG, and how wide, in millimetres."""

    data: bytes
    width: float


def template_of(files: Mapping[str, bytes], paper: Paper) -> bytes:
    """The procedure's own template where its folder has one, else the built-in one."""
    return files.get(paper.file) or built_in(paper.name)


@cache
def built_in(name: str) -> bytes:
    return (BUILT_IN / f"{name}.docx").read_bytes()


def faults(name: str, data: bytes) -> list[str]:
    """What is wrong with a file in a procedure's folder `templates/`, in Chinese, each once."""
    paper = PAPERS.get(name.removeprefix(FOLDER).removesuffix(".docx"))
    if paper is None or not name.endswith(".docx"):
        return [
            f"不认识的模板。templates 里可以放：{'、'.join(one.file.removeprefix(FOLDER) for one in PAPERS.values())}"
        ]
    try:
        return list(dict.fromkeys(_faults(paper, data)))
    except Unreadable as error:
        return [str(error)]


def _faults(paper: Paper, data: bytes) -> Iterator[str]:
    parts = opened(data)
    if len(parts[BODY]) > MAX_TEXT or any(
        len(parts[name]) > MAX_TEXT for name in parts if _FILLED.match(name)
    ):
        yield "文字部分太大。请新建一个文档，只把要用的内容贴过去，再另存"
        return
    found = list(_sources(data))
    for source in found:
        yield from problems(source, paper.fields)


def _sources(data: bytes) -> Iterator[str]:
    """The texts docxtpl will hand to Jinja, as it hands them over. Raises Unreadable."""
    try:
        template = DocxTemplate(io.BytesIO(data))
        template.init_docx()
        yield template.patch_xml(template.get_xml())
        for uri in (template.HEADER_URI, template.FOOTER_URI):
            for _, part in template.get_headers_footers(uri):
                yield template.patch_xml(template.get_part_xml(part))
        for part in template.docx.part.package.iter_parts():
            if part.content_type.endswith("footnotes+xml"):
                yield template.patch_xml(part.blob.decode("utf-8"))
        for name in _PROPERTIES:
            yield str(getattr(template.docx.core_properties, name) or "")
    except (KeyError, ValueError, AttributeError, LookupError) as error:
        raise Unreadable("Word 打得开，可是里面缺少必要的部分。请用 Word 或 WPS 另存为 .docx 再放") from error


def fill(data: bytes, context: Mapping[str, Any]) -> bytes:
    """A Word file out of a checked template. Raises Unreadable for one that cannot be read after all."""
    opened(data)
    template = DocxTemplate(io.BytesIO(data))
    template.init_docx()
    template.render(_ready(template, context), Environment())
    kept = io.BytesIO()
    template.save(kept)
    return kept.getvalue()


def _ready(template: DocxTemplate, value: Any) -> Any:
    """What XML can hold: no invisible characters; pictures as Word keeps them; nothing that is None."""
    if isinstance(value, Mapping):
        return {key: _ready(template, one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_ready(template, one) for one in value]
    if isinstance(value, Picture):
        return InlineImage(template, io.BytesIO(value.data), width=Mm(value.width))
    if isinstance(value, str):
        return _INVISIBLE.sub("", value)
    return "" if value is None else value
