"""一事一档: whatever belongs to a matter is in it, and whatever was changed in it afterwards shows."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pypdf
import pytest
from sqlalchemy import select, update

from engine import archive as archives
from engine import documents, journal
from engine.journal.offline import PROOF, Unreadable, verify_archive
from engine.refusal import Forbidden, NotVisible
from engine.store import Database
from engine.store.tables import journal as entries
from engine.store.tables import submissions
from engine.store.voting import votes
from tests.engine.documents.conftest import ROAD, Village

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def village(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    path = tmp_path_factory.mktemp("archive") / "county.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield Village(database)
    database.close()


def made(village: Village, form: str = "zip", by: str = "主席", matter: str = "") -> bytes:
    kept, _ = archives.archive(village.runtime, village.actor(by), matter or village.matter, form)  # type: ignore[arg-type]
    with kept:
        return kept.read()


@pytest.fixture(scope="module")
def bundle(village: Village) -> Members:
    """The members of the archive of the matter that was voted on."""
    with zipfile.ZipFile(io.BytesIO(made(village))) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(members: Members, folder: Path) -> Path:
    path = folder / "档案.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def proof(members: Members) -> dict[str, Any]:
    return orjson.loads(members[PROOF])  # type: ignore[no-any-return]


# ---------------------------------------------------------------- what is in it


def test_everything_is_in_it(bundle):
    names = " ".join(bundle)
    for name in ("一事一档.pdf", "说明.txt", PROOF, "会议通知", "签到表", "会议记录", "表决票统计", "决议"):
        assert name in names
    assert "公开栏.png" in names
    assert any(name.startswith("附件/") and "票决" in name for name in bundle), "a file lies with its step"
    assert "cunyi journal verify" in bundle["说明.txt"].decode()


def test_the_book_has_cover_contents_and_page_numbers(bundle):
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(bundle["一事一档.pdf"])).pages]
    cover = "".join(pages[0].split())
    assert "一事一档" in cover and "村口道路硬化" in cover and "保管期限永久" in cover and "柳湾村" in cover
    lines = [line.strip() for line in pages[1].splitlines()]
    listed = {
        name: int(line.rpartition(".")[2])
        for line in lines
        for name in ("决议", "办理经过", "办结和留痕")
        if name in line and ".." in line
    }
    assert "决议" in "".join(pages[listed["决议"] - 1].split())
    assert "办理经过" in "".join(pages[listed["办理经过"] - 1].split())
    assert listed["办结和留痕"] == len(pages)
    assert ROAD.replace(" ", "") in "".join("".join(pages).split())


def test_only_those_on_a_post_here_or_above_have_it(village):
    assert made(village, "pdf", by="管得宽").startswith(b"%PDF")
    with pytest.raises(Forbidden, match="由本单位或上级在岗的人调取"):
        made(village, by="代表1")
    with pytest.raises(NotVisible):
        made(village, by="外村")


def test_without_the_parts_for_pdf_the_zip_has_word_files_only(village, monkeypatch):
    for module in ("engine.archive", "engine.archive.bundle", "engine.documents.pdf"):
        monkeypatch.setattr(f"{module}.available", lambda: False)
    with pytest.raises(documents.NoPdf, match="下载 Word 版"):
        made(village, "pdf")
    with zipfile.ZipFile(io.BytesIO(made(village))) as file:
        assert "一事一档.pdf" not in file.namelist() and any("决议" in name for name in file.namelist())


def test_on_each_database(database: Database, tmp_path: Path) -> None:
    """The queries behind it, and a proof that is taken from one snapshot."""
    village = Village(database)
    path = tmp_path / "x.zip"
    path.write_bytes(made(village))
    found = verify_archive(path)
    assert found.intact, found.faults
    assert found.rows and found.contents and found.entries


# ---------------------------------------------------------------- checking it


def test_untouched_it_is_intact(bundle, tmp_path):
    found = verify_archive(packed(bundle, tmp_path))
    assert found.intact, found.faults
    assert found.files == len(bundle) - 1 and found.erased == 0
    assert any("--against" in what for what in found.open), "it says what it cannot know"
    assert found.report()[-1] == "完好。"


def replaced(name: str, content: bytes) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        found = next(each for each in members if name in each)
        members[found] = content

    return change


def in_proof(change: Callable[[dict[str, Any]], object]) -> Callable[[Members], None]:
    def changed(members: Members) -> None:
        found = proof(members)
        change(found)
        members[PROOF] = orjson.dumps(found)

    return changed


def of_step(found: dict[str, Any], action: str) -> dict[str, Any]:
    return next(entry for entry in found["entries"] if entry["action"] == action)


def first_vote(found: dict[str, Any]) -> list[Any]:
    return next(rows for rows in found["sealed"].values() if "votes" in rows)["votes"][0]  # type: ignore[no-any-return]


def minutes(found: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in found["submissions"].values() if one["data"].get("纪要"))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (replaced("决议", b"other"), "文件被改过"),
        (replaced("一事一档.pdf", b"%PDF-other"), "文件被改过"),
        (replaced("公开栏.png", b"other"), "办理时交的附件不见了或被换过：公开栏.png"),
        (lambda members: members.pop(next(n for n in members if "决议" in n)), "少了一个文件"),
        (lambda members: members.update({"文书/另外.docx": b"x"}), "多出一个"),
        (in_proof(lambda p: of_step(p, "open").update(actor_id=1)), "内容被改过"),
        (in_proof(lambda p: of_step(p, "open").update(at="2020-01-01T00:00:00.000000Z")), "内容被改过"),
        (in_proof(lambda p: of_step(p, "open")["detail"].update(motions=[9])), "内容被改过"),
        (in_proof(lambda p: p["entries"].pop(2)), "第 3 条：缺了这一条"),
        (in_proof(lambda p: p["entries"].pop()), "末尾的记录被删掉了"),
        (in_proof(lambda p: p["entries"].reverse()), "缺了这一条"),
        (in_proof(lambda p: p["entries"].clear()), "没有一条留痕"),
        (in_proof(lambda p: minutes(p)["data"].update(纪要="另一个说法")), "办理的内容被改过"),
        (in_proof(lambda p: p["submissions"].clear()), "办理的内容不见了"),
        (in_proof(lambda p: first_vote(p).__setitem__(3, "弃权")), "投票被改过"),
        (in_proof(lambda p: p["sealed"].clear()), "投票被改过"),
        (in_proof(lambda p: p["files"].clear()), "多出一个"),
    ],
)
def test_whatever_is_changed_shows(bundle, tmp_path, change, said):
    members = dict(bundle)
    change(members)
    found = verify_archive(packed(members, tmp_path))
    assert not found.intact
    assert any(said in fault for fault in found.faults), found.faults
    assert "不符" in found.report()[-1]


def test_a_file_swapped_together_with_its_entry_on_the_list_shows_all_the_same(bundle, tmp_path):
    import hashlib

    members, found = dict(bundle), proof(bundle)
    one = next(entry for entry in found["files"] if entry["path"].endswith("公开栏.png"))
    members[one["path"]], one["sha256"] = b"other", hashlib.sha256(b"other").hexdigest()
    members[PROOF] = orjson.dumps(found)
    assert verify_archive(packed(members, tmp_path)).faults == ["办理时交的附件不见了或被换过：公开栏.png"]


def test_a_chain_written_anew_shows_against_what_is_kept_elsewhere(village, bundle, tmp_path):
    with village.runtime.database.write() as c:
        line = journal.checkpoint(c, village.runtime.today(), village.runtime.now())
    path = packed(bundle, tmp_path)
    agreed = verify_archive(path, [line])
    assert agreed.intact and agreed.anchored == village.runtime.today().isoformat()
    assert not any("--against" in what for what in agreed.open)

    members, found = dict(bundle), proof(bundle)
    rewritten(found)
    members[PROOF] = orjson.dumps(found)
    path = packed(members, tmp_path)
    assert verify_archive(path).intact, "nobody can tell from the file alone, and it says so"
    assert any("记录链被重写过" in fault for fault in verify_archive(path, [line]).faults)
    assert any("不完整" in fault for fault in verify_archive(path, [line[:-9]]).faults)


def rewritten(found: dict[str, Any]) -> None:
    """What somebody could do who knows how the chain is made: another actor, and every hash after it anew."""
    from datetime import datetime

    from engine.journal.chain import GENESIS, hash_of

    before = GENESIS.hash
    found["entries"][1]["actor_id"] = 1
    for entry in found["entries"]:
        entry["previous"] = before
        entry.pop("hash")
        entry["hash"] = before = hash_of(entry | {"at": datetime.fromisoformat(entry["at"])})
    found["head"][1] = before
    found["checkpoint"] = None


def test_what_was_erased_by_law_shows_as_erased_and_the_rest_holds(village, tmp_path):
    with village.runtime.database.write() as c:
        kept = c.execute(select(submissions).where(submissions.c.action == "close")).first()
        c.execute(update(submissions).where(submissions.c.id == kept.id).values(data={}, salt=""))
    try:
        data = made(village)
        (tmp_path / "x.zip").write_bytes(data)
        found = verify_archive(tmp_path / "x.zip")
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            assert "先修路" not in orjson.dumps(orjson.loads(file.read(PROOF))).decode()
            text = pypdf.PdfReader(io.BytesIO(file.read("一事一档.pdf")))
            assert any("已依法清除" in page.extract_text() for page in text.pages)
    finally:
        with village.runtime.database.write() as c:
            back = {"data": kept.data, "salt": kept.salt}
            c.execute(update(submissions).where(submissions.c.id == kept.id).values(**back))
    assert found.intact and found.erased == 1
    assert "已依法清除" in found.report()[1]


def test_what_somebody_changed_in_the_database_shows_in_the_archive(village, tmp_path):
    where = (votes.c.task_id == village.task, votes.c.motion == 1, votes.c.choice == "赞成")
    with village.runtime.database.write() as c:
        person = c.scalar(select(votes.c.person_id).where(*where).limit(1))
        one = (votes.c.task_id == village.task, votes.c.motion == 1, votes.c.person_id == person)
        c.execute(update(votes).where(*one).values(choice="反对"))
    (tmp_path / "x.zip").write_bytes(made(village))
    with village.runtime.database.write() as c:
        c.execute(update(votes).where(*one).values(choice="赞成"))
    assert "“票决”结束以后，投票被改过" in verify_archive(tmp_path / "x.zip").faults


# ---------------------------------------------------------------- what is no archive


def test_what_is_no_archive_is_refused(bundle, tmp_path):
    path = tmp_path / "x.zip"
    for data, said in (
        (b"", "打不开"),
        (b"no zip at all", "打不开"),
        (made_zip({"a.txt": b"x"}), f"没有“{PROOF}”"),
        (made_zip({PROOF: b"{"}), "看不懂"),
        (made_zip({PROOF: b"[]"}), "看不懂"),
        (made_zip({PROOF: b"[" * 200_000}), "看不懂"),
        (made_zip({PROOF: b'{"format":"cunyi-proof/9"}'}), "看不懂"),
    ):
        path.write_bytes(data)
        with pytest.raises(Unreadable, match=said):
            verify_archive(path)
    with pytest.raises(Unreadable, match="读不了"):
        verify_archive(tmp_path / "none.zip")


KEYS = ("entries", "submissions", "sealed", "opinions", "files", "head", "matter", "checkpoint")


@pytest.mark.parametrize("key", KEYS)
def test_the_wrong_kind_of_thing_is_a_fault_and_no_error(bundle, tmp_path, key):
    found = proof(bundle)
    for value in (None, 1, "x", [1], {"x": 1}, [[1]], [{"path": 1, "sha256": []}]):
        members = {PROOF: orjson.dumps(found | {key: value}), "a.txt": b"x"}
        verify_archive(packed(members, tmp_path)).report()


def made_zip(members: Members) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return kept.getvalue()


def test_the_chain_is_the_matters_own(village, bundle):
    with village.runtime.database.read() as c:
        chain = journal.instance_chain(village.matter)
        assert len(proof(bundle)["entries"]) == len(
            c.execute(select(entries).where(entries.c.chain == chain)).all()
        )
