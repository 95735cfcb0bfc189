"""A city of the size source 001 reports, in rows: its figures are known beforehand, whatever the statistics say.

The figures of the report stand in REPORTED; the others of the year before are made up. Everything that must not count
lies among them: what was taken back, not admitted, not held, lost, or came a moment too late.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from engine.store.proceedings import meetings, opinions
from engine.store.tables import instances, parameter_sets, people, procedure_versions, tenures, units
from engine.store.voting import ballots, motions

YEAR = 2025
SPRING = datetime(YEAR, 3, 1, tzinfo=UTC)
NEW_YEAR = datetime(
    YEAR, 12, 31, 16, tzinfo=UTC
)  # midnight in the county: the first moment that does not count
REPORTED = {
    "opinions": 19280,
    "meetings": 4034,
    "resolved": 3576,
    "resolved_before": 1159,  # 2,417 fewer
    "villages": 959,
    "using": 834,
    "parties": 957,
}
BEFORE = {"opinions_before": 7031, "meetings_before": 1502}
COUNTIES = (
    "青山县",
    "云岭县",
    "临江县",
    "石门县",
    "白水市",
    "凤台市",
    "城东区",
    "城西区",
    "江北区",
    "开发区",
)
TOWNSHIPS = 71

Row = dict[str, Any]


def spread(total: int, places: int) -> list[int]:
    """`total` things over so many places, as evenly as can be."""
    return [total * (place + 1) // places - total * place // places for place in range(places)]


def build(c: Connection) -> dict[str, int]:
    """Fill an empty database; ids of units by name, and of somebody of the city's 督查室 under `""`."""
    known = _units(c)
    villages = [unit for name, unit in known.items() if name.endswith("村")]
    c.execute(
        insert(people), [{"id": 1, "unit_id": 1, "name": "统计员"}, {"id": 2, "unit_id": 1, "name": "书记"}]
    )
    c.execute(insert(tenures), list(_tenures(villages, known)))
    _matters(c, 2, villages)
    return known | {"": 1}


def _units(c: Connection) -> dict[str, int]:
    rows: list[Row] = [_unit(1, None, "市", "示范市", "/1/")]
    for place, name in enumerate(COUNTIES, 2):
        rows.append(_unit(place, 1, "县", name, f"/1/{place}/"))
    for place, number in enumerate(spread(TOWNSHIPS, len(COUNTIES)), 2):
        for _ in range(number):
            unit = len(rows) + 1
            rows.append(_unit(unit, place, "乡镇", f"第{unit}镇", f"/1/{place}/{unit}/"))
    for town, number in zip(rows[1 + len(COUNTIES) :], spread(REPORTED["villages"], TOWNSHIPS), strict=True):
        for _ in range(number):
            unit = len(rows) + 1
            rows.append(_unit(unit, town["id"], "村", f"第{unit}村", f"{town['path']}{unit}/"))
    c.execute(insert(units), rows)
    return {row["name"]: row["id"] for row in rows}


def _unit(unit: int, above: int | None, level: str, name: str, path: str) -> Row:
    return {"id": unit, "parent_id": above, "level": level, "code": f"u{unit}", "name": name, "path": path}


def _tenures(villages: list[int], known: dict[str, int]) -> Iterator[Row]:
    def held(post: str, unit: int, person: int = 2, **more: Any) -> Row:
        return {
            "person_id": person,
            "unit_id": unit,
            "post": post,
            "starts_on": date(2020, 1, 1),
            "ends_on": None,
        } | more

    yield held("督查室", known["示范市"], 1)
    for unit, has in zip(villages, spread(REPORTED["parties"], len(villages)), strict=True):
        yield held("村党组织书记", unit, **({} if has else {"ends_on": date(YEAR, 12, 30)}))
    for name, unit in known.items():
        if name.endswith("镇"):
            yield held("镇党委书记", unit)


def _matters(c: Connection, person: int, villages: list[int]) -> None:
    """One matter a village that uses it; of the others some had one that ended the year before."""
    c.execute(insert(parameter_sets).values(id=1, digest="0", values={}))
    c.execute(
        insert(procedure_versions).values(
            id=1, unit_id=1, key="babu", version=1, title="八步工作法", level="村", digest="0", content=b"",
            published_at=SPRING,
        )
    )  # fmt: skip
    using = [
        unit for unit, has in zip(villages, spread(REPORTED["using"], len(villages)), strict=True) if has
    ]
    idle = [unit for unit in villages if unit not in set(using)]
    ended = {
        "started_at": SPRING - timedelta(days=400),
        "ended_at": NEW_YEAR - timedelta(days=365, microseconds=1),
    }
    rows = [matter(person, unit, started_at=SPRING - timedelta(days=unit % 3 * 200)) for unit in using]
    rows += [matter(person, unit, **ended) for unit in idle[::2]]
    rows += [matter(person, unit, started_at=NEW_YEAR) for unit in idle[1::2]]
    c.execute(insert(instances), rows)
    _meetings(c, person, using)
    c.execute(insert(opinions), list(_opinions(using)))


def matter(person: int, unit: int, **more: Any) -> Row:
    """A row of `instances`."""
    return {
        "id": matter_of(unit), "number": f"N{unit}", "version_id": 1, "closure": {}, "process_id": "babu",
        "parameter_set_id": 1, "unit_id": unit, "title": "修路", "status": "running", "started_by": person,
        "started_at": SPRING, "ended_at": None, "revision": 1, "journal_seq": 0, "journal_hash": "",
        "trail": [], "state": b"",
    } | more  # fmt: skip


def matter_of(unit: int) -> str:
    return f"i{unit}"


def _meetings(c: Connection, person: int, using: list[int]) -> None:
    """Assemblies that were held with what passed there, and all that is none of them."""
    held: list[Row] = []
    voted: list[Row] = []
    said: list[Row] = []
    for year, number, passed in (
        (0, REPORTED["meetings"], REPORTED["resolved"]),
        (1, BEFORE["meetings_before"], REPORTED["resolved_before"]),
    ):
        places = (
            unit for unit, times in zip(using, spread(number, len(using)), strict=True) for _ in range(times)
        )
        for unit, wins in zip(places, spread(passed, number), strict=True):
            row = _meeting(person, unit, len(held), SPRING - timedelta(days=365 * year))
            held.append(row)
            voted.append(_ballot(row))
            said += [_motion(row, place, place < wins) for place in range(wins + 1)]  # the last one is lost
    for unit in using[::5]:
        for more in (
            {"status": "inquorate"},
            {"status": "cancelled"},
            {"name": "支委会会议"},
            {"starts_at": NEW_YEAR},
        ):
            held.append(_meeting(person, unit, len(held), SPRING) | more)
    voted.append(_ballot(held[-2]))  # a committee that voted: nothing the assembly resolved
    said.append(_motion(held[-2], 0, True))
    for table, rows in ((meetings, held), (ballots, voted), (motions, said)):
        c.execute(insert(table), rows)


def _meeting(person: int, unit: int, number: int, at: datetime) -> Row:
    return {
        "id": f"m{number}", "unit_id": unit, "name": "村民代表会议", "place": "村部", "starts_at": at, "status": "held",
        "chair_id": person, "terms": {}, "needs_announcement": False, "channels": [], "evidence": [], "guests": [],
        "convened_by": person, "convened_at": at, "papers": [],
    }  # fmt: skip


def _ballot(meeting: Row) -> Row:
    return {
        "task_id": meeting["id"], "instance_id": matter_of(meeting["unit_id"]), "element_id": "vote",
        "meeting_id": meeting["id"], "method": "paper", "status": "closed", "scrutineers": [],
        "opened_at": meeting["starts_at"], "closed_at": meeting["starts_at"],
    }  # fmt: skip


def _motion(meeting: Row, place: int, passed: bool) -> Row:
    return {
        "task_id": meeting["id"], "position": place + 1, "text": "修路", "original": "修路", "round": 1,
        "passed": passed,
    }  # fmt: skip


def _opinions(using: list[int]) -> Iterator[Row]:
    number = 0
    for at, total in (
        (NEW_YEAR - timedelta(microseconds=1), REPORTED["opinions"]),
        (SPRING - timedelta(days=365), BEFORE["opinions_before"]),
    ):
        for unit, times in zip(using, spread(total, len(using)), strict=True):
            for _ in range(times):
                number += 1
                admitted = {"source": "open", "admitted": True} if number % 10 == 0 else {}
                yield _opinion(unit, number, at) | admitted
    for unit in using[::4]:
        for more in (
            {"withdrawn_at": SPRING},
            {"source": "open"},
            {"source": "open", "admitted": False},
            {"at": NEW_YEAR},
        ):
            number += 1
            yield _opinion(unit, number, SPRING) | more


def _opinion(unit: int, number: int, at: datetime) -> Row:
    return {
        "id": f"o{number:07}", "task_id": f"t{unit}", "instance_id": matter_of(unit), "element_id": "ask",
        "content": "早该修了", "single": False, "evidence": [], "salt": "", "at": at, "withdrawn_at": None,
        "source": "account", "admitted": None,
    }  # fmt: skip
