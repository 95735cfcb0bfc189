"""Secret votes: who has voted and what was chosen never stand together in anything that stays.

While a round is open a mark says that somebody has voted, and a sealed paper lies in the box; the key lies outside the
database. When the round ends, all papers are opened, shuffled and written anew, the marks are written anew in the order
of the people, and the key is destroyed: in the database, its history and its backups of before and after nothing joins
a person to a paper. docs/秘密投票.md says what this does not protect against.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from engine.ballot_keys import BallotKeys, Held, KeyLost, KeysUnsafe
from engine.operations import ballot_rows
from engine.operations.acting import Act, Receipt
from engine.refusal import Invalid
from engine.runtime import Runtime
from engine.sealed_papers import Paper, PaperDamaged, new_receipt, seal, unseal
from engine.steps import balloting
from engine.steps.balloting import Ballot, Motion
from engine.store.voting import (
    ballots,
    election_rounds,
    motions,
    receipts,
    sealed_ballots,
    secret_ballots,
    secret_marks,
)

log = logging.getLogger("cunyi.ballots")
Turn = tuple[int, int]  # motion, and the turn of voting on it
FRESH = timedelta(minutes=10)  # a key without its round may belong to one that is just being opened


class Uncountable(Exception):
    """The papers cannot be opened, or are not as many as those who have voted. `why` is Chinese."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


# ---------------------------------------------------------------- opening a round, voting


def new_key(act: Act) -> str:
    """A key for the round that begins; its public half. Raises Invalid where none can be kept safe."""
    try:
        return act.runtime.ballot_keys.make(act.task.id, act.now)
    except KeysUnsafe as error:
        log.error("no secret vote can be opened: %s", error)
        message = f"现在不能开始无记名投票：{error}。请联系管理员，或改用纸质票"
        raise Invalid("ballot-keys", message) from error


def put(act: Act, row: Row[Any], choices: Sequence[tuple[Motion, Any]]) -> None:
    """Into the box, sealed, with one receipt for all that was voted at once; and a mark that this person has voted.

    Raises Invalid where the box has another lock than the one whose key lies here: somebody may have put his own on it
    in the database, to read along.
    """
    if not act.runtime.ballot_keys.holds(row.task_id, row.sealing_key):
        log.error("the key of the secret vote %s is not there; no more votes are taken", row.task_id)
        message = "票箱的密钥不在了，现在投的票打不开，所以先不收。请告诉主持人，由管理员查清楚"
        raise Invalid("ballot-key", message)
    receipt = new_receipt()
    marks, boxes = [], []
    for motion, said in choices:
        key = {"task_id": act.task.id, "motion": motion.position, "round": motion.round}
        what = {"choice": said} if isinstance(said, str) else {"chosen": tuple(said)}
        paper = Paper(**key, receipt=receipt, **what)
        marks.append(key | {"person_id": act.person_id, "meeting_id": row.meeting_id})
        boxes.append(key | {"id": uuid.uuid4().hex, "sealed": seal(row.sealing_key, paper)})
    act.c.execute(insert(secret_marks), marks)
    act.c.execute(insert(sealed_ballots), boxes)
    act.receipt = Receipt(receipt)


# ---------------------------------------------------------------- the end of a round


def open_boxes(act: Act, row: Row[Any], ballot: Ballot) -> None:
    """Count-ready: what was in the boxes is shuffled into rows of its own, and nothing joins them to anybody.

    Raises Invalid where the boxes cannot be opened; then nothing has changed, and nothing is counted.
    """
    turns = [(motion.position, motion.round) for motion in ballot.motions.values()]
    try:
        papers = _opened(act.c, act.runtime.ballot_keys, row, turns)
    except Uncountable as broken:
        log.error("the secret vote %s cannot be counted: %s", row.task_id, broken.why)
        message = f"票箱打不开，一票也没有计：{broken.why}。请先联系管理员；确实打不开的，由主持人作废重投"
        raise Invalid("ballot-box", message) from broken
    for turn in turns:
        _write(act.c, row.task_id, turn, [paper for paper in papers if (paper.motion, paper.round) == turn])
    empty(act, row)


def _opened(c: Connection, keys: BallotKeys, row: Row[Any], turns: Sequence[Turn]) -> list[Paper]:
    """Every paper, checked against its box, and all of them against the marks. Raises Uncountable."""
    boxes = c.execute(select(sealed_ballots).where(sealed_ballots.c.task_id == row.task_id)).all()
    try:
        key = keys.private(row.task_id, row.sealing_key or "")
        papers = [unseal(key, bytes(box.sealed)) for box in boxes]
    except (KeyLost, ValueError):
        raise Uncountable("开票的密钥找不到了") from None
    except PaperDamaged:
        raise Uncountable("有的票损坏了，打不开") from None
    where = [(row.task_id, box.motion, box.round) for box in boxes]
    if where != [(paper.task_id, paper.motion, paper.round) for paper in papers]:
        raise Uncountable("有的票不是这一项表决的，票箱被人动过")
    if Counter((paper.motion, paper.round) for paper in papers) != _marked(c, row.task_id, turns):
        raise Uncountable("票箱里的票数和投过票的人数不一样")
    once = {(paper.motion, paper.round, paper.receipt) for paper in papers}
    if len(once) != len(papers):
        raise Uncountable("有两张票的回执一样，票箱被人动过")
    return papers


def _marked(c: Connection, task_id: str, turns: Sequence[Turn]) -> Counter[Turn]:
    own = secret_marks.c
    query = select(own.motion, own.round, func.count()).where(own.task_id == task_id)
    rows = c.execute(query.group_by(own.motion, own.round))
    return Counter({(motion, turn): number for motion, turn, number in rows if (motion, turn) in turns})


def _write(c: Connection, task_id: str, turn: Turn, papers: list[Paper]) -> None:
    secrets.SystemRandom().shuffle(papers)
    key = {"task_id": task_id, "motion": turn[0], "round": turn[1]}
    shuffled = [
        key | {"position": place, "choice": paper.choice, "chosen": paper.chosen}
        for place, paper in enumerate(papers, 1)
    ]
    given = [key | {"receipt": receipt} for receipt in sorted(paper.receipt for paper in papers)]
    if papers:
        c.execute(insert(secret_ballots), shuffled)
        c.execute(insert(receipts), given)


def empty(act: Act, row: Row[Any]) -> None:
    """Take the boxes away and write the marks anew, in the order of the people; the key goes once this is committed."""
    act.c.execute(delete(sealed_ballots).where(sealed_ballots.c.task_id == row.task_id))
    own = secret_marks.c.task_id == row.task_id
    order = (secret_marks.c.motion, secret_marks.c.round, secret_marks.c.person_id)
    marks = [dict(mark._mapping) for mark in act.c.execute(select(secret_marks).where(own).order_by(*order))]
    act.c.execute(delete(secret_marks).where(own))
    if marks:
        act.c.execute(insert(secret_marks), marks)
    if row.sealing_key:
        act.afterwards.append(lambda: _destroy(act.runtime.ballot_keys, row.task_id, row.sealing_key))


def _destroy(keys: BallotKeys, task_id: str, public: str) -> None:
    """What cannot be removed now is tried again by the worker (`spent_keys`)."""
    try:
        keys.destroy(task_id, public)
    except OSError:
        log.exception("the key of an ended vote could not be removed; trying again")


# ---------------------------------------------------------------- a round that cannot be counted


def revote(act: Act, row: Row[Any], ballot: Ballot) -> None:
    """作废重投: the round is void, and everybody votes again in a box with a key of its own. Only where the boxes
    cannot be opened: a vote that can be counted is not thrown away. Raises Invalid.
    """
    turns = [(motion.position, motion.round) for motion in ballot.motions.values()]
    try:
        _opened(act.c, act.runtime.ballot_keys, row, turns)
    except Uncountable as broken:
        why = broken.why
    else:
        raise balloting.box_sound()
    voted = _marked(act.c, row.task_id, turns).total()
    empty(act, row)
    own = motions.c.task_id == row.task_id
    act.c.execute(update(motions).where(own).values(round=motions.c.round + 1))
    again = [
        ballot_rows.round_row(row.task_id, motion.position, motion.round + 1, motion.election)
        for motion in ballot.motions.values()
        if motion.election is not None
    ]
    if again:
        act.c.execute(insert(election_rounds), again)
    act.c.execute(update(ballots).where(ballots.c.task_id == row.task_id).values(sealing_key=new_key(act)))
    act.called_again()
    act.note(void=[motion for motion, _ in turns], papers=voted, why=why)


# ---------------------------------------------------------------- keys nobody needs any more


def spent_keys(runtime: Runtime) -> list[Held]:
    """Keys of rounds that have ended: what a crash left behind, or a matter that was cancelled while people voted."""
    try:
        held = list(runtime.ballot_keys.held())
    except OSError as error:  # the worker has more to do than this
        log.error("the keys of secret votes cannot be looked at: %s", error)
        return []
    if not held:
        return []
    query = select(ballots.c.task_id, ballots.c.status, ballots.c.sealing_key)
    with runtime.database.read() as c:
        rows = c.execute(query.where(ballots.c.task_id.in_({key.task_id for key in held}))).all()
    standing, now = {row.task_id: row for row in rows}, runtime.now()
    return [key for key in held if _is_over(standing.get(key.task_id), key, now)]


def destroy(runtime: Runtime, key: Held) -> bool:
    runtime.ballot_keys.destroy(key.task_id, key.public)
    return True


def _is_over(row: Any, held: Held, now: datetime) -> bool:
    """A key of another database, or of a vote that is just being opened here, is left alone. `row` is the ballot's."""
    if row is None or row.sealing_key == held.public:
        return False
    return bool(row.status == "closed" or now - held.made_at > FRESH)
