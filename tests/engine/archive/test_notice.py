"""A notice in the archive: its text, the photos from the first day to the last, what was said and answered."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pypdf
import pytest

from engine import archive as archives
from engine import documents
from engine.archive.gathering import gather
from engine.documents.subject import Subject
from engine.journal.offline import verify_archive
from engine.operations import upload_file
from engine.store import Database
from tests.consulting import Square, answering, asking, publishing
from tests.engine.documents.conftest import words
from tests.engine.operations.conftest import Office, photo


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


def test_from_the_first_day_to_the_last(office: Office, tmp_path: Path) -> None:
    square = Square(
        office.runtime, office.world, asking(), publishing(shows="征求"), answering("公示"), asked=3
    )
    matter, task = square.matter()
    square.say(task, yes=2, no=1)
    square.act(task, "close", "主任", {"归纳": "多数赞成，担心积水"})
    notice = square.open(matter)["公示"]
    actor = office.database.look(lambda c: office.runtime.actor(c, office["主任"]))

    [offer] = documents.offered(office.runtime, actor, matter)
    assert (offer.name, offer.of) == ("公示", "还没有发布")
    proposed = words(documents.produce(office.runtime, actor, matter, "公示").data)
    assert "多数赞成，担心积水" in proposed and "公示期：" not in proposed

    square.publish(notice, "村务公开栏", 内容="村口的路要硬化。\n多数赞成。")
    square.act(notice, "add_feedback", "主任", {"姓名": "张三", "类别": "异议", "内容": "路面 <b>太窄</b>"})
    square.act(notice, "answer", "主任", {"答复": [{"采纳": "采纳", "答复": "加宽半米"}]})
    office.wait(days=6)
    kept = upload_file(office.runtime, office["主任"], photo("blue"), "最后一天.png")
    last = {"id": kept["id"], "name": kept["name"]}
    square.act(notice, "add_photo", "主任", {"渠道": "村务公开栏", "照片": [last]})
    office.wait(days=3)

    text = words(documents.produce(office.runtime, actor, matter, "公示", task_id=notice).data)
    assert "村口的路要硬化。\n多数赞成。" in text
    assert "公示期：2026年3月2日至2026年3月9日。" in text and "村务公开栏" in text
    with office.database.snapshot() as c:
        found = gather(Subject.read(office.runtime, c, actor, matter))
    [photos] = found.photos.values()
    assert [shot.caption for shot in photos] == ["村务公开栏，发布", "村务公开栏，公示期间"]
    assert photos[-1].file_id == last["id"] and photos[0].at < photos[-1].at

    file, name = archives.archive(office.runtime, actor, matter, "zip")
    with file:
        (tmp_path / name).write_bytes(file.read())
    checked = verify_archive(tmp_path / name)
    assert checked.intact, checked.faults
    with zipfile.ZipFile(tmp_path / name) as bundle:
        pages = pypdf.PdfReader(io.BytesIO(bundle.read("一事一档.pdf"))).pages
    book = "".join("".join(page.extract_text().split()) for page in pages)
    assert "路面<b>太窄</b>" in book and "加宽半米" in book and "代表1" in book
    assert sum(len(page.images) for page in pages) >= 2
