"""Attachments: judged by content, pictures stripped, one content kept once."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from engine import files
from engine.files import FileRefused, accept, images
from engine.files.storage import retire_uploads
from engine.people import units
from engine.store import Database
from engine.store.database import new_id
from engine.store.tables import file_uses, people
from engine.store.tables import files as files_table

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F


def photo(
    format: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object
) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "red").save(written, format, **options)  # type: ignore[arg-type]
    return written.getvalue()


def zipped(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return written.getvalue()


def with_location(format: str) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKE] = "手机"
    exif.get_ifd(GPS)[2] = (28.0, 11.0, 42.0)
    extra: dict[str, object] = {"comment": "村部后院"} if format == "JPEG" else {}
    return photo(format, exif=exif, **extra)


@pytest.mark.parametrize(("format", "ending"), [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp")])
def test_a_photo_loses_its_location_and_stands_upright(format: str, ending: str) -> None:
    accepted = accept(with_location(format), "发票")
    assert accepted.name == f"发票{ending}"
    with Image.open(io.BytesIO(accepted.data)) as read:
        assert read.format == format
        assert read.size == (40, 60)
        assert dict(read.getexif()) == {}
        assert not {"exif", "comment", "xmp", "icc_profile"} & read.info.keys()


def test_a_photo_is_made_no_larger_than_needed() -> None:
    accepted = accept(photo(size=(8000, 2000)), "大.jpg")
    with Image.open(io.BytesIO(accepted.data)) as read:
        assert read.size == (3200, 800)


def test_a_transparent_seal_stays_transparent() -> None:
    for mode in ("RGBA", "LA", "P"):
        accepted = accept(photo("PNG", mode=mode), "章.png")
        with Image.open(io.BytesIO(accepted.data)) as read:
            assert read.mode in ("RGBA", "RGB")


def test_a_picture_that_would_eat_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 1000)
    with pytest.raises(FileRefused, match="图片太大"):
        accept(photo(), "a.jpg")


@pytest.mark.parametrize(("format", "more"), [("PNG", {}), ("WEBP", {}), ("JPEG", {"progressive": True})])
def test_a_bomb_of_some_kilobytes_is_refused(format: str, more: dict[str, object]) -> None:
    """What must be held whole is refused at sizes at which a camera's JPEG is taken."""
    bomb = io.BytesIO()
    Image.new("L", (6000, 5000)).save(bomb, format, **more)  # type: ignore[arg-type]
    with pytest.raises(FileRefused, match="图片太大（6000×5000）"):
        accept(bomb.getvalue(), "a")
    taken = accept(photo(size=(6000, 5000)), "a.jpg")
    with Image.open(io.BytesIO(taken.data)) as read:
        assert max(read.size) <= 3200


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "a.jpg", "空的"),
        (b"\xff\xd8\xff" + bytes(files.MAX_BYTES), "a.jpg", "超过 10 MB"),
        (photo()[:200], "a.jpg", "打不开"),
        (b"\xff\xd8\xff\xe0 not a picture", "a.jpg", "打不开"),
        (photo("GIF", mode="L"), "a.jpg", "不能传"),
        (b"MZ\x90\x00", "发票.pdf", "不能传"),
        (b"<html><script>", "a.png", "不能传"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "不能传"),
        (b"\x00\x00\x00\x18ftypheic", "IMG.HEIC", "兼容性最佳"),
        (zipped("a.txt"), "a.docx", "压缩包"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx", "宏"),
        (b"PK\x03\x04 broken", "a.docx", "打不开"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.msi", "不能传"),
    ],
)
def test_what_is_not_accepted_says_what_to_do(data: bytes, name: str, message: str) -> None:
    with pytest.raises(FileRefused, match=message):
        accept(data, name)


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"%PDF-1.7\n", "合同.pdf", "application/pdf"),
        (zipped("[Content_Types].xml", "word/document.xml"), "纪要.docx", "wordprocessingml"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "台账.xlsx", "spreadsheetml"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "老文件.DOC", "application/msword"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "老表.et", "application/vnd.ms-excel"),
    ],
)
def test_documents(data: bytes, name: str, media_type: str) -> None:
    accepted = accept(data, name)
    assert media_type in accepted.media_type
    assert accepted.data == data


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\村\\发票.PDF", "发票.pdf"),
        ("发票\u202efdp.exe", "发票fdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("", "附件.pdf"),
        (".pdf", "附件.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_are_made_harmless(given: str, shown: str) -> None:
    assert accept(b"%PDF-1.7", given).name == shown


def test_one_content_is_kept_once_and_read_back(database: Database) -> None:
    accepted = accept(photo(), "a.jpg")
    database.run(lambda c: files.keep(c, accepted, NOW))
    database.run(lambda c: files.keep(c, accepted, NOW))
    with database.read() as c:
        assert files.read(c, accepted.id) == (accepted.data, "image/jpeg")
        with pytest.raises(KeyError):
            files.read(c, "0" * 64)


def test_unused_uploads_go_after_a_day(database: Database) -> None:
    with database.write() as c:
        unit = units.add(c, "县", "x", "云岭县")
        person = new_id(c.execute(people.insert().values(unit_id=unit.id, name="张三")))
        old, new = accept(b"%PDF-1.1", "a.pdf"), accept(b"%PDF-1.2", "b.pdf")
        files.store(c, old, person, NOW - timedelta(days=2))
        files.store(c, new, person, NOW)
        assert retire_uploads(c, NOW - timedelta(days=1)) == 1
        assert c.scalars(select(files_table.c.id)).all() == [new.id]
        assert c.scalars(select(file_uses.c.file_id)).all() == [new.id]
