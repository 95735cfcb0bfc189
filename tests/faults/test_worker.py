"""The clock's work, done by workers that come late, come twice, and die."""

import time

from tests.faults.town import Town, eventually, kill

MANY = 30


def paused(town: Town, count: int) -> list[str]:
    """Matters that wait for a moment which has passed before anybody looks."""
    from engine.operations import complete_task

    found = []
    for _ in range(count):
        instance, task = town.start("pause")
        complete_task(town.runtime, town.world.people["报账"], task, {"说明": "好了"})
        found.append(instance)
    time.sleep(1.2)
    return found


def gone_on(town: Town, matters: list[str]) -> int:
    """How many have passed the pause."""
    return sum(len(town.entries(instance, "timer")) > 0 for instance in matters)


def each_once(town: Town, matters: list[str]) -> None:
    for instance in matters:
        assert len(town.entries(instance, "timer")) == 1, "a timer fires once"
        assert town.row(instance).trail.count("rest") == 1
    town.verify()


def test_a_worker_that_was_down_over_the_date(town: Town) -> None:
    [instance] = matters = paused(town, 1)
    assert gone_on(town, matters) == 0, "nobody was there"
    with town.serve() as site:
        assert site.call("会计", "GET", "/tasks?scope=claimable")[1]["items"] == []
        with town.worker():
            eventually(lambda: gone_on(town, matters) == 1)
        [task] = site.call("会计", "GET", "/tasks?scope=claimable")[1]["items"]
        assert (task["instance"], task["name"]) == (instance, "复核")
    each_once(town, matters)


def test_two_workers_at_once(town: Town) -> None:
    matters = paused(town, MANY)
    with town.worker(), town.worker():
        eventually(lambda: gone_on(town, matters) == MANY)
        time.sleep(2.5)  # another look of both
    each_once(town, matters)


def test_a_worker_killed_at_its_work(town: Town) -> None:
    matters = paused(town, MANY)
    for n in range(1, 4):
        with town.worker() as worker:
            eventually(lambda n=n: gone_on(town, matters) >= min(5 * n, MANY), pause=0.01)
            kill(worker)
    with town.worker():
        eventually(lambda: gone_on(town, matters) == MANY)
    each_once(town, matters)


def test_missed_repetitions_become_one_with_their_number(town: Town) -> None:
    instance, _ = town.start("urging")
    time.sleep(3.5)
    with town.worker():
        first = eventually(lambda: town.entries(instance, "timer"))[0]
    assert first.detail["rounds"] >= 3, "those that were missed, as one"
    assert town.row(instance).status == "running"
    town.verify()
