"""What goes wrong while the clock works becomes an incident; what a person handed in is never lost silently."""

from datetime import date

import pytest
from sqlalchemy import select

from engine import operations
from engine.calendar import Year
from engine.refusal import Forbidden, Refusal
from engine.store.tables import incidents, tasks
from tests.procedures import Flow, Node, folder, form, number, step

FORMS = {"sum": form(number("数", required=True))}


def broken(timer: str = "") -> dict[str, bytes]:
    """A gateway none of whose conditions may hold."""
    end = '<timerEventDefinition id="t"><timeDuration>PT1H</timeDuration></timerEventDefinition>'
    wait = [Node("wait", "intermediateCatchEvent", "等", "报账员", body=end)] if timer else []
    way = [Flow("count", "wait"), Flow("wait", "which")] if timer else [Flow("count", "which")]
    return folder(
        "broken",
        "断头路",
        [
            Node("s", "startEvent", "开始", "报账员"),
            step("count", "点数", "报账员", "sum"),
            *wait,
            Node("which", "exclusiveGateway", "多少", "报账员"),
            Node("few", "endEvent", "少", "报账员"),
            Node("many", "endEvent", "多", "报账员"),
        ],
        [
            Flow("s", "count"),
            *way,
            Flow("which", "few", "点数.数 < 3"),
            Flow("which", "many", "点数.数 > 5"),
        ],
        FORMS,
        "报账员",
    )


@pytest.fixture
def matter(office):
    def begin(timer=""):
        operations.publish_procedure(office.runtime, None, broken(timer), "county")
        return operations.start_matter(
            office.runtime, office["报账"], "broken", "village", "点数"
        ).instance_id

    return begin


def open_incidents(office):
    with office.database.read() as c:
        return c.execute(select(incidents).where(incidents.c.resolved_at.is_(None))).all()


def test_a_step_the_procedure_cannot_go_on_from_is_refused_and_reported(office, matter):
    running = matter()
    with pytest.raises(Refusal, match="多少"):
        office.do(running, "点数", "报账", {"数": 4})
    assert office.steps(running) == ["点数"]
    assert [i.work for i in open_incidents(office)] == ["complete"]
    assert office.do(running, "点数", "报账", {"数": 9}).outcome == "多"


def test_failed_work_of_the_clock_is_tried_again_with_growing_pauses(office, matter):
    running = matter("timer")
    office.do(running, "点数", "报账", {"数": 4})
    office.wait(hours=1)
    first = open_incidents(office)[0]
    assert (first.work, first.attempts) == ("timer", 1)
    office.wait(seconds=30)
    assert open_incidents(office)[0].attempts == 1
    office.wait(minutes=1)
    assert open_incidents(office)[0].attempts == 2
    with pytest.raises(Forbidden):
        operations.retry_incident(office.runtime, office["书记"], first.id)
    operations.retry_incident(office.runtime, office["管得宽"], first.id)
    office.wait(seconds=1)
    assert open_incidents(office)[0].attempts == 3


def test_a_published_calendar_moves_the_deadlines(office):
    matter = office.filled(8000)
    before = office.task(matter, "联合审批").due_at
    holiday = Year(2026, {date(2026, 3, 4): (False, "县里放假")})
    assert operations.publish_calendar(office.runtime, None, holiday) == 1
    assert (office.task(matter, "联合审批").due_at - before).days == 1
    assert operations.publish_calendar(office.runtime, None, holiday) == 0


def test_one_failing_matter_does_not_keep_others_from_being_served(office, matter):
    office.do(matter("timer"), "点数", "报账", {"数": 4})
    office.filled(8000)
    office.wait(days=5)
    with office.database.read() as c:
        assert c.scalars(select(tasks.c.name).where(tasks.c.reminded_at.is_not(None))).all() == ["联合审批"]
