"""Word files from outside: looked through before anything reads them, and bounded.

A template is written by people and ends up on the screens of offices: it may hold no macros, nothing that is fetched
from elsewhere when it is opened, and no more than fits into memory.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree
from PIL import Image, UnidentifiedImageError

from engine.files.images import MAX_DRAWN

MAX_BYTES = 3_000_000
MAX_PARTS = 300
MAX_UNPACKED = 30_000_000
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff")
MAX_TEXT = 1_500_000  # of the part that is filled in
BODY = "word/document.xml"
_RELATIONS = re.compile(r"(^|/)_rels/[^/]+\.rels$")
_HARMLESS = (
    "/hyperlink"  # the only relation that may lead outside: it is followed by a click, never by itself
)
_RUNS = ("vbaproject.bin", "/activex/", "/embeddings/", "/attachedtoolbars", "afchunk")


class Unreadable(ValueError):
    """A Word file that is not used. The message is Chinese and says what to do."""


def opened(data: bytes) -> dict[str, bytes]:
    """The parts of a Word file by name. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(
            f"文件有 {len(data) / 1e6:.1f} MB，最大 {MAX_BYTES // 1_000_000} MB。请把里面的图片压缩后再放"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = dict(_parts(archive))
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
    ) as error:
        raise Unreadable(
            "打不开，不是完整的 Word 文件（.docx）。请用 Word 或 WPS 另存为 .docx 再放"
        ) from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise Unreadable("打不开，文件已经损坏。请用 Word 或 WPS 另存为 .docx 再放") from error
    if BODY not in found or "[Content_Types].xml" not in found:
        raise Unreadable("不是 Word 文件（.docx）。请用 Word 或 WPS 另存为 .docx 再放")
    for name, content in found.items():
        _check(name, content)
    return found


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = archive.infolist()
    if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Unreadable("里面的内容太多，解开以后超过了限制。请删去不用的图片和页，另存后再放")
    left = MAX_UNPACKED
    for entry in entries:
        with archive.open(entry) as stream:  # what the directory says of its size may be a lie
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise Unreadable("里面的内容太多，解开以后超过了限制。请删去不用的图片和页，另存后再放")
        yield entry.filename, content


def _check(name: str, content: bytes) -> None:
    low = name.lower()
    if low.endswith(PICTURES):
        _check_picture(content)
    if any(part in f"/{low}" for part in _RUNS):
        raise Unreadable("里面带有宏或嵌入的对象。请另存为不带宏、不带嵌入对象的 .docx 再放")
    if not low.endswith((".xml", ".rels")):
        return
    root = parse(content)
    if _RELATIONS.search(low):
        for relation in root:
            outside = relation.get("TargetMode", "").lower() == "external"
            if outside and not relation.get("Type", "").endswith(_HARMLESS):
                raise Unreadable(
                    "里面有引用外面文件的内容（链接的图片或模板），别人打开时会去读那个地址。请把图片直接插入文档，再另存"
                )


def _check_picture(content: bytes) -> None:
    """Some kilobytes may unpack to more pixels than fit into memory; of what cannot be read nothing is drawn."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
    except Image.DecompressionBombError:
        width = height = MAX_DRAWN
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return
    if width * height > MAX_DRAWN:
        raise Unreadable("里面有一张图片太大。请在 Word 里压缩图片（或换一张小的），另存后再放")


def parse(content: bytes) -> etree._Element:
    """XML of a Word file. Raises Unreadable."""
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise Unreadable("里面有 DOCTYPE 声明，不是 Word 正常存出的文件。请用 Word 或 WPS 另存为 .docx 再放")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("里面的内容读不懂，文件可能已经损坏。请用 Word 或 WPS 另存为 .docx 再放") from error
