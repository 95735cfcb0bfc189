"""A zip that somebody hands in: read as a procedure's folder, and believed in nothing."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from engine.diagram.procedure import MAX_FILES, MAX_FOLDER_BYTES
from engine.refusal import Invalid

MAX_ENTRIES = 4 * MAX_FILES  # with what systems add of their own
OWN_FOLDERS = ("forms", "scenarios", "templates")  # of a procedure: never the one that was packed
_UTF8, _ENCRYPTED = 0x800, 0x1
_LITTER = frozenset(("thumbs.db", "desktop.ini", "__macosx"))
_FOREIGN = {
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gz",
}


def read_zip(data: bytes) -> dict[str, bytes]:
    """The files of the folder, by their paths in it. Raises Invalid (Chinese) for what is no zip, or a hostile one.

    What systems leave in zips (`__MACOSX`, `.DS_Store`, `Thumbs.db`, hidden files) stays behind; a folder that holds
    all the rest is opened; names written in GBK are read as such.
    """
    for magic, kind in _FOREIGN.items():
        if data.startswith(magic):
            raise Invalid(
                "not-zip", f"这是 {kind} 压缩包。请解压后重新打成 zip 包（右键“压缩为 ZIP 文件”）再导入"
            )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _without_wrapper(dict(_entries(archive)))
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeError, ValueError, OverflowError) as error:
        raise Invalid("bad-zip", "这个 zip 包打不开，可能没有传完或者已经损坏。请重新打包再导入") from error
    except (NotImplementedError, RuntimeError) as error:
        raise Invalid(
            "odd-zip", "这个 zip 包的压缩方法不常见，读不了。请用系统自带的“压缩为 ZIP 文件”重新打包"
        ) from error


def _entries(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _too_big()
    wanted = [(name, info) for info in entries if (name := _name(info)) is not None]
    if len(wanted) > MAX_FILES or sum(info.file_size for _, info in wanted) > MAX_FOLDER_BYTES:
        raise _too_big()
    seen: set[str] = set()
    left = MAX_FOLDER_BYTES
    for name, info in wanted:
        if name in seen:
            raise Invalid("twice", f"压缩包里有两个“{name}”，请删去一个再打包")
        seen.add(name)
        with archive.open(info) as packed:
            content = packed.read(left + 1)
        left -= len(content)
        if left < 0:
            raise _too_big()
        yield name, content


def _name(info: zipfile.ZipInfo) -> str | None:
    """The entry's path; None for a folder and for litter. Raises Invalid for one that leads out or is no file."""
    written = _written(info).replace("\\", "/")
    if info.is_dir() or written.endswith("/"):
        return None
    path = PurePosixPath(written)
    if path.is_absolute() or ".." in path.parts or ":" in (path.parts or ("",))[0]:
        raise Invalid("leads-out", f"压缩包里的“{written[:60]}”指到了文件夹外面，不能导入")
    if any(part.startswith((".", "~$")) or part.lower() in _LITTER for part in path.parts):
        return None
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise Invalid("no-file", f"压缩包里的“{written[:60]}”是个快捷方式，不是文件，请换成文件本身再打包")
    if info.flag_bits & _ENCRYPTED:
        raise Invalid("locked-zip", "压缩包加了密码，请去掉密码再导入")
    return path.as_posix() if path.parts else None


def _written(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: a zip without the mark of UTF-8 holds it in whatever its author's system spoke."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _without_wrapper(files: dict[str, bytes]) -> dict[str, bytes]:
    """The folder itself, where the zip holds it under its name."""
    while files:
        tops = {name.partition("/")[0] if "/" in name else "" for name in files}
        top = next(iter(tops))
        if len(tops) > 1 or not top or top in OWN_FOLDERS:
            return files
        files = {name.partition("/")[2]: data for name, data in files.items()}
    raise Invalid("empty-zip", "压缩包里没有文件。请把流程的文件夹打成 zip 包再导入")


def _too_big() -> Invalid:
    megabytes = MAX_FOLDER_BYTES // 1_000_000
    return Invalid(
        "too-big", f"压缩包里的内容太多：最多 {MAX_FILES} 个文件、解开后共 {megabytes} MB，请删去不用的文件"
    )
