"""A vote of twelve that was held, one that is still to come, and a notice: what documents are made of."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest

from engine import documents
from engine.authorisation import Actor
from engine.operations import upload_file
from engine.store import Database
from tests.engine.operations.conftest import Office, photo
from tests.voting import Hall

ROAD = "硬化村口到三组的路 420 米"
LAMPS = "安装路灯 20 盏"


class Village:
    """`matter` was voted on, its two motions ended one each way; `waiting` is convened."""

    def __init__(self, database: Database) -> None:
        self.office = Office(database)
        self.hall = Hall(self.office.runtime, self.office.world, 12, announce="yes")
        self.runtime = self.office.runtime
        self.matter, self.task = self.hall.matter(ROAD, LAMPS)
        self.convene(self.task)
        self.office.wait(days=1)
        self.hall.open(self.task, [*self.hall.voters[:11], "委员", "主任"], 监票人=[])
        for place, voter in enumerate(self.hall.voters[:11]):
            second = "赞成" if place < 3 else "反对"
            votes = [{"motion": 1, "choice": "赞成"}, {"motion": 2, "choice": second}]
            self.hall.act(self.task, "cast", voter, {"votes": votes})
        self.hall.act(self.task, "close", "主席", {"纪要": "先修路，路灯明年再议。\n散会。"})
        self.waiting, self.next_task = self.hall.matter("选种子", "“两优 3218”<号>")
        self.convene(self.next_task, "2026-03-20T09:00")

    def convene(self, task: str, when: str = "2026-03-03T09:00") -> None:
        self.hall.convene(task, when)
        kept = upload_file(self.runtime, self.hall.id("主席"), photo(), "公开栏.png")
        proof = [{"id": kept["id"], "name": kept["name"]}]
        self.hall.act(task, "announce", "主席", {"渠道": ["村务公开栏"], "凭证": proof})

    def actor(self, name: str) -> Actor:
        return self.runtime.database.look(lambda c: self.runtime.actor(c, self.office.world.people[name]))

    def made(self, name: str, matter: str = "", by: str = "主席", **more: object) -> documents.Document:
        return documents.produce(self.runtime, self.actor(by), matter or self.matter, name, **more)  # type: ignore[arg-type]

    def text(self, name: str, matter: str = "", **more: object) -> str:
        return words(self.made(name, matter, **more).data)


def words(data: bytes) -> str:
    """What a Word file says: its paragraphs, and the cells of its tables row by row."""
    file = docx.Document(io.BytesIO(data))
    found = []
    for block in file.iter_inner_content():
        if isinstance(block, docx.text.paragraph.Paragraph):
            found.append(block.text)
        else:
            found += ["|".join(cell.text.strip() for cell in row.cells) for row in block.rows]
    return "\n".join(found)


@pytest.fixture(scope="module")
def village(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    path = tmp_path_factory.mktemp("documents") / "county.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield Village(database)
    database.close()
