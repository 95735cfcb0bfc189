"""POST /tasks/{id}/actions/{name} for every act of every kind: who may, what is asked for, what it costs; a refusal
changes nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from engine.queries.proceedings import VIEWS
from engine.store import count_statements
from tests.consulting import asking, publishing
from tests.procedures import Node, step
from tests.webui.api.conftest import Api, problem
from tests.webui.api.village import (
    BATCH,
    FIGURES,
    MEETING,
    RATING,
    Data,
    Village,
    announcing,
    at,
    channel,
    convening,
    poll,
    three_there,
)
from webui.api.openapi import document
from webui.api.proceedings import SHAPES

# ---------------------------------------------------------------- every act


@dataclass(frozen=True)
class Done:
    """One act on the way through a step: by whom, with what. `wait` is time that passes before it."""

    who: str
    name: str
    data: Callable[[Village], Data] = field(default=lambda _: {})
    wait: timedelta = timedelta()


DAYS = timedelta(days=2, hours=12)
TOLD = [Done("主任", "convene", convening), Done("文书", "announce", announcing)]
WAYS: dict[str, tuple[list[Node], list[Done]]] = {
    "a vote by name": (
        [poll()],
        [
            *TOLD,
            Done("主任", "open", lambda v: {"到会": three_there(v), "方式": "named"}, DAYS),
            Done("代表3", "attend"),
            Done("文书", "revise", lambda _: {"motion": 1, "议案": "修路，先调地"}),
            Done("主任", "read_out", lambda _: {"motion": 1}),
            Done("代表1", "cast", lambda _: {"motion": 1, "choice": "赞成"}),
            Done("代表2", "cast", lambda _: {"motion": 1, "choice": "赞成"}),
            Done("代表3", "cast", lambda _: {"votes": [{"motion": 1, "choice": "弃权"}]}),
            Done("主任", "close"),
        ],
    ),
    "a vote on paper": (
        [poll(announce="")],
        [
            Done("主任", "convene", convening),
            Done(
                "主任",
                "open",
                lambda v: {
                    "到会": [*three_there(v), v.id("代表3")],
                    "方式": "paper",
                    "监票人": [v.id("会计")],
                    "已举手通过": True,
                },
            ),
            Done("文书", "enter_count", lambda _: FIGURES | {"motion": 1}),
            Done("会计", "confirm_count", lambda _: {"motion": 1}),
            Done("文书", "close"),
        ],
    ),
    "a meeting": (
        [step("meet", "审议", "村委会主任", kind="deliberate", outcomes="通过 不通过", **MEETING)],
        [
            *TOLD,
            Done("主任", "open", lambda v: {"到会": three_there(v)}, DAYS),
            Done("代表3", "attend"),
            Done("文书", "close", lambda _: {"结论": "通过"}),
        ],
    ),
    "a consultation": (
        [asking()],
        [
            Done("代表1", "add_opinion", lambda _: {"立场": "赞成", "内容": "好"}),
            Done("代表1", "withdraw"),
            Done("文书", "add_batch", lambda v: {"意见": BATCH, "照片": v.paper("文书")}),
            Done("主任", "close", lambda _: {"归纳": "都赞成"}),
        ],
    ),
    "a notice": (
        [publishing(shows="")],
        [
            Done("主任", "publish", channel),
            Done("文书", "add_feedback", lambda _: {"类别": "异议", "内容": "不公平"}),
            Done("主任", "answer", lambda _: {"答复": [{"采纳": "采纳"}]}),
            Done("主任", "close", wait=timedelta(days=8)),
        ],
    ),
    "an assessment": (
        [step("rate", "测评", "村委会主任", **RATING)],
        [
            Done("代表1", "rate", lambda _: {"评价": "满意"}),
            Done("代表1", "withdraw"),
            Done("文书", "add_batch", lambda v: {"满意": 2, "不满意": 1, "照片": v.paper("文书")}),
            Done("主任", "close"),
        ],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_act_asks_who_and_what(api: Api, way: str) -> None:
    steps, acts = WAYS[way]
    village = at(api, *steps)
    for act in acts:
        village.waits(act.wait)
        data = act.data(village)
        assert act.name in village.sees(act.who)["proceeding"]["acts"], "what may be done now is told"
        _asks_who(village, act.name, data)
        _asks_what(village, act, data)
        told = village.does(act.who, act.name, data)
        assert (told["id"], told["instance"]) == (village.task, village.matter)
        _keeps_to_the_description(village, act.who)
    assert told["status"] == "done"
    for act in acts:
        error = village.refuses(409, "task-done", act.who, act.name, {})
        assert "已由" in error["message"], "it says who was faster"
        village.refuses(404, "task-unknown", "外村", act.name, {})


def _asks_who(village: Village, name: str, data: Data) -> None:
    before = village.everything()
    path = f"/api/v1/tasks/{village.task}/actions/{name}"
    problem(village.api.client.post(path, json={"data": data}), 401, "unauthenticated")
    problem(village.acts("外村", name, data), 404, "task-unknown")
    error = problem(village.acts("经管", name, data), 403)
    assert error["code"] in ("not-yours", "not-on-roll")
    assert village.everything() == before


def _asks_what(village: Village, act: Done, data: Data) -> None:
    error = village.refuses(422, "form", act.who, act.name, {**data, "别的": 1})
    assert "别的" in error["fields"]
    before = village.everything()
    path = f"/tasks/{village.task}/actions/{act.name}"
    for body, at_fault in (({}, "data"), ({"data": []}, "data"), ({"data": data, "motion": 1}, "motion")):
        assert at_fault in problem(village.api.post(act.who, path, body), 422)["fields"]
    assert village.everything() == before


DESCRIBED = document("0")


def _keeps_to_the_description(village: Village, who: str) -> None:
    """What is to be seen of the step, for who acts and for who looks on; afterwards that it is done."""
    answers = DESCRIBED["paths"]["/tasks/{task_id}"]["get"]["responses"]
    for reader in (who, "文书", "经管"):
        seen = village.api.get(reader, f"/tasks/{village.task}")
        if seen.status_code != 200:
            problem(seen, 409, "task-closed")
            continue
        schema = answers["200"]["content"]["application/json"]["schema"]
        Draft202012Validator(schema | {"components": DESCRIBED["components"]}).validate(seen.get_json())


def test_the_description_explains_every_proceeding() -> None:
    schemas = DESCRIBED["components"]["schemas"]
    OpenAPIV31SpecValidator(DESCRIBED).validate()
    [*shapes, nothing] = schemas["OpenTask"]["properties"]["proceeding"]["anyOf"]
    assert len(shapes) == len(VIEWS) and nothing == {"type": "null"}
    for name, schema in schemas.items():
        if name in SHAPES:
            assert {"description"} <= schema.keys()
            assert all(part["description"] for part in schema["properties"].values()), name
        elif name != "Problem":
            assert re.search("[一-鿿]", schema["description"]), (
                f"{name} is to be explained in webui.api.proceedings"
            )


@pytest.mark.parametrize("way", WAYS)
def test_an_act_that_the_step_does_not_have(api: Api, way: str) -> None:
    village = at(api, *WAYS[way][0])
    assert "可以用" in village.refuses(422, "action-unknown", "主任", "nonsense")["message"]


def test_the_other_kinds_do_not_have_it_either(api: Api) -> None:
    [fill] = api.start()["open_tasks"]
    problem(api.post("报账", f"/tasks/{fill['id']}/actions/cast", {"data": {}}), 422, "action-unknown")
    problem(api.post("报账", f"/tasks/{'0' * 32}/actions/cast", {"data": {}}), 404, "task-unknown")


# ---------------------------------------------------------------- what it costs


@pytest.mark.parametrize(
    ("node", "name", "data"),
    [
        (poll(), "cast", {"motion": 1, "choice": "赞成"}),
        (asking(), "add_opinion", {"立场": "赞成", "内容": "好"}),
        (step("rate", "测评", "村委会主任", **RATING), "rate", {"评价": "满意"}),
    ],
)
def test_what_thousands_do_costs_the_same_for_the_last_of_them(
    api: Api, node: Node, name: str, data: Data
) -> None:
    village = at(api, node, asked=40)
    if name == "cast":
        village.opened(present=40)
    database, costs = village.api.runtime.database, []
    for number in range(1, 41):
        with count_statements(database) as acting:
            village.does(f"代表{number}", name, data)
        costs.append(len(acting))
    assert max(costs) <= 16, "\n".join(acting)
    assert len(set(costs[1:])) == 1, "the fortieth costs what the second did"


@pytest.mark.parametrize(
    "node", [poll(), asking(), publishing(shows=""), step("rate", "测评", "村委会主任", **RATING)]
)
def test_looking_at_a_step_costs_the_same_however_many_take_part(api: Api, node: Node) -> None:
    costs = []
    for asked in (3, 40):
        village = at(api, node, asked=asked)
        if node.name == "票决":
            village.opened(present=asked)
        for who in ("主任", "代表1"):
            village.sees(who)
            with count_statements(village.api.runtime.database) as looking:
                village.sees(who)
            costs.append(len(looking))
    assert costs[:2] == costs[2:] and max(costs) <= 30, costs
