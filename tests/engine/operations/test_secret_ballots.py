"""Secret votes: counted right, and nothing in the database joins a person to a paper, before, during or after."""

from collections import Counter
from datetime import date, timedelta

import pytest
from nacl.public import PrivateKey
from sqlalchemy import delete, insert, select, text, update

from engine import journal, operations
from engine.ballot_keys import BallotKeys
from engine.operations import secret_ballots as operation
from engine.people.tenures import dismiss
from engine.queries import ballots as queries
from engine.queries import tasks as task_queries
from engine.recount import verify
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from engine.sealed_papers import LENGTH
from engine.store import count_statements
from engine.store.backup import backup
from engine.store.tables import instances
from engine.store.tables import journal as entries
from engine.store.voting import (
    ballots,
    motions,
    receipts,
    sealed_ballots,
    secret_ballots,
    secret_marks,
    votes,
)
from tests.voting import Hall

SECRET = {"method": "phone", "secrecy": "secret"}


@pytest.fixture
def keys(office, tmp_path):
    office.runtime.ballot_keys = BallotKeys(tmp_path / "keys")
    return office.runtime.ballot_keys


@pytest.fixture
def hall(office, keys):
    return Hall(office.runtime, office.world, 12, **SECRET)


def refusal(kind, code):
    return pytest.raises(kind, check=lambda refused: refused.code == code)


def actor(hall, name):
    return hall.runtime.database.look(lambda c: hall.runtime.actor(c, hall.id(name)))


def rows(office, *query):
    with office.database.read() as c:
        return c.execute(select(*query)).all()


def opened(hall, *titles):
    matter, task = hall.matter(*titles)
    hall.convene(task)
    hall.open(task, hall.voters)
    return matter, task


# ---------------------------------------------------------------- voting


def test_a_secret_vote_comes_to_its_result_and_anybody_counts_it_again(hall, office, keys):
    matter, task = opened(hall, "修路", "建桥")
    given = []
    for at, voter in enumerate(hall.voters):
        both = [
            {"motion": 1, "choice": "赞成" if at < 9 else "反对"},
            {"motion": 2, "choice": "反对" if at < 9 else "弃权"},
        ]
        given.append(hall.act(task, "cast", voter, {"votes": both}).code)
    hall.act(task, "close", "主席")
    result = hall.result(matter)
    assert (result["结论"], result["方式"]) == ("部分通过", "无记名投票")
    assert [(m["赞成"], m["反对"], m["弃权"]) for m in result["议案"]] == [(9, 3, 0), (0, 9, 3)]
    record = queries.record(office.runtime, actor(hall, "代表1"), task)
    assert record.receipts == tuple(sorted(given)) and record.voters == ()
    report = verify(queries.file(office.runtime, actor(hall, "代表1"), task))
    assert report.same and report.receipts == set(given), report.wrong
    assert report.digest == record.digest
    assert not list(keys.held()) and not rows(office, sealed_ballots)


def test_the_receipt_is_told_once_and_stands_with_nobody(hall, office):
    _, task = opened(hall)
    receipt = hall.act(task, "cast", "代表1", {"choice": "赞成"}).code
    with pytest.raises(Overtaken):
        hall.act(task, "cast", "代表1", {"choice": "赞成"})
    assert receipt.encode() not in _everything(office)
    assert not rows(office, receipts)


def test_nobody_sees_more_than_how_many_have_voted(hall, office):
    _, task = opened(hall)
    hall.cast(task, yes=8, no=2)
    view = task_queries.task(office.runtime, actor(hall, "主席"), task).proceeding
    assert [(m.votes, m.waiting, m.sheet) for m in view.motions] == [(10, 2, None)]
    with refusal(NotVisible, "ballot-unknown"):
        queries.record(office.runtime, actor(hall, "主席"), task)
    with refusal(NotVisible, "ballot-unknown"):
        queries.file(office.runtime, actor(hall, "主席"), task)
    with office.database.read() as c:
        assert queries.published(c, task) is None


def test_every_wrong_vote_is_refused(hall, office):
    _, task = opened(hall)
    hall.act(task, "attend", "文书", {"未到": [hall.id("代表12")]})
    hall.act(task, "cast", "代表1", {"choice": "赞成"})
    with refusal(Overtaken, "voted"):
        hall.act(task, "cast", "代表1", {"choice": "反对"})
    with refusal(Invalid, "motion-twice"):
        hall.act(task, "cast", "代表2", {"votes": [{"choice": "赞成"}, {"motion": 1, "choice": "反对"}]})
    with refusal(Forbidden, "not-present"):
        hall.act(task, "cast", "代表12", {"choice": "赞成"})
    with refusal(Forbidden, "not-yours"):
        hall.act(task, "cast", "委员", {"choice": "赞成"})
    village, day = office.world.units["village"], date(2026, 3, 1)
    office.database.run(lambda c: dismiss(c, hall.id("代表11"), "村民代表", village, day))
    with refusal(Forbidden, "no-longer-voter"):
        hall.act(task, "cast", "代表11", {"choice": "赞成"})
    with refusal(Invalid, "has-voted"):
        hall.act(task, "attend", "文书", {"未到": [hall.id("代表1")]})
    assert len(rows(office, secret_marks)) == len(rows(office, sealed_ballots)) == 1
    hall.cast_by(task, hall.voters[1:10], "赞成")
    hall.act(task, "close", "主席")
    with pytest.raises((Overtaken, NotVisible)):
        hall.act(task, "cast", "代表11", {"choice": "赞成"})


def test_a_vote_leaves_no_trace_of_its_own_in_the_journal_and_the_state(hall, office):
    matter, task = opened(hall)
    size, number = hall.state_size(matter), len(rows(office, entries.c.sequence))
    sent = []
    for voter in hall.voters:
        with count_statements(office.database) as statements:
            hall.act(task, "cast", voter, {"choice": "赞成"})
        sent.append(len(statements))
    assert hall.state_size(matter) == size and len(rows(office, entries.c.sequence)) == number
    assert not rows(office, votes)
    assert max(sent[1:]) == min(sent[1:]) <= 16, sent


# ---------------------------------------------------------------- what stays


def _everything(office):
    """Every byte of the database, as somebody with a copy of it has them."""
    if office.database.is_sqlite:
        with office.database.read() as c:
            c.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).all()
        from pathlib import Path

        return Path(office.database.url.database).read_bytes()
    import psycopg

    plain = office.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    found = []
    with psycopg.connect(plain) as c:
        names = c.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            found += [repr(row) for row in c.execute(f'SELECT ctid, xmin, * FROM "{name}"').fetchall()]
    return "\n".join(found).encode()


def _as_stored(office, table, column):
    """A column in the order the rows lie in, with what the database knows of when each was written."""
    where = "rowid, 0" if office.database.is_sqlite else "ctid, xmin"
    order = "rowid" if office.database.is_sqlite else "ctid"
    with office.database.read() as c:
        return c.execute(text(f"SELECT {column}, {where} FROM {table} ORDER BY {order}")).all()


def test_no_choice_stands_in_the_database_while_the_vote_is_open(hall, office):
    _, task = opened(hall)
    before = _everything(office)
    hall.cast(task, yes=9, no=3)
    during = _everything(office)
    for word in ("赞成", "反对"):
        assert during.count(word.encode()) == before.count(word.encode())
    assert {len(row.sealed) for row in rows(office, sealed_ballots)} == {LENGTH + 48}


def test_afterwards_nothing_joins_people_to_papers(hall, office):
    """The order of voting is turned round between two votes of the same people who choose alike: what lies in the
    database afterwards tells neither apart.
    """
    orders = (hall.voters, hall.voters[::-1])
    stored = []
    for order in orders:
        _, task = opened(hall)
        for voter in order:
            choice = "赞成" if voter in hall.voters[:9] else "反对"
            hall.act(task, "cast", voter, {"choice": choice})
        hall.act(task, "close", "主席")
        marks = [row for row in _as_stored(office, "secret_marks", "task_id, person_id") if row[0] == task]
        stored.append([row[1] for row in marks])
        assert len({row[3] for row in marks}) == 1  # written in one transaction, so that no moment tells
        papers = [row for row in _as_stored(office, "secret_ballots", "task_id, choice") if row[0] == task]
        assert {row[3] for row in papers} == {row[3] for row in marks}
    assert stored[0] == stored[1] == sorted(stored[0])
    names = {column.name for table in (secret_ballots, receipts) for column in table.c}
    assert not names & {"person_id", "at", "id", "meeting_id"}


def test_papers_are_shuffled(hall, office, monkeypatch):
    """Everybody votes in one order; the papers come to lie in another each time."""
    seen = Counter()
    for _ in range(6):
        _, task = opened(hall)
        hall.cast(task, yes=6, no=6)
        hall.act(task, "close", "主席")
        own = select(secret_ballots.c.choice).where(secret_ballots.c.task_id == task)
        with office.database.read() as c:
            seen[tuple(c.scalars(own.order_by(secret_ballots.c.position)))] += 1
    assert len(seen) > 1


def test_a_backup_of_the_open_vote_and_the_database_of_after_open_no_box(hall, office, keys, tmp_path):
    _, task = opened(hall)
    hall.cast(task, yes=10, no=2)
    [held] = keys.held()
    secret = bytes(keys.private(task, held.public))
    boxes = [bytes(row.sealed) for row in rows(office, sealed_ballots)]
    backup(office.database, tmp_path / "during.zip")
    hall.act(task, "close", "主席")
    kept = (tmp_path / "during.zip").read_bytes() + _everything(office)
    assert secret not in kept and secret.hex().encode() not in kept
    assert not list(keys.folder.iterdir())
    from nacl.public import PrivateKey

    from engine.sealed_papers import PaperDamaged, unseal

    for box in boxes:
        with pytest.raises(PaperDamaged):
            unseal(PrivateKey(bytes.fromhex(held.public)), box)


def test_the_journal_shows_when_a_mark_a_paper_or_a_receipt_is_changed_afterwards(hall, office):
    _, task = opened(hall)
    hall.cast(task, yes=9, no=3)
    hall.act(task, "close", "主席")
    own = secret_ballots.c.task_id == task
    changes = (
        update(secret_ballots).where(own, secret_ballots.c.position == 1).values(choice="弃权"),
        delete(receipts).where(
            receipts.c.task_id == task, receipts.c.receipt.like("2%") | (receipts.c.motion == 1)
        ),
        delete(secret_marks).where(
            secret_marks.c.task_id == task, secret_marks.c.person_id == hall.id("代表1")
        ),
        update(ballots).where(ballots.c.task_id == task).values(published=ballots.c.published + " "),
        insert(sealed_ballots).values(id="x", task_id=task, motion=1, round=1, sealed=b"x"),
    )
    for change, shows in zip(changes, (True, True, True, True, False), strict=True):
        with pytest.raises(ZeroDivisionError), office.database.write() as c:
            c.execute(change)
            assert journal.verify(c).intact is not shows
            raise ZeroDivisionError  # take it back
    with office.database.snapshot() as c:
        assert journal.verify(c).intact


def test_the_closing_entry_has_the_digest_of_the_file(hall, office):
    _, task = opened(hall)
    hall.cast(task, yes=12)
    hall.act(task, "close", "主席")
    [detail] = [
        row.detail for row in rows(office, entries.c.action, entries.c.detail) if row.action == "close"
    ]
    with office.database.read() as c:
        report = verify(queries.published(c, task))
    assert detail["published"] == report.digest and detail["figures"] == [[12, 0, 0]]
    assert {"marks", "secret_ballots", "receipts", "published"} <= detail["sealed"].keys()


# ---------------------------------------------------------------- boxes that cannot be opened


def _break_key(office, keys, task):
    for path in keys.folder.iterdir():
        path.unlink()


def _break_paper(office, keys, task):
    first = select(sealed_ballots.c.id).limit(1).scalar_subquery()
    office.database.run(
        lambda c: c.execute(
            update(sealed_ballots).where(sealed_ballots.c.id == first).values(sealed=b"x" * 560)
        )
    )


def _lose_paper(office, keys, task):
    first = select(sealed_ballots.c.id).limit(1).scalar_subquery()
    office.database.run(lambda c: c.execute(delete(sealed_ballots).where(sealed_ballots.c.id == first)))


def _double_paper(office, keys, task):
    def copy(c):
        one, other = c.execute(select(sealed_ballots).limit(2)).all()
        c.execute(update(sealed_ballots).where(sealed_ballots.c.id == other.id).values(sealed=one.sealed))

    office.database.run(copy)


@pytest.mark.parametrize("damage", [_break_key, _break_paper, _lose_paper, _double_paper])
def test_what_cannot_be_opened_is_not_counted_and_is_voted_again(hall, office, keys, damage):
    matter, task = opened(hall)
    with refusal(Invalid, "ballot-box-sound"):
        hall.act(task, "revote", "主席", {"理由": "试试"})
    hall.cast(task, yes=12)
    damage(office, keys, task)
    with refusal(Invalid, "ballot-box"):
        hall.act(task, "close", "主席")
    assert not rows(office, secret_ballots)
    with refusal(Forbidden, "not-yours"):
        hall.act(task, "revote", "文书", {"理由": "密钥丢了"})
    hall.act(task, "revote", "主席", {"理由": "密钥丢了"})
    assert [row.round for row in rows(office, motions.c.round)] == [2]
    assert len(list(keys.held())) == 1 and not rows(office, sealed_ballots)
    assert task in [card.id for card in task_queries.todo(office.runtime, actor(hall, "代表1"), "mine").items]
    hall.cast(task, no=12)
    hall.act(task, "close", "主席")
    assert hall.result(matter)["议案"][0]["反对"] == 12
    report = verify(queries.file(office.runtime, actor(hall, "主席"), task))
    assert report.same, report.wrong
    with office.database.snapshot() as c:
        assert journal.verify(c).intact


def test_nobody_puts_a_lock_of_his_own_on_the_box(hall, office, keys):
    """Whoever writes into the database could read along what is sealed to a key of his; then nothing is put in."""
    matter, task = opened(hall)
    hall.cast(task, yes=3)
    [sound] = rows(office, ballots.c.sealing_key)
    own = bytes(PrivateKey.generate().public_key).hex()

    def lock(public):
        office.database.run(lambda c: c.execute(update(ballots).values(sealing_key=public)))

    lock(own)
    with refusal(Invalid, "ballot-key"):
        hall.act(task, "cast", "代表4", {"choice": "赞成"})
    lock(sound.sealing_key)
    hall.cast_by(task, hall.voters[3:], "赞成")
    hall.act(task, "close", "主席")
    assert hall.result(matter)["议案"][0]["赞成"] == 12


def test_without_a_quorum_no_box_is_opened(hall, office, keys):
    matter, task = opened(hall)
    hall.cast(task, yes=3)
    hall.act(task, "attend", "文书", {"早退": hall.ids(hall.voters[4:])})
    hall.act(task, "close", "主席")
    assert hall.result(matter)["结论"] == "未达法定人数"
    assert not rows(office, secret_ballots) and not rows(office, sealed_ballots)
    assert len(rows(office, secret_marks)) == 3 and not list(keys.held())
    report = verify(queries.file(office.runtime, actor(hall, "主席"), task))
    assert report.same, report.wrong


def test_no_secret_vote_opens_where_its_key_would_not_be_safe(hall, office, keys):
    keys.folder.mkdir(mode=0o755)
    keys.folder.chmod(0o755)
    _, task = hall.matter()
    hall.convene(task)
    with refusal(Invalid, "ballot-keys"):
        hall.open(task, hall.voters)
    assert not rows(office, ballots)


# ---------------------------------------------------------------- keys that are left behind


def test_the_worker_destroys_keys_of_votes_that_are_over(hall, office, keys):
    _, task = opened(hall)
    hall.cast(task, yes=12)
    [held] = keys.held()
    copy = (keys.folder / f"{task}.{held.public}.key").read_bytes()
    hall.act(task, "close", "主席")
    (keys.folder / f"{task}.{held.public}.key").write_bytes(copy)  # as if the machine had stopped before
    keys.make("f" * 32, office.clock.now)  # of another database
    office.worker.tick()
    assert [left.task_id for left in keys.held()] == ["f" * 32]


def test_the_key_of_an_open_vote_is_left_alone(hall, office, keys):
    _, task = opened(hall)
    [held] = keys.held()
    spare = keys.make(task, office.clock.now)  # a round that was being opened, and was not
    office.worker.tick()
    assert {left.public for left in keys.held()} == {held.public, spare}
    office.clock.move_to(office.clock.now + timedelta(hours=1))
    assert [key.public for key in operation.spent_keys(office.runtime)] == [spare]


def test_a_cancelled_matter_leaves_no_box_and_no_key(hall, office, keys):
    matter, task = opened(hall)
    hall.cast(task, yes=5)
    operations.cancel_matter(office.runtime, office["管得宽"], matter, "不办了")
    assert not rows(office, sealed_ballots)
    office.worker.tick()
    assert not list(keys.held())
    assert [row.status for row in rows(office, instances.c.status)] == ["cancelled"]
