"""A matter as data: its whole way, however long, without what was taken back."""

from datetime import timedelta

from engine import operations
from engine.queries.record import record
from tests.engine.operations.conftest import Office


def test_the_whole_way_of_a_long_matter(database):
    office = Office(database)
    matter = office.filled(8000)
    for _ in range(25):
        office.do(matter, "联合审批", "书记", {"结论": "有疑问", "说明": "为什么？"})
        office.do(matter, "填报支出", "报账", office.spending(8000))
    operations.withdraw_step(office.runtime, office["报账"], matter)
    office.clock.move_to(office.clock.now + timedelta(minutes=1))
    with database.read() as c:
        reporter = office.runtime.actor(c, office["报账"])
    done = record(office.runtime, reporter, matter)
    assert done.trail.count("tianbao") == 25  # 26 times handed in, the last one taken back
    assert done.trail.count("lianhe") == 25
    assert done.trail[0] == "kaishi"
