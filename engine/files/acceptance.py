"""What may be uploaded: judged by its content, never by the name or by what the browser says it is."""

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import NamedTuple

from engine.files.images import ImageRefused, cleaned

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 120


class FileRefused(ValueError):
    """A file that is not accepted. Chinese; says what to do instead."""


class Type(NamedTuple):
    media_type: str
    extensions: tuple[str, ...]  # the first one is put on a name that carries none of them
    image: str | None = None  # Pillow's name of the format


JPEG = Type("image/jpeg", (".jpg", ".jpeg"), "JPEG")
PNG = Type("image/png", (".png",), "PNG")
WEBP = Type("image/webp", (".webp",), "WEBP")
PDF = Type("application/pdf", (".pdf",))
DOCX = Type("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
XLSX = Type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
DOC = Type("application/msword", (".doc", ".wps"))
XLS = Type("application/vnd.ms-excel", (".xls", ".et"))

ALLOWED = "照片（JPG、PNG、WebP）、PDF、Word 和 Excel 文件"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office before 2007; only the name tells what is inside
_UNSAFE = re.compile(r'[\\/:*?"<>|]')


@dataclass(frozen=True)
class Accepted:
    """A file fit to keep. `id` is the SHA-256 of `data`, which for a picture is not what was uploaded."""

    id: str
    name: str
    media_type: str
    data: bytes


def accept(data: bytes, name: str) -> Accepted:
    """Look into a file and clean it: a picture is turned upright and loses its location and all other metadata.

    Raises FileRefused: empty, over 10 MB, of a kind that is not allowed, damaged, or with macros.
    """
    if not data:
        raise FileRefused("文件是空的，请重新选择")
    if len(data) > MAX_BYTES:
        raise FileRefused(
            f"文件有 {len(data) / 1048576:.1f} MB，超过 10 MB。请压缩后再传，照片可以调低清晰度"
        )
    kind = _sniff(data, name)
    if kind.image:
        try:
            data = cleaned(data, kind.image)
        except ImageRefused as error:
            raise FileRefused(str(error)) from error
        if len(data) > MAX_BYTES:
            raise FileRefused("图片处理后超过 10 MB，请改存为 JPG 再传")
    return Accepted(hashlib.sha256(data).hexdigest(), _safe_name(name, kind), kind.media_type, data)


def _sniff(data: bytes, name: str) -> Type:
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _sniff_zip(data)
    if data.startswith(_OLE):
        for kind in (DOC, XLS):
            if name.lower().endswith(kind.extensions):
                return kind
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"):
        raise FileRefused(
            "这是苹果手机的 HEIC 照片。请在 设置→相机→格式 里选“兼容性最佳”后重拍，或转成 JPG 再传"
        )
    raise FileRefused(f"不能传这种文件。可以传{ALLOWED}")


def _sniff_zip(data: bytes) -> Type:
    """Only the directory of the archive is read, nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {entry.filename.lower() for entry in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileRefused("文件打不开，可能没有传完，请重新上传") from error
    if any(name.endswith("vbaproject.bin") for name in names):
        raise FileRefused("文件里带有宏，不能上传。请另存为不带宏的 docx、xlsx 或 PDF 再传")
    for kind, part in ((DOCX, "word/document.xml"), (XLSX, "xl/workbook.xml")):
        if part in names and "[content_types].xml" in names:
            return kind
    raise FileRefused(f"不能传压缩包这类文件。可以传{ALLOWED}")


def _safe_name(name: str, kind: Type) -> str:
    """What is shown and offered when saving: no path, nothing invisible, and the ending of the real kind."""
    base = re.split(r"[\\/]", name)[-1]
    visible = "".join(
        one for one in unicodedata.normalize("NFC", base) if unicodedata.category(one)[0] != "C"
    )
    tidy = _UNSAFE.sub("", visible).rstrip(" .")
    stem, ending = tidy.strip(" .") or "附件", kind.extensions[0]
    for extension in kind.extensions:
        if tidy.lower().endswith(extension):
            stem, ending = tidy[: -len(extension)].strip(" .") or "附件", extension
    return f"{stem[: MAX_NAME - len(ending)]}{ending}"
