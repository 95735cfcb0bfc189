"""What people without an account do, for tests: a village with households, and visitors that come from addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from engine.operations import public as operations
from engine.people.tenures import appoint
from engine.queries import public
from engine.store.tables import household_members, households, people
from tests.consulting import Square
from tests.world import SINCE

HOME = "203.0.113.7"


def settle_household(square: Square, number: str, *names: str, post: str = "") -> int:
    """A household; the first one is its head, and holds the post where one is given."""

    def settle(c: Any) -> int:
        village = square.world.units["village"]
        made = c.execute(insert(households).values(unit_id=village, number=number))
        household = int(made.inserted_primary_key[0])
        for place, name in enumerate(names):
            row = c.execute(insert(people).values(unit_id=village, name=name))
            square.world.people[name] = person = int(row.inserted_primary_key[0])
            member = {"household_id": household, "person_id": person, "is_head": place == 0}
            c.execute(insert(household_members).values(member))
            if post and place == 0:
                appoint(c, person, post, village, SINCE)
        return household

    return int(square.runtime.database.run(settle))


def code_of(square: Square, matter: str) -> str:
    found = public.code_of(square.runtime, matter)
    assert found is not None, "nothing of the matter is public"
    return found


def say(
    square: Square, matter: str, task: str, data: Mapping[str, Any], *, address: str = HOME, **more: Any
) -> Any:
    code = code_of(square, matter)
    return operations.say(square.runtime, code, task, data, address=address, **more)


def object_to(
    square: Square, matter: str, task: str, author: str = "", text: str = "路线不公平", **more: Any
) -> Any:
    data = {"类别": "异议", "内容": text} | ({"姓名": author} if author else {})
    return say(square, matter, task, data, **more)


def moderate(
    square: Square, task: str, *verdicts: str, by: str = "文书", reason: str = "与本事项无关"
) -> Any:
    """Rule on what waits, in the order it came: 采用 or 不采用."""
    waiting = [row for row in square.rows(task) if row.source == "open" and row.admitted is None]
    rows = [
        {"编号": row.id, "采用": verdict, "理由": "" if verdict == "采用" else reason}
        for row, verdict in zip(waiting, verdicts, strict=False)
    ]
    return square.act(task, "moderate", by, {"核对": rows})


def slips(square: Square, task: str, by: str = "主任") -> dict[str, str]:
    """Code by household number."""
    with square.runtime.database.read() as c:
        actor = square.runtime.actor(c, square.id(by))
    return {slip.household: slip.code for slip in public.slips(square.runtime, actor, task)}
