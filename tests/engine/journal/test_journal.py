"""The chain shows every change, also one made by somebody who can rewrite the whole database."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from engine import journal
from engine.journal import GENESIS, Entry, Head, append, append_to_unit
from engine.journal.chain import hash_of, unit_chain
from engine.people import units
from engine.store import Database, count_statements
from engine.store.tables import (
    chain_heads,
    checkpoints,
    instances,
    parameter_sets,
    people,
    procedure_versions,
    submissions,
)
from engine.store.tables import journal as table

NOW = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
DAY = date(2026, 3, 2)


@pytest.fixture
def filled(database: Database) -> Database:
    """Two chains of three entries each."""
    with database.write() as c:
        for code in ("x", "y"):
            unit = units.add(c, "县", code, "云岭县")
            for number in range(3):
                entry = Entry(
                    NOW + timedelta(hours=number), "publish", detail={"流程": "zhichu", "第": number}
                )
                append_to_unit(c, unit.id, [entry])
    return database


def found(database: Database, *exported: str) -> list[tuple[str, int, str]]:
    with database.snapshot() as c:
        return [(each.chain, each.sequence, each.why) for each in journal.verify(c, exported=exported).breaks]


def test_an_untouched_journal_is_intact(filled: Database) -> None:
    with filled.snapshot() as c:
        checked = journal.verify(c)
        assert (checked.chains, checked.entries, checked.intact) == (2, 6, True)
        one = journal.verify(c, unit_chain(1))
        assert (one.chains, one.entries, one.intact) == (1, 3, True)


CHANGES: list[tuple[Callable[[Connection], object], int, str]] = [
    (lambda c: c.execute(table.update().where(at(2)).values(action="cancel")), 2, "内容被改过"),
    (lambda c: c.execute(table.update().where(at(2)).values(at=NOW)), 2, "内容被改过"),
    (lambda c: c.execute(table.update().where(at(2)).values(detail={"第": 1, "流程": "x"})), 2, "内容被改过"),
    (lambda c: c.execute(table.delete().where(at(2))), 2, "缺了这一条"),
    (lambda c: c.execute(table.delete().where(at(1))), 1, "缺了这一条"),
    (lambda c: c.execute(table.delete().where(at(3))), 3, "末尾的记录被删掉了"),
    (lambda c: c.execute(table.delete().where(table.c.chain == unit_chain(1))), 1, "末尾的记录被删掉了"),
    (
        lambda c: c.execute(chain_heads.delete().where(chain_heads.c.chain == unit_chain(1))),
        3,
        "找不到它所属",
    ),
    (lambda c: rewrite(c, 2), 3, "接不上"),
    (lambda c: rewrite(c, 3), 3, "末尾与办件记载的不一致"),
]


def at(sequence: int) -> object:
    return (table.c.chain == unit_chain(1)) & (table.c.sequence == sequence)


def rewrite(c: Connection, sequence: int) -> None:
    """Change an entry and make its own hash fit."""
    row = dict(c.execute(select(table).where(at(sequence))).mappings().one())  # type: ignore[arg-type]
    row = {str(name): value for name, value in row.items()} | {"action": "cancel"}
    c.execute(table.update().where(at(sequence)).values(action="cancel", hash=hash_of(row)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "sequence", "why"), CHANGES, ids=[f"{n}-{s}" for n, (_, s, _) in enumerate(CHANGES)]
)
def test_the_first_break_is_named(filled: Database, change: Callable, sequence: int, why: str) -> None:
    filled.run(change)
    (broken,) = found(filled)
    assert broken[:2] == (unit_chain(1), sequence)
    assert why in broken[2]


def test_a_chain_removed_with_its_head_shows_against_the_checkpoint(filled: Database) -> None:
    line = filled.run(lambda c: journal.checkpoint(c, DAY, NOW))
    assert found(filled, line) == []

    def remove(c: Connection) -> None:
        c.execute(table.delete().where(table.c.chain == unit_chain(1)))
        c.execute(chain_heads.delete().where(chain_heads.c.chain == unit_chain(1)))

    filled.run(remove)
    assert found(filled) == []  # nothing inside the database tells any more
    assert found(filled, line) == [(unit_chain(1), 3, "存档时有这一条，现在没有了")]


def test_a_chain_rewritten_from_the_start_shows_against_the_checkpoint(filled: Database) -> None:
    line = filled.run(lambda c: journal.checkpoint(c, DAY, NOW))

    def forge(c: Connection) -> None:
        c.execute(table.delete().where(table.c.chain == unit_chain(1)))
        c.execute(chain_heads.delete().where(chain_heads.c.chain == unit_chain(1)))
        append_to_unit(c, 1, [Entry(NOW, "publish") for _ in range(4)])

    filled.run(forge)
    assert found(filled) == []
    assert found(filled, line) == [(unit_chain(1), 3, "与存档不一致，整条记录链被重写过")]


def test_checkpoints_are_daily_chained_and_exported(filled: Database) -> None:
    first = filled.run(lambda c: journal.checkpoint(c, DAY, NOW))
    filled.run(lambda c: append_to_unit(c, 1, [Entry(NOW, "publish")]))
    assert filled.run(lambda c: journal.checkpoint(c, DAY, NOW)) == first  # once a day
    second = filled.run(lambda c: journal.checkpoint(c, DAY + timedelta(days=1), NOW))
    assert orjson.loads(second)["previous"] == orjson.loads(first)["hash"]
    with filled.read() as c:
        assert list(journal.export_heads(c)) == [first, second]
        assert len(c.execute(select(checkpoints)).all()) == 2
    assert found(filled, first, second) == []
    assert found(filled, first.replace("[3,", "[2,"))[0][2] == "存档文件的这一行被改过或不完整"
    for garbage in ("", "{}", "[]", '{"day": 1}'):
        assert found(filled, garbage)[0][0] == "checkpoint"


def test_a_head_known_too_late_is_refused(filled: Database) -> None:
    """Two who append after the same head: the second one must start again."""
    with pytest.raises(IntegrityError):
        filled.run(lambda c: append(c, unit_chain(1), GENESIS, [Entry(NOW, "publish")]))
    assert found(filled) == []


def test_appending_takes_one_statement(filled: Database) -> None:
    with count_statements(filled) as statements:
        head = filled.run(lambda c: append(c, "unit:9", GENESIS, [Entry(NOW, "a"), Entry(NOW, "b")]))
    assert head.sequence == 2
    assert len(statements) == 1
    assert filled.run(lambda c: append(c, "unit:9", head, [])) == Head(*head)


def test_a_digest_says_nothing_without_its_salt() -> None:
    data = {"意见": "同意", "金额": 100}
    salt, other = journal.new_salt(), journal.new_salt()
    assert journal.digest(salt, data) == journal.digest(salt, {"金额": 100, "意见": "同意"})
    assert journal.digest(salt, data) != journal.digest(other, data)
    assert journal.digest(salt, data) != journal.digest(salt, data | {"金额": 101})


def submission(c: Connection) -> None:
    """A matter whose only entry stands for something a person wrote."""
    c.execute(people.insert().values(id=1, unit_id=1, name="张三"))
    row = {"id": 1, "unit_id": 1, "key": "zhichu", "version": 1, "title": "支出", "level": "村", "note": ""}
    c.execute(procedure_versions.insert().values(row | {"digest": "", "content": b"", "published_at": NOW}))
    c.execute(parameter_sets.insert().values(id=1, digest="", values={}))
    data, salt = {"说明": "买化肥"}, journal.new_salt()
    entry = Entry(NOW, "complete", 1, submission_id="s", digest=journal.digest(salt, data))
    rows, head = journal.link(journal.instance_chain("i"), GENESIS, [entry])
    matter = {
        "id": "i",
        "number": "1",
        "version_id": 1,
        "closure": {},
        "process_id": "p",
        "parameter_set_id": 1,
    }
    matter |= {"unit_id": 1, "title": "t", "status": "running", "started_at": NOW, "revision": 1, "trail": []}
    known = {"journal_seq": head.sequence, "journal_hash": head.hash, "state": b""}
    c.execute(instances.insert().values(matter | known))
    given = {"id": "s", "instance_id": "i", "sequence": 1, "task_id": "t", "element_id": "e", "step": "填报"}
    given |= {"action": "complete", "person_id": 1, "data": data, "salt": salt, "at": NOW}
    c.execute(submissions.insert().values(given))
    c.execute(table.insert(), rows)


def test_what_people_wrote_cannot_be_changed_but_can_be_erased(filled: Database) -> None:
    filled.run(submission)
    assert found(filled) == []
    filled.run(lambda c: c.execute(submissions.update().values(data={"说明": "买农药"})))
    assert found(filled) == [("instance:i", 1, "办理内容与留痕不一致，办理内容被改过")]
    filled.run(lambda c: c.execute(submissions.update().values(data={}, salt="")))  # erased by law
    assert found(filled) == []
