"""Through the API as on the pages: signing in with the code of the hall, signing minutes, the seal and filings."""

from typing import Any

import pytest

from engine.clock import VirtualClock
from engine.operations import arrivals
from engine.store import Database
from tests.voting import Hall
from tests.webui.api.conftest import Api, problem
from webui.api.openapi import document


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One database is enough: the operations are tested on both."""
    return sqlite_database


@pytest.fixture
def hall(api: Api) -> Hall:
    return Hall(api.runtime, api.world, 6)


def test_signing_in_and_signing_the_minutes(api: Api, hall: Hall, photo: bytes) -> None:
    _, task = hall.matter("修路")
    hall.convene(task)
    hall.open(task, hall.voters[:5])
    shown = api.get("主席", f"/tasks/{task}").get_json()["proceeding"]["meeting"]
    meeting, late = f"/meetings/{shown['id']}", hall.voters[5]
    now = arrivals.code(api.runtime, shown["id"])
    problem(api.post(late, f"{meeting}/arrive", {"code": "guessed"}), 422, "code-expired")
    problem(api.post("外村", f"{meeting}/arrive", {"code": now}), 404, "not-on-roll")
    problem(api.get("主席", f"{meeting}/minutes"), 404, "minutes-unknown")
    arrived = api.post(late, f"{meeting}/arrive", {"code": now})
    assert arrived.status_code == 200 and arrived.get_json() == {"meeting": shown["id"], "task": task}
    hall.cast(task, yes=6)
    hall.act(task, "close", "主席", {"纪要": "都赞成。"})
    read = api.get(late, f"{meeting}/minutes").get_json()
    assert (read["words"], read["role"], read["has_signed"]) == ("都赞成。", "参加", False)
    drawn = api.upload(late, photo, "签名.jpg")["id"]
    problem(api.post(late, f"{meeting}/sign", {"seen": "0" * 64, "files": [drawn]}), 409)
    signed = api.post(late, f"{meeting}/sign", {"seen": read["digest"], "files": [drawn]})
    assert signed.status_code == 200, signed.text
    assert [one["name"] for one in signed.get_json()["signatures"]] == [late]
    problem(api.post("外村", f"{meeting}/sign", {"seen": read["digest"], "files": [drawn]}), 404)


def test_the_seal_and_a_filing_with_its_receipt(
    api: Api, hall: Hall, photo: bytes, clock: VirtualClock
) -> None:
    matter, _ = hall.matter("修路")
    proof, today = api.upload("文书", photo, "盖章.jpg")["id"], api.runtime.today().isoformat()
    use: dict[str, Any] = {"document": "决议", "seal": "村民委员会印章", "copies": 2, "approved_by": "主任"}
    path = f"/instances/{matter}/seal_uses"
    assert set(problem(api.post("文书", path, use | {"used_on": "2026-3-5  "}), 422)["fields"]) == {"used_on"}
    assert set(problem(api.post("文书", path, use | {"used_on": "2999-01-01"}), 422)["fields"]) == {"used_on"}
    assert api.post("文书", path, use | {"used_on": today, "files": [proof]}).status_code == 201
    problem(api.post("外村", path, use | {"used_on": today}), 404)
    sent = {"document": "决议", "authority": "清溪镇人民政府", "sent_on": today}
    filed = api.post("文书", f"/instances/{matter}/filings", sent)
    assert filed.status_code == 201, filed.text
    receipt = f"/filings/{filed.get_json()['id']}/receipt"
    early = problem(api.post("文书", receipt, {"received_on": "2020-01-01"}), 422)
    assert set(early["fields"]) == {"received_on"}
    assert api.post("文书", receipt, {"received_on": today, "number": "备 12"}).status_code == 200
    problem(api.post("文书", receipt, {"received_on": today}), 409, "received")


def test_every_field_of_them_is_explained() -> None:
    described = document("0")["components"]["schemas"]
    for shape in ("Arrival", "Signing", "NewSealUse", "NewFiling", "NewReceipt"):
        assert all(field.get("description") for field in described[shape]["properties"].values()), shape
