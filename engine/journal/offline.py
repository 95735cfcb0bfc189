"""Checking an archive of a matter (一事一档, a zip) without any database: `cunyi journal verify FILE.zip`.

The chain from its first entry, what the digests stand for, the rows sealed when a step ended, every file's SHA-256,
the published files of votes. A file from outside is judged, never trusted: bounded in number and size, nothing is
unpacked onto the disk, and whatever it holds of the wrong kind is a fault, not an error.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from engine.journal.chain import GENESIS, Head, digest, hash_of
from engine.journal.proof import FORMAT
from engine.journal.sealing import hash_of_rows
from engine.journal.verification import read_heads
from engine.store.tables import journal

PROOF = "证明/留痕.json"
MOST_MEMBERS = 20_000
MOST_PROOF = 200_000_000
MOST_BYTES = 8_000_000_000
_CHUNK = 1 << 20
_COLUMNS = frozenset(column.name for column in journal.c)


class Unreadable(ValueError):
    """No archive of ours, or a damaged one. Chinese."""


@dataclass
class Verified:
    """What was gone through, what is wrong with it, and what nobody can tell from the file alone. All Chinese."""

    title: str = ""
    number: str = ""
    head: str = ""
    entries: int = 0
    contents: int = 0
    erased: int = 0
    rows: int = 0
    files: int = 0
    anchored: str = ""  # the checkpoint that agrees with it
    faults: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)  # what could not be checked

    @property
    def intact(self) -> bool:
        return not self.faults

    def report(self) -> list[str]:
        """What people read of it."""
        gone = f"，另有 {self.erased} 处内容已依法清除" if self.erased else ""
        lines = [
            f"{self.title}（{self.number}）",
            f"核对了 {self.entries} 条留痕、{self.contents} 份内容、{self.rows} 条封存的记录、"
            f"{self.files} 个文件{gone}。",
            *(f"不符：{fault}" for fault in self.faults),
            *(f"没有核对：{what}。" for what in dict.fromkeys(self.open)),
            f"最后一条留痕：{self.head}",
        ]
        if self.anchored:
            lines.append(f"与 {self.anchored} 的存证点一致。")
        return [*lines, "完好。" if self.intact else f"有 {len(self.faults)} 处不符，见上。"]


def verify_archive(path: Path, exported: Iterable[str | bytes] = ()) -> Verified:
    """Check an archive. `exported`: lines of `cunyi journal export`, kept elsewhere. Raises Unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _Check(archive, exported).run()
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise Unreadable("打不开：不是完整的一事一档压缩包（.zip），或者文件已经损坏") from error
    except OSError as error:
        raise Unreadable(f"读不了这个文件：{error.strerror or error}") from error
    except RuntimeError as error:  # what zipfile says of a password
        raise Unreadable("压缩包加了密码，请用系统给出的原件") from error


class _Check:
    def __init__(self, archive: zipfile.ZipFile, exported: Iterable[str | bytes]) -> None:
        self.archive = archive
        self.exported = list(exported)
        self.found = Verified()
        self.members = {entry.filename: entry for entry in archive.infolist()}
        self.digests: dict[str, str] = {}

    def run(self) -> Verified:
        proof = self._proof()
        self._files(proof)
        entries = [entry for entry in _list(proof.get("entries")) if isinstance(entry, dict)]
        self._chain(proof, entries)
        self._contents(proof, entries)
        self._seals(proof, entries)
        self._attachments(proof, entries)
        self._anchor(proof, entries)
        self.found.open += (
            "文书（PDF、Word）是根据记录生成的，只核对了它们和压缩包里的清单是否一致",
            "签字记在单位的留痕链上，用印和备案在留痕里只有编号和照片：登记的文字要在系统里核对",
        )
        return self.found

    def _proof(self) -> Mapping[str, Any]:
        if len(self.members) > MOST_MEMBERS or len(self.members) != len(self.archive.infolist()):
            raise Unreadable("压缩包里的文件太多，或者有重名的文件，不是系统给出的原件")
        if sum(entry.file_size for entry in self.members.values()) > MOST_BYTES:
            raise Unreadable("压缩包解开以后太大，不是系统给出的原件")
        entry = self.members.get(PROOF)
        if entry is None:
            raise Unreadable(f"压缩包里没有“{PROOF}”，不是系统给出的一事一档")
        with self.archive.open(entry) as stream:
            text = stream.read(MOST_PROOF + 1)
        try:
            proof = orjson.loads(text) if len(text) <= MOST_PROOF else None
        except (ValueError, RecursionError):
            proof = None
        if not isinstance(proof, dict) or proof.get("format") != FORMAT:
            raise Unreadable(f"“{PROOF}”看不懂：被改坏了，或者是别的版本的系统给出的")
        matter = _dict(proof.get("matter"))
        self.found.title, self.found.number = str(matter.get("title", "")), str(matter.get("number", ""))
        return proof

    # ------------------------------------------------------------ the chain

    def _chain(self, proof: Mapping[str, Any], entries: list[dict[str, Any]]) -> None:
        name, head = proof.get("chain"), GENESIS
        for entry in entries:
            self.found.entries += 1
            wrong = _wrong(entry, name, head)
            if wrong:
                self.found.faults.append(f"留痕第 {head.sequence + 1} 条：{wrong}")
                break
            head = Head(entry["sequence"], entry["hash"])
        else:
            if list(head) != proof.get("head"):
                self.found.faults.append(f"留痕第 {head.sequence + 1} 条：末尾的记录被删掉了")
        if not entries:
            self.found.faults.append("没有一条留痕")
        self.found.head = f"第 {head.sequence} 条 {head.hash}"

    def _contents(self, proof: Mapping[str, Any], entries: list[dict[str, Any]]) -> None:
        """What was handed in, against the digests in the chain."""
        handed_in = _dict(proof.get("submissions"))
        for entry in entries:
            wanted, kept = entry.get("digest"), _dict(handed_in.get(str(entry.get("submission_id"))))
            if not wanted:
                continue
            if kept.get("erased") is True:
                self.found.erased += 1
            elif not kept:
                self.found.faults.append(f"留痕第 {entry.get('sequence')} 条：办理的内容不见了")
            elif not _stands_for(wanted, kept.get("salt"), kept.get("data")):
                self.found.faults.append(f"留痕第 {entry.get('sequence')} 条：办理的内容被改过")
            else:
                self.found.contents += 1

    def _seals(self, proof: Mapping[str, Any], entries: list[dict[str, Any]]) -> None:
        """Votes, opinions, ratings, attendance as they stood when their step ended."""
        rows_of, words = _dict(proof.get("sealed")), _dict(proof.get("opinions"))
        texts = {self.digests.get(name) for name in self.members if name.startswith("表决/")}
        for entry in entries:
            sealed = _dict(_dict(entry.get("detail")).get("sealed"))
            rows = _dict(rows_of.get(str(entry.get("task_id"))))
            where = f"“{_dict(entry.get('detail')).get('step') or entry.get('element_id')}”"
            for kind, wanted in sealed.items():
                here = _list(rows.get(kind))
                self.found.rows += len(here)
                if _hashed(here) != wanted:
                    self.found.faults.append(f"{where}结束以后，{_KINDS.get(kind, kind)}被改过")
                elif kind == "published" and not set(map(str, here)) <= texts:
                    self.found.faults.append(f"{where}公布的表决文件（表决/）被改过，或者不见了")
                elif kind == "opinions":
                    self._words(where, here, words)

    def _words(self, where: str, rows: list[Any], words: Mapping[str, Any]) -> None:
        for row in rows:
            if not isinstance(row, list) or len(row) < 2 or not row[1]:
                continue
            kept = _dict(words.get(str(row[0])))
            if kept.get("erased") is True:
                self.found.erased += 1
            elif not _stands_for(row[1], kept.get("salt"), kept.get("content")):
                self.found.faults.append(f"{where}的一条意见被改过，或者不见了")
            else:
                self.found.contents += 1

    # ------------------------------------------------------------ files

    def _files(self, proof: Mapping[str, Any]) -> None:
        """Every file against the list; nothing more and nothing less."""
        listed = {}
        for one in _list(proof.get("files")):
            if isinstance(one, dict) and isinstance(one.get("path"), str):
                listed[one["path"]] = one
        for name, entry in self.members.items():
            if name == PROOF or entry.is_dir():
                continue
            known = listed.get(name)
            if known is None:
                self.found.faults.append(f"多出一个清单里没有的文件：{name}")
                continue
            self.digests[name] = self._hash(entry)
            self.found.files += 1
            if self.digests[name] != known.get("sha256"):
                self.found.faults.append(f"文件被改过：{name}")
        for name, one in listed.items():
            if name not in self.members:
                if one.get("erased") is True:
                    self.found.erased += 1
                else:
                    self.found.faults.append(f"少了一个文件：{name}")

    def _hash(self, entry: zipfile.ZipInfo) -> str:
        reckoned = hashlib.sha256()
        with self.archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                reckoned.update(chunk)
        return reckoned.hexdigest()

    def _attachments(self, proof: Mapping[str, Any], entries: list[dict[str, Any]]) -> None:
        """What was attached to a step is called by its SHA-256 in what was handed in: the chain vouches for it."""
        here = set(self.digests.values())
        erased = {
            one.get("sha256")
            for one in _list(proof.get("files"))
            if isinstance(one, dict) and one.get("erased")
        }
        wanted = dict(_attached(_dict(proof.get("submissions"))))
        for entry in entries:  # of what is registered with photos: the seal, a filing
            for one in _list(_dict(entry.get("detail")).get("files")):
                wanted.setdefault(str(one), f"留痕第 {entry.get('sequence')} 条的照片")
        self.found.faults += [
            f"办理时交的附件不见了或被换过：{name}"
            for id_, name in wanted.items()
            if id_ not in here | erased
        ]

    # ------------------------------------------------------------ what is kept elsewhere

    def _anchor(self, proof: Mapping[str, Any], entries: list[dict[str, Any]]) -> None:
        """The head against a checkpoint: the one taken along, and those kept outside."""
        chain, hashes = str(proof.get("chain")), {e.get("sequence"): e.get("hash") for e in entries}
        taken = proof.get("checkpoint")
        lines = [orjson.dumps(taken)] if isinstance(taken, dict) else []
        for own, given in ((True, lines), (False, self.exported)):
            for line in given:
                day, heads = read_heads(line)
                if heads is None:
                    self.found.faults.append(
                        "压缩包里的存证点被改过" if own else "存档文件里有一行被改过或不完整"
                    )
                elif chain in heads:
                    self._against(heads[chain], hashes, str(day), own)
        if not self.found.anchored:
            self.found.open.append(
                "整条留痕链是否被重写，要和别处保管的存证点比对：cunyi journal verify 压缩包 --against 存证点文件"
            )

    def _against(self, head: Head, hashes: Mapping[Any, Any], day: str, own: bool) -> None:
        if head.sequence > len(hashes):
            self.found.open.append(f"{day} 的存证点比压缩包新：这件事后来又有记录，请重新下载一份再核对")
        elif hashes.get(head.sequence) != head.hash:
            where = "压缩包里" if own else "存档里"
            self.found.faults.append(f"与{where} {day} 的存证点不一致：记录链被重写过")
        elif not own:
            self.found.anchored = day


_KINDS = {
    "votes": "投票",
    "marks": "谁投了票的记录",
    "secret_ballots": "无记名票",
    "receipts": "回执",
    "election_rounds": "选举各轮",
    "counts": "计票单",
    "published": "公布的表决文件",
    "opinions": "意见",
    "ratings": "测评",
    "attendance": "签到",
    "households": "各户由谁代表的记录",
}


def _wrong(entry: Mapping[str, Any], chain: Any, head: Head) -> str:
    if entry.get("sequence") != head.sequence + 1 or entry.get("chain") != chain:
        return "缺了这一条"
    if entry.get("previous") != head.hash:
        return "与前一条接不上，前面的记录被换过"
    try:
        at = datetime.fromisoformat(str(entry.get("at")))
        fits = entry.keys() == _COLUMNS and hash_of(dict(entry) | {"at": at}) == entry["hash"]
    except (ValueError, TypeError, OverflowError, RecursionError):
        fits = False
    return "" if fits else "内容被改过"


def _stands_for(wanted: Any, salt: Any, data: Any) -> bool:
    try:
        return isinstance(salt, str) and digest(salt, data) == wanted
    except (TypeError, ValueError, RecursionError):
        return False


def _hashed(rows: list[Any]) -> str:
    try:
        return hash_of_rows(rows)
    except (TypeError, ValueError, RecursionError):
        return ""


def _attached(value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """(SHA-256, name) of the files in what was handed in."""
    if depth > 20:
        return
    if isinstance(value, dict):
        id_, name = value.get("id"), value.get("name")
        if isinstance(id_, str) and isinstance(name, str) and len(id_) == 64:
            yield id_, name
        for inner in value.values():
            yield from _attached(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _attached(inner, depth + 1)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
