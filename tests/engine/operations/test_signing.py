"""Signatures under minutes: of those who were there, under one text; and what of them the journal keeps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from engine import operations
from engine.journal import verify
from engine.operations import signing
from engine.queries import minutes as queries
from engine.refusal import Refusal
from engine.store.proceedings import meetings, signatures
from engine.store.tables import file_uses, journal
from tests.engine.operations.conftest import Office, photo
from tests.engine.operations.test_meetings import Hall


class Over:
    """A meeting that is over, with twenty-one of thirty there."""

    def __init__(self, hall: Hall) -> None:
        self.hall, self.office = hall, hall.office
        task = hall.opened(hall.start(), 21)
        hall.act(task, "attend", 早退=[hall.delegates[0]])
        hall.act(task, "close", "文书", 结论="通过", 初步议案="修路", 纪要="大家说该修")
        self.id = str(hall.one(meetings).id)

    def read(self, by: str = "主任") -> queries.Minutes:
        with self.office.database.read() as c:
            actor = self.office.runtime.actor(c, self.office[by])
        return queries.minutes(self.office.runtime, actor, self.id)

    def sign(self, by: str, seen: str | None = None, files: list[str] | None = None) -> None:
        drawn = self.upload(by) if files is None else files
        who = self.office[by]
        signing.sign_minutes(self.office.runtime, who, self.id, seen or self.read(by).digest, drawn)

    def upload(self, by: str, color: str = "black") -> list[str]:
        stored = operations.upload_file(self.office.runtime, self.office[by], photo(color), "签名.png")
        return [stored["id"]]

    def write(self, words: str, note: str = "", by: str = "文书") -> None:
        signing.write_minutes(self.office.runtime, self.office[by], self.id, words, note)

    def refused(self, code: str, act: Any, *given: Any, **named: Any) -> None:
        with pytest.raises(Refusal) as refusal:
            act(*given, **named)
        assert refusal.value.code == code, refusal.value.message


@pytest.fixture
def over(office: Office) -> Over:
    return Over(Hall(office))


def test_chair_recorder_and_attendants_sign_what_they_have_read(over: Over) -> None:
    for name in ("主任", "代表1", "代表2"):
        over.sign(name)
    seen = over.read()
    assert [(one.name, one.role) for one in seen.signed] == [
        ("主任", "主持"), ("代表1", "参加"), ("代表2", "参加"),
    ]  # fmt: skip
    assert all(one.is_current and one.files for one in seen.signed) and seen.has_signed
    over.refused("signed", over.sign, "主任")
    over.refused("not-there", over.sign, "代表30")
    over.refused("form", over.sign, "代表3", files=[])
    over.refused("file-unknown", over.sign, "代表3", files=["0" * 64])
    over.refused("meeting-unknown", over.sign, "外村", seen="x")
    with over.office.database.read() as c:
        entry = c.execute(select(journal).where(journal.c.action == "sign_minutes").limit(1)).one()
        bound = c.execute(select(file_uses).where(file_uses.c.name == "签名.png")).all()
    assert entry.detail["digest"] == seen.digest and entry.detail["people"] == [over.office["主任"]]
    assert any(use.instance_id is not None for use in bound)


def test_the_words_are_the_recorders_until_somebody_has_signed(over: Over) -> None:
    before = over.read().digest
    over.refused("not-recorder", over.write, "不该修", by="代表2")
    over.write("大家说该修，老李家门口先修")
    over.refused("minutes-changed", over.sign, "主任", seen=before)  # what was read is not what stands there
    over.sign("主任")
    over.refused("signed-already", over.write, "改")
    over.write("大家说该修", "写多了一句")
    seen = over.read()
    assert seen.meeting.minutes.endswith("更正：写多了一句") and seen.current == 0
    assert [one.is_current for one in seen.signed] == [False]
    over.sign("主任")
    assert [one.is_current for one in over.read().signed] == [True]  # of two signatures the last
    with over.office.database.read() as c:
        notes = c.scalars(select(journal.c.detail).where(journal.c.action == "amend_minutes")).all()
    assert [note["void"] for note in notes] == [0, 1]


def test_several_sign_on_paper(over: Over) -> None:
    office, hall = over.office, over.hall
    digest, pages = over.read().digest, over.upload("文书")
    people = [office["主任"], *hall.delegates[:3]]
    given = (office.runtime, office["文书"], over.id, digest)
    over.refused("not-there", signing.sign_minutes_for, *given, [hall.delegates[29]], pages)
    over.refused("nobody", signing.sign_minutes_for, *given, [], pages)
    over.refused(
        "not-recorder",
        signing.sign_minutes_for,
        office.runtime,
        office["代表1"],
        over.id,
        digest,
        people,
        pages,
    )
    signing.sign_minutes_for(*given, people, pages)
    seen = over.read()
    assert seen.current == 4 and {one.entered_by for one in seen.signed} == {"文书"}
    assert office["主任"] not in dict(seen.unsigned) and len(seen.unsigned) == 22 - 4


def test_whatever_is_changed_behind_the_programs_back_shows(over: Over) -> None:
    over.sign("主任")
    over.office.database.run(lambda c: c.execute(update(meetings).values(place="别处")))
    assert [one.is_current for one in over.read().signed] == [False]


def test_two_taps_are_one_signature(over: Over) -> None:
    digest, files = over.read("代表2").digest, over.upload("代表2")

    def tap(_: int) -> str:
        try:
            over.sign("代表2", digest, files)
        except Refusal as refusal:
            return refusal.code
        return "signed-now"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(tap, range(2))) == ["signed", "signed-now"]
    with over.office.database.read() as c:
        assert len(c.execute(select(signatures)).all()) == 1


def test_nothing_is_signed_before_the_end(office: Office) -> None:
    hall = Hall(office)
    hall.opened(hall.start(), 20)
    with pytest.raises(Refusal, match="还没有结束"):
        signing.sign_minutes(office.runtime, office["主任"], str(hall.one(meetings).id), "x", ["y"])


@pytest.mark.parametrize("forgery", ["put in", "taken away", "for somebody else", "another picture"])
def test_a_forged_signature_is_seen_by_the_journal(over: Over, forgery: str) -> None:
    """Who writes into the database: a signature of somebody who never signed, or none of one who did."""
    over.sign("代表1")
    over.sign("代表2")
    database = over.office.database
    with database.read() as c:
        assert verify(c).intact
        row = c.execute(select(signatures).where(signatures.c.person_id == over.office["代表1"])).one()
    mine = signatures.c.id == row.id
    more = dict(row._mapping) | {"id": "f" * 32, "person_id": over.office["代表3"]}
    other = {"evidence": over.upload("代表1", "red")}
    change = {
        "put in": insert(signatures).values(**more),
        "taken away": delete(signatures).where(mine),
        "for somebody else": update(signatures).where(mine).values(person_id=over.office["代表3"]),
        "another picture": update(signatures).where(mine).values(**other),
    }[forgery]
    database.run(lambda c: c.execute(change))
    with database.read() as c:
        [found] = verify(c).breaks
    assert "签字" in found.why and found.chain.startswith("unit:")
    database.run(lambda c: c.execute(delete(signatures).where(signatures.c.id.in_([row.id, "f" * 32]))))
    database.run(lambda c: c.execute(insert(signatures).values(**row._mapping)))
