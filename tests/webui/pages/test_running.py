"""What those who run it look at, and what a phone has to load."""

import json
import logging
import re

import pytest

from tests.webui.pages.conftest import Site
from webui.logs import Lines

FIRST, AFTER = 150 * 1024, 20 * 1024  # bytes on the wire


def test_the_list_is_light_on_a_phone(site: Site) -> None:
    for number in range(35):
        site.start(f"第 {number} 件不大不小、名字写得老长的事，好让每一张卡片都满满当当")
    visitor, gzip = site.visitor("报账"), {"Accept-Encoding": "gzip"}
    page = visitor.get("/tasks", headers=gzip)
    assert page.headers["Content-Encoding"] == "gzip"
    plain = visitor.get("/tasks").text
    assert plain.count('class="card task') == 30 and "下一页" in plain
    own = len(page.data) + sum(len(f"{k}: {v}") for k, v in page.headers)
    assert own <= AFTER
    assets = re.findall(r'(?:href|src)="(/static/build/[^"]+)"', plain)
    loaded = [visitor.get(path, headers=gzip) for path in assets]
    assert own + sum(len(answer.data) for answer in loaded) <= FIRST
    assert all("immutable" in answer.headers["Cache-Control"] for answer in loaded)


def test_following_pages_repeat_and_skip_nothing(site: Site) -> None:
    for number in range(65):
        site.start(f"事 {number}")
    seen: list[str] = []
    path = "/tasks?scope=mine"
    while path:
        page = site.visitor("报账").get(path).text
        seen += re.findall(r'href="/tasks/([0-9a-f]{8,})"', page)
        onwards = re.search(r'href="([^"]+cursor=[^"]+)"', page)
        path = onwards[1].replace("&amp;", "&") if onwards else ""
    assert len(seen) == len(set(seen)) == 65


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "bnVsbA", "%00", "W251bGwsbnVsbF0"])
def test_a_made_up_cursor_is_refused(site: Site, cursor: str) -> None:
    for path in ("/tasks?scope=mine", "/tasks?scope=done", "/matters?scope=all"):
        assert site.visitor("报账").get(f"{path}&cursor={cursor}").status_code == 422


def test_an_unknown_tab_is_refused(site: Site) -> None:
    assert site.visitor("报账").get("/tasks?scope=nothing").status_code == 422
    assert site.visitor("报账").get("/matters?scope=nothing").status_code == 422


def test_health(site: Site) -> None:
    stranger = site.stranger()
    assert stranger.get("/healthz").text == "ok\n"
    assert stranger.get("/readyz").status_code == 200


def test_metrics_for_this_machine_only(site: Site) -> None:
    site.filled()
    text = site.stranger().get("/metrics").text
    assert re.search(r"^cunyi_open_tasks 1$", text, re.M)
    assert 'cunyi_requests_total{method="POST",status="302"}' in text
    far = site.app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert far.status_code == 404


def test_log_lines_are_json_without_personal_data(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    matter = site.filled(title="很私密的事")
    with caplog.at_level(logging.INFO, "cunyi.request"):
        answer = site.visitor("报账").get(
            f"/matters/{matter}?q=很私密的事", headers={"X-Request-ID": "abc-12345"}
        )
    line = Lines().format(caplog.records[-1])
    assert json.loads(line)["route"] == "/matters/<instance_id>"
    assert json.loads(line)["request"] == "abc-12345" == answer.headers["X-Request-ID"]
    assert matter not in line and "私密" not in line


def test_a_forged_request_id_is_replaced(site: Site) -> None:
    answer = site.stranger().get("/healthz", headers={"X-Request-ID": 'x" , "level": "'})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])
