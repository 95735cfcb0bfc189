"""The whole matter as one zip: the PDF, every document as Word file, every file, the votes' published files, the proof.

Written to a file piece by piece: one attachment is in memory at a time, however many there are.
"""

from __future__ import annotations

import hashlib
import zipfile
from tempfile import TemporaryFile
from typing import IO, Any

import orjson

from engine import files
from engine.archive.book import write_book
from engine.archive.gathering import Attached, Gathered, safe
from engine.documents.pdf import available
from engine.documents.subject import day
from engine.journal.offline import PROOF
from engine.runtime import Runtime

BOOK, README = "一事一档.pdf", "说明.txt"
_CHUNK = 1 << 20


def write_bundle(rt: Runtime, found: Gathered, proof: dict[str, Any], to: IO[bytes]) -> None:
    """`proof` and `found` are of one moment. Raises Unavailable while others' documents are in the making."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = _Parts(archive)
        if available():
            with TemporaryFile() as book:
                write_book(rt, found, book)
                book.seek(0)
                parts.copy(BOOK, book)
        for number, (offer, data) in enumerate(found.documents, 1):
            parts.add(f"文书/{number:02d} {safe(f'{offer.name} {offer.of}')}.docx", data)
        for path, text in found.published:
            parts.add(path, text.encode())
        for file in found.files.values():
            _attach(rt, parts, file)
        parts.add(README, readme(found).encode())
        # The list itself comes last, and is the one thing that is not on it.
        archive.writestr(PROOF, orjson.dumps(proof | {"files": parts.listed}, option=orjson.OPT_INDENT_2))


def _attach(rt: Runtime, parts: _Parts, file: Attached) -> None:
    try:
        data, media_type = rt.database.look(lambda c: files.read(c, file.id))
    except KeyError:
        parts.listed.append({"path": file.path, "sha256": file.id, "name": file.name, "erased": True})
        return
    packed = media_type.startswith("image/") or media_type == "application/pdf"
    parts.add(file.path, data, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)


class _Parts:
    """Writes members and keeps their SHA-256."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.listed: list[dict[str, Any]] = []

    def add(self, path: str, data: bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
        self.archive.writestr(path, data, how)
        self.listed.append({"path": path, "sha256": hashlib.sha256(data).hexdigest()})

    def copy(self, path: str, source: IO[bytes]) -> None:
        reckoned = hashlib.sha256()
        with self.archive.open(path, "w") as member:
            while chunk := source.read(_CHUNK):
                reckoned.update(chunk)
                member.write(chunk)
        self.listed.append({"path": path, "sha256": reckoned.hexdigest()})


def readme(found: Gathered) -> str:
    row, head = found.subject.row, found.head
    pdf = f"{BOOK}　　整件事的档案，可以直接打印\n" if available() else ""
    votes = (
        "表决/　　公布的表决文件，任何人都可以用 cunyi ballot verify 重新计票\n" if found.published else ""
    )
    return f"""《{row.title}》一事一档
{row.unit}　{row.number}　制作日期 {day(found.subject.rt.now())}

里面有什么

{pdf}文书/　　会议通知、签到表、会议记录、表决票统计、决议、公示等，Word 版
附件/　　各步骤交的照片和文件，按步骤分开
{votes}{PROOF}　　这件事的全部留痕、各步提交的内容、投票和意见的存底，以及每个文件的校验值

怎样核对

装有“村议”的电脑上，不用联网、不用数据库：

    cunyi journal verify 这个压缩包.zip

核对的是：留痕一条接一条，没有删改；各步提交的内容、意见、投票、签到与当时封存的一致；每个附件没有被换过；公布的表决文件没有被改过。
依法清除了的个人内容，核对时会写明“已依法清除”，不影响其余部分。

再加上县里另外保管的存证点文件（cunyi journal export 导出的），还能证明整条留痕没有被重写过：

    cunyi journal verify 这个压缩包.zip --against 存证点文件

最后一条留痕：第 {head.sequence} 条，校验值 {head.hash}
请与打印的档案最后一页核对。

核对不了的：文书（PDF、Word）是根据记录生成的，只核对它们与清单是否一致；签字记在单位的留痕链上，
用印和备案在留痕里只有编号和照片，登记的文字要在系统里核对。

里面有姓名、意见原文等个人信息，只供工作、审计和巡察使用，请妥善保管，不要传到网上。
"""
