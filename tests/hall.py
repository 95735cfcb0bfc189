"""Thirty delegates in the village of `tests.world`, and small procedures that are nothing but a meeting."""

from itertools import pairwise

from sqlalchemy import Connection, insert

from engine.store.tables import accounts, people, registrations
from tests.procedures import Flow, Node, folder, form, step, text
from tests.world import SINCE, World

DELEGATES = 30
CHAIR = "村委会主任"


def procedure(key: str, **properties: str) -> dict[str, bytes]:
    """A meeting 开会审议, then 落实; both are 主任's."""
    nodes = [
        Node("start", "startEvent", "开始", CHAIR),
        step("meet", "开会审议", CHAIR, kind="deliberate", key="审议", meeting="村民代表会议", **properties),
        step("after", "落实", CHAIR, "plain"),
        Node("done", "endEvent", "办结", CHAIR),
    ]
    flows = [Flow(one.id, other.id) for one, other in pairwise(nodes)]
    forms = {"plain": form(text("说明")), "more": form(text("初步议案", required=True))}
    return folder(key, "开一次会", nodes, flows, forms, CHAIR)


FULL = procedure(
    "full", announce="yes", quorum="至少 2/3 应到", roll="村民代表", form="more", outcomes="通过 不通过"
)
NOTED = procedure("noted", roll="村民代表", guests="论证专家")


def enrol(c: Connection, world: World, number: int = DELEGATES) -> list[int]:
    """代表1, 代表2, …: on the village's register; their ids."""
    village, ids = world.units["village"], []
    for each in range(1, number + 1):
        row = c.execute(insert(people).values(unit_id=village, name=f"代表{each}"))
        world.people[f"代表{each}"] = int(row.inserted_primary_key[0])
        ids.append(world.people[f"代表{each}"])
        account = {"person_id": ids[-1], "login": f"p{ids[-1]}", "password_hash": "-", "generation": 0}
        c.execute(insert(accounts).values(**account))
    held = {"register": "村民代表", "unit_id": village, "starts_on": SINCE}
    c.execute(insert(registrations), [{**held, "person_id": person} for person in ids])
    return ids
