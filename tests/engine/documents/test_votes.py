"""Documents of votes on paper, in secret and of people; signatures drawn on a phone; seal and filing in the archive."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from engine import archive as archives
from engine import documents
from engine.ballot_keys import BallotKeys
from engine.journal.offline import PROOF, verify_archive
from engine.operations import sign_minutes, upload_file, write_minutes
from engine.operations.papers import Filing, SealUse, register_filing, register_seal_use
from engine.queries import minutes
from engine.store import Database
from engine.store.proceedings import meetings
from tests.engine.documents.conftest import words
from tests.engine.operations.conftest import Office, photo
from tests.voting import Hall, figures

ELECTION = {
    "motions": "",
    "candidates": "{审定.议案}",
    "seats": "2",
    "majority": "超过 1/2 到会组成人员",
    "method": "phone",
    "secrecy": "secret",
}


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> Office:
    found = Office(sqlite_database)
    found.runtime.ballot_keys = BallotKeys(tmp_path / "keys")
    return found


def text(hall: Hall, matter: str, name: str, *, public: bool = False) -> str:
    actor = hall.runtime.database.look(lambda c: hall.runtime.actor(c, hall.id("主席")))
    return words(documents.produce(hall.runtime, actor, matter, name, public=public).data)


def photographed(office: Office, by: str, color: str) -> list[str]:
    return [upload_file(office.runtime, office[by], photo(color), f"{color}.png")["id"]]


def bundle(hall: Hall, matter: str, folder: Path) -> Path:
    actor = hall.runtime.database.look(lambda c: hall.runtime.actor(c, hall.id("主席")))
    kept, name = archives.archive(hall.runtime, actor, matter, "zip")
    path = folder / name
    with kept:
        path.write_bytes(kept.read())
    return path


def test_an_election_in_secret_turn_by_turn(office: Office, tmp_path: Path) -> None:
    hall = Hall(office.runtime, office.world, 10, **ELECTION)
    matter, task = hall.matter(*"甲乙丙丁")
    hall.convene(task)
    paper = text(hall, matter, "选票")
    assert paper.count("：最多选 2 人，多选无效") == 10 and "□ 丁" in paper
    assert "甲||" in text(hall, matter, "计票单")
    hall.open(task, hall.voters)
    for voter, chosen in zip(hall.voters, [[1, 2]] * 4 + [[1, 3]] * 4 + [[], [4]], strict=True):
        hall.act(task, "cast", voter, {"chosen": chosen} if chosen else {"弃权": True})
    hall.act(task, "close", "主席")
    assert "最多选 1 人" in text(hall, matter, "选票") and "□ 甲" not in text(hall, matter, "选票")
    for voter, place in zip(hall.voters, [3] * 6 + [2] * 4, strict=True):
        hall.act(task, "cast", voter, {"chosen": [place]})
    hall.act(task, "close", "主席")
    said = text(hall, matter, "表决票统计")
    assert "甲|8|当选" in said and "丁|1|" in said and "丙|6|当选" in said
    assert "（第一次投票）" in said and "选出 1 人，其余再选" in said
    assert "无记名投票" in said and "每人怎样投的" not in said
    assert "；当选：丙" in text(hall, matter, "决议")
    copy = text(hall, matter, "表决票统计", public=True)
    assert "甲|8|当选" in copy and "丙|6|当选" in copy  # who was elected is named, who was not is masked
    assert "*|1|" in copy and "丁" not in copy and "乙" not in copy
    path = bundle(hall, matter, tmp_path)
    found = verify_archive(path)
    assert found.intact, found.faults
    with zipfile.ZipFile(path) as file:
        [published] = [name for name in file.namelist() if name.startswith("表决/")]
        changed = {name: file.read(name) for name in file.namelist()}
    proof = orjson.loads(changed[PROOF])
    changed[published] = changed[published].replace("甲".encode(), "乙".encode())
    for one in proof["files"]:  # somebody who mends the list as well
        if one["path"] == published:
            import hashlib

            one["sha256"] = hashlib.sha256(changed[published]).hexdigest()
    changed[PROOF] = orjson.dumps(proof)
    with zipfile.ZipFile(path, "w") as file:
        for name, data in changed.items():
            file.writestr(name, data)
    assert any("公布的表决文件" in fault for fault in verify_archive(path).faults)


def test_a_void_count_stands_beside_the_one_that_holds(office: Office) -> None:
    hall = Hall(office.runtime, office.world, 30)
    matter, task = hall.matter("修路")
    hall.convene(task)
    hall.open(task, hall.voters, 方式="paper")
    sheet = {"计票单": [{"id": photographed(office, "文书", "white")[0], "name": "计票单.png"}]}
    hall.act(task, "enter_count", "文书", figures(发出=29) | sheet)
    hall.act(task, "confirm_count", "监督")
    hall.act(task, "enter_count", "文书", figures(收回=29, 有效=28, 无效=1, 弃权=2))
    hall.act(task, "confirm_count", "监督", {"结束": True})
    said = text(hall, matter, "表决票统计")
    assert "1|修路（第一次投票）|29|30|30|0|20|6|4|作废重投" in said
    assert "2|修路（第二次投票）|30|29|28|1|20|6|2|通过" in said
    assert "计票人：文书" in said and "监票人：监督" in said


def test_drawn_signatures_stand_under_the_minutes(office: Office, tmp_path: Path) -> None:
    hall = Hall(office.runtime, office.world, 6)
    matter, task = hall.matter("修路")
    hall.convene(task)
    hall.open(task, hall.voters, 方式="named")
    hall.cast(task, yes=6)
    hall.act(task, "close", "主席", {"纪要": "都赞成。"})
    with office.database.read() as c:
        meeting = str(c.scalar(select(meetings.c.id)))

    def sign(by: str, color: str) -> None:
        actor = office.database.look(lambda c: office.runtime.actor(c, office[by]))
        seen = minutes.minutes(office.runtime, actor, meeting).digest
        sign_minutes(office.runtime, office[by], meeting, seen, photographed(office, by, color))

    sign("主席", "black")
    actor = office.database.look(lambda c: office.runtime.actor(c, office["主席"]))
    made = documents.produce(office.runtime, actor, matter, "会议记录")
    with zipfile.ZipFile(io.BytesIO(made.data)) as file:
        assert sum(name.startswith("word/media/") for name in file.namelist()) == 1
    assert "主席|主持||2026年3月2日" in words(made.data) and "主持人（签字）" not in words(made.data)
    write_minutes(office.runtime, office["主席"], meeting, "都赞成，先修东头。", "补一句")
    assert "主席|主持|（签的是旧稿）|" in text(hall, matter, "会议记录")

    today = date(2026, 3, 2)
    use = SealUse("决议", "柳湾村村民委员会", 2, today, "主任", "党政办")
    register_seal_use(office.runtime, office["文书"], matter, use, photographed(office, "文书", "red"))
    register_filing(office.runtime, office["文书"], matter, Filing("决议", "清溪镇人民政府", today))
    path = bundle(hall, matter, tmp_path)
    found = verify_archive(path)
    assert found.intact, found.faults
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist() if "red.png" not in name}
    import pypdf

    pages = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(members["一事一档.pdf"])).pages
    )
    assert "用印登记" in pages and "清溪镇人民政府" in pages and "党政办" in pages
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    assert any("的照片" in fault for fault in verify_archive(path).faults), "the photo of the seal is gone"
