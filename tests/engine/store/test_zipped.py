"""Zips that somebody hands in: what is meant is read, what is hostile is refused in words."""

import io
import stat
import zipfile
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagram.procedure import MAX_FILES, MAX_FOLDER_BYTES
from engine.refusal import Invalid
from engine.store.packing import pack
from engine.store.zipped import MAX_ENTRIES, read_zip

FILES = {"a.bpmn": b"<x/>", "procedure.toml": b"", "forms/登记.json": b"{}"}


def zipped(
    files: Mapping[str, bytes], change: Callable[[zipfile.ZipInfo], None] = lambda info: None
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            change(info)
            archive.writestr(info, data)
    return buffer.getvalue()


part = st.text(
    st.characters(exclude_characters='/\\:\0"', exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8
)
name = st.lists(part.filter(lambda text: not text.startswith((".", "~$"))), min_size=1, max_size=3).map(
    "/".join
)


@settings(deadline=None)
@given(st.dictionaries(name, st.binary(max_size=200), max_size=8))
def test_what_was_packed_is_read_byte_by_byte(files: dict[str, bytes]) -> None:
    files = FILES | {each: data for each, data in files.items() if each.lower() not in LITTER}
    assert read_zip(pack(files)) == files
    assert pack(read_zip(pack(files))) == pack(files)


LITTER = {"thumbs.db", "desktop.ini", "__macosx"}


def test_the_folder_may_stand_in_a_folder_and_systems_leave_litter() -> None:
    inside = {f"我的流程/八步/{each}": data for each, data in FILES.items()}
    litter = dict.fromkeys(
        (
            "__MACOSX/我的流程/._a.bpmn",
            "我的流程/.DS_Store",
            "我的流程/八步/Thumbs.db",
            "我的流程/八步/~$a.docx",
        ),
        b"x",
    )
    assert read_zip(zipped(inside | litter)) == FILES
    alone = {"forms/a.json": b"{}", "forms/b.json": b"{}"}
    assert read_zip(zipped(alone)) == alone


def test_names_in_gbk_are_read_as_they_were_meant() -> None:
    data = zipped({"forms/AAAA.json": b"{}", "a.bpmn": b""}).replace(b"AAAA", "登记".encode("gbk"))
    assert set(read_zip(data)) == {"forms/登记.json", "a.bpmn"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "打不开"),
        (b"not a zip at all", "打不开"),
        (zipped(FILES)[:-30], "打不开"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (zipped({}), "没有文件"),
        (zipped({"__MACOSX/a": b"", "b/": b""}), "没有文件"),
        (zipped({"../a.bpmn": b""}), "文件夹外面"),
        (zipped({"a/../../b": b""}), "文件夹外面"),
        (zipped({"/etc/passwd": b""}), "文件夹外面"),
        (zipped({"C:\\a.bpmn": b""}), "文件夹外面"),
        (zipped({"..\\a.bpmn": b""}), "文件夹外面"),
        (
            zipped(
                {"a": b"/etc/passwd"}, lambda i: setattr(i, "external_attr", (stat.S_IFLNK | 0o777) << 16)
            ),
            "快捷",
        ),
        (zipped({f"{n}.txt": b"" for n in range(MAX_FILES + 1)}), "太多"),
        (zipped({f".{n}": b"" for n in range(MAX_ENTRIES + 1)}), "太多"),
        (zipped({"bomb": bytes(MAX_FOLDER_BYTES + 1)}), "太多"),
        (zipped({f"{n}": bytes(MAX_FOLDER_BYTES // 4) for n in range(5)}), "太多"),
    ],
)
def test_what_is_no_folder_is_refused_in_words(data: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_zip(data)


def test_a_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    honest = zipped({"bomb": bytes(MAX_FOLDER_BYTES + 1)})
    size = (MAX_FOLDER_BYTES + 1).to_bytes(4, "little")
    assert size in honest
    with pytest.raises(Invalid):
        read_zip(honest.replace(size, (10).to_bytes(4, "little")))


def test_a_password_and_a_name_that_stands_twice_are_named() -> None:
    locked = bytearray(zipped(FILES))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        locked[at + offset] |= 1
    with pytest.raises(Invalid, match="密码"):
        read_zip(bytes(locked))
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = zipped({"a.txt": b"1"})
        buffer = io.BytesIO(twice)
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr("a.txt", b"2")
    with pytest.raises(Invalid, match="两个"):
        read_zip(buffer.getvalue())


@settings(deadline=None)
@given(st.binary(max_size=400), st.integers(0, 400))
def test_no_damage_is_an_exception(noise: bytes, at: int) -> None:
    good = zipped(FILES)
    damaged = good[:at] + noise + good[at + len(noise) :]
    try:
        read_zip(damaged)
    except Invalid as refused:
        assert refused.message
