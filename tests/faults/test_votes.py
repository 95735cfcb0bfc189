"""Many vote at the same moment, on two server processes: everybody is counted once, and nobody after the end."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.ballot_keys import BallotKeys
from engine.queries import ballots as queries
from engine.recount import verify
from engine.store.proceedings import meeting_members
from engine.store.voting import ballots, receipts, sealed_ballots, secret_marks, votes
from tests.faults.town import Answer, Site, Town, at_once, eventually
from tests.voting import Hall, figures

VOTERS, ROUNDS = 12, 3


def cast(site: Site, who: str, task: str, choice: str = "赞成") -> Answer:
    return site.call(who, "POST", f"/tasks/{task}/actions/cast", {"data": {"motion": 1, "choice": choice}})


def act(site: Site, who: str, task: str, name: str, data: object) -> Answer:
    return site.call(who, "POST", f"/tasks/{task}/actions/{name}", {"data": data})


def open_vote(hall: Hall, **data: object) -> tuple[str, str]:
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, hall.voters, **data)
    return matter, task


def test_everybody_votes_twice_at_once(town: Town) -> None:
    hall = Hall(town.runtime, town.world, VOTERS)
    with town.serve() as site:
        for _ in range(ROUNDS):
            _, task = open_vote(hall)
            calls = [
                lambda who=who, choice=choice, task=task: cast(site, who, task, choice)
                for who in hall.voters
                for choice in ("赞成", "反对")
            ]
            answers = at_once(calls)
            assert sorted({status for status, _ in answers}) == [200, 409], answers
            assert sum(status == 200 for status, _ in answers) == VOTERS
            assert hall.votes(task) == VOTERS
    town.verify()


def test_a_vote_at_the_moment_of_the_end_is_counted_or_refused(town: Town) -> None:
    hall = Hall(town.runtime, town.world, VOTERS)
    with town.serve() as site:
        for _ in range(ROUNDS):
            matter, task = open_vote(hall)
            for who in hall.voters[:4]:
                assert cast(site, who, task)[0] == 200
            calls = [lambda who=who, task=task: cast(site, who, task) for who in hall.voters[4:]]
            calls.insert(4, lambda task=task: act(site, "主席", task, "close", {}))
            answers = at_once(calls)
            assert {status for status, _ in answers} <= {200, 404, 409}, answers
            assert answers[4][0] == 200
            heard = 4 + sum(status == 200 for status, _ in answers) - 1
            [motion] = hall.result(matter)["议案"]
            assert motion["赞成"] == hall.votes(task) == heard
    town.verify()


def test_the_end_comes_once(town: Town) -> None:
    hall = Hall(town.runtime, town.world, VOTERS)
    with town.serve() as site:
        matter, task = open_vote(hall)
        hall.cast(task, yes=VOTERS)
        answers = at_once([lambda who=who: act(site, who, task, "close", {}) for who in ("主席", "文书") * 2])
        assert sorted(status for status, _ in answers)[0] == 200
        assert sum(status == 200 for status, _ in answers) == 1, answers
        assert len(town.entries(matter, "close")) == 1
    town.verify()


def test_who_votes_is_not_marked_absent_at_the_same_moment(town: Town) -> None:
    hall = Hall(town.runtime, town.world, VOTERS)
    with town.serve() as site:
        _, task = open_vote(hall)
        calls = []
        for who in hall.voters[:6]:
            calls.append(lambda who=who: cast(site, who, task))
            calls.append(
                lambda who=who: act(site, "文书", task, "attend", {"未到": [town.world.people[who]]})
            )
        answers = at_once(calls)
        assert {status for status, _ in answers} <= {200, 403, 422}, answers
        for voting, marking in zip(answers[::2], answers[1::2], strict=True):
            assert voting[0] != 200 or marking[0] != 200, (voting, marking)
    voted = select(votes.c.person_id).where(votes.c.task_id == task)
    gone = select(meeting_members.c.person_id).where(
        meeting_members.c.attendance == "absent", meeting_members.c.person_id.in_(voted)
    )
    assert not town.runtime.database.look(lambda c: c.execute(gone).all())
    town.verify()


def test_a_count_is_confirmed_once(town: Town) -> None:
    hall = Hall(town.runtime, town.world, VOTERS)
    right = figures(发出=12, 收回=12, 有效=12, 赞成=12, 反对=0, 弃权=0)
    with town.serve() as site:
        matter, task = open_vote(hall, 方式="paper")
        hall.act(task, "enter_count", "文书", right)
        calls = [lambda: act(site, "监督", task, "confirm_count", {"结束": True})] * 2
        calls += [lambda: act(site, "文书", task, "enter_count", right)] * 2
        answers = at_once(calls)
        assert {status for status, _ in answers} <= {200, 404, 409, 422}, answers
        assert sum(status == 200 for status, _ in answers[:2]) == 1, answers
        assert len(town.entries(matter, "confirm_count")) == 1
        status = select(ballots.c.status).where(ballots.c.task_id == task)
        assert town.runtime.database.look(lambda c: c.scalar(status)) == "closed"
    town.verify()


# ---------------------------------------------------------------- in secret


@pytest.fixture
def hall(town: Town, tmp_path: Path) -> Hall:
    """The server's processes and this one share the folder of keys."""
    town.runtime.ballot_keys = BallotKeys(tmp_path / "ballot-keys")
    return Hall(town.runtime, town.world, VOTERS, method="phone", secrecy="secret")


def number(town: Town, table: object) -> int:
    return int(town.runtime.database.look(lambda c: c.scalar(select(func.count()).select_from(table))) or 0)


def test_everybody_votes_twice_at_once_in_secret(town: Town, hall: Hall) -> None:
    with town.serve() as site:
        matter, task = open_vote(hall)
        calls = [
            lambda who=who, choice=choice: cast(site, who, task, choice)
            for who in hall.voters
            for choice in ("赞成", "反对")
        ]
        answers = at_once(calls)
        assert sorted({status for status, _ in answers}) == [200, 409], answers
        given = {answer["receipt"] for status, answer in answers if status == 200}
        assert len(given) == VOTERS == number(town, secret_marks) == number(town, sealed_ballots)
        assert act(site, "主席", task, "close", {})[0] == 200
    report = verify(town.runtime.database.look(lambda c: queries.published(c, task)) or b"")
    assert report.same and report.receipts == given
    [motion] = hall.result(matter)["议案"]
    assert motion["赞成"] + motion["反对"] == VOTERS
    assert not list(town.runtime.ballot_keys.held())
    town.verify()


def test_a_secret_vote_at_the_moment_of_the_end_is_counted_or_refused(town: Town, hall: Hall) -> None:
    with town.serve() as site:
        matter, task = open_vote(hall)
        for who in hall.voters[:4]:
            assert cast(site, who, task)[0] == 200
        calls = [lambda who=who: cast(site, who, task) for who in hall.voters[4:]]
        calls[4:4] = [lambda: act(site, "主席", task, "close", {})] * 2
        answers = at_once(calls)
        assert {status for status, _ in answers} <= {200, 404, 409}, answers
        closings = answers[4:6]
        assert sum(status == 200 for status, _ in closings) == 1, answers
    heard = 4 + sum(status == 200 for status, _ in answers) - 1
    [motion] = hall.result(matter)["议案"]
    assert motion["赞成"] == heard == number(town, secret_marks) == number(town, receipts)
    assert number(town, sealed_ballots) == 0
    town.verify()


def test_a_key_that_outlived_its_vote_is_destroyed_by_the_worker(town: Town, hall: Hall) -> None:
    """As if the process had been killed between the commit and the end of the key."""
    _, task = open_vote(hall)
    hall.cast(task, yes=VOTERS)
    [path] = town.runtime.ballot_keys.folder.iterdir()
    content = path.read_bytes()
    hall.act(task, "close", "主席")
    path.write_bytes(content)
    with town.worker():
        eventually(lambda: not path.exists())
    town.verify()
