"""Who is let into the studio, and what becomes of what nobody means well by: no address answers with an error page."""

import io
import json

import pytest
from werkzeug.routing import Rule

from tests.webui.studio.conftest import Studio

FILES = {"draft_id", "name", "file"}
HALF = "\ud800"  # of a character
DEEP = '{"a":' * 50_000


def addresses(studio: Studio, draft: str) -> list[tuple[str, str]]:
    """Every method and address of the studio, filled in for this draft."""
    known = {"draft_id": draft, "unit_id": studio.world.units["county"], "key": "zhichu", "version_id": 1}
    known |= {"revision": 1, "name": "tianbao", "file": "01-small.toml"}

    def filled(rule: Rule) -> str:
        return "".join(str(known[part]) if dynamic else part for dynamic, part in rule._trace)[1:]

    rules = [rule for rule in studio.app.url_map.iter_rules() if rule.endpoint.startswith("studio.")]
    return sorted(
        (method, filled(rule)) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def test_nobody_but_a_designer_of_the_unit_gets_in(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    before = studio.draft(draft)
    everything = addresses(studio, draft)
    assert len(everything) > 60
    own = {"/studio", "/studio/new", "/studio/form-preview"}  # which say nothing of anybody's
    for who in ("书记", "管得宽", "百姓"):
        visitor = studio.visitor(who)
        for method, path in everything:
            answer = visitor.client.open(path, method=method, headers={"X-CSRF-Token": visitor.token})
            if path not in own or method != "GET":
                refused = (403, 404, 422) if method == "GET" else (302, 403, 404, 422)
                assert answer.status_code in refused, (who, method, path, answer.status_code)
            assert "支出" not in answer.text, (who, method, path)
    stranger = studio.stranger()
    for method, path in everything:
        answer = stranger.client.open(path, method=method, headers={"X-CSRF-Token": stranger.token})
        assert answer.status_code in (302, 401), (method, path, answer.status_code)
    bearer = studio.app.test_client()  # a token of the API opens no page
    for method, path in everything:
        answer = bearer.open(path, method=method, headers=studio.world.headers(studio.designer))
        assert answer.status_code in (302, 400, 401), (method, path, answer.status_code)
    assert studio.draft(draft) == before


def test_nothing_is_done_for_another_site(studio: Studio) -> None:
    draft = studio.draft_of("zhichu")
    before = studio.draft(draft)
    designer = studio.visitor(studio.designer)
    for method, path in addresses(studio, draft):
        if method != "GET":
            answer = designer.client.open(path, method=method, headers={"X-CSRF-Token": "x" * 43})
            assert answer.status_code == 400, (method, path, answer.status_code)
    assert studio.draft(draft) == before


@pytest.mark.parametrize(
    "body",
    [
        DEEP,
        "[" * 50_000,
        "9" * 9_000,
        "null",
        '"x"',
        "NaN",
        "\0",
        json.dumps({"files": {"zhichu.bpmn": HALF}, "xml": HALF, "element": "x", "name": HALF}),
        json.dumps({"files": {HALF: "x"}, "xml": "<a/>", "element": HALF, "name": "限额", "title": HALF}),
        json.dumps({"files": {"../x": "x", "a\0b": ""}, "xml": "", "element": "", "title": 5, "step": 5}),
        json.dumps(
            {"files": 5, "xml": [], "name": "x", "type": [], "default": {}, "expect": {"done_by": []}}
        ),
        json.dumps({"scenario": {"title": "x", "roster": {}, "expect": {"done_by": 5}}, "step": [5]}),
        json.dumps({"name": "x", "title": "x", "type": "integer", "default": 10**400, "seen": HALF}),
    ],
)
def test_hostile_json_is_refused_in_words(studio: Studio, body: str) -> None:
    draft = studio.draft_of("zhichu")
    designer = studio.visitor(studio.designer)
    headers = {
        "X-CSRF-Token": designer.token,
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    base = f"/studio/drafts/{draft}"
    for path in (
        *("check", "aside", "names", "parameters", "scenarios", "rehearsal/play"),
        *("scenarios/01-small.toml/title", "../../layout"),
    ):
        path = "/studio/layout" if path.startswith("..") else f"{base}/{path}"
        answer = designer.client.post(path, data=body, headers=headers)
        assert answer.status_code in (200, 400, 404, 409, 422), (path, answer.text)
        if answer.status_code != 200:
            assert answer.get_json()["error"]["message"], path


def test_a_draft_of_hostile_files_breaks_no_page(studio: Studio) -> None:
    """Nor anybody else's: forms and drafts of others are offered on their pages."""
    draft, other = studio.draft_of("zhichu"), studio.draft_of("zhichu")
    form = '{"components":[{"type":"textfield","key":"a","label":"\\udfff"}]}'
    hostile = {
        "procedure.toml": "title = 5\nlevel = []\n[parameters]\na = 1\n[parameters.b]\n"
        f'type = "integer"\ndefault = {"9" * 400}\n',
        "forms/tianbao.json": form,
        "forms/shenpi.json": "[" * 100_000,
        "scenarios/01-small.toml": "a = " + "[" * 5_000,
        "scenarios/roster.toml": f"[roster]\n报账员 = {'9' * 5000}",
    }
    stored = studio.draft(draft).stored
    designer = studio.visitor(studio.designer)
    for name, text in hostile.items():
        saved = designer.client.put(
            f"/studio/drafts/{draft}/files/{name}?seen={stored[name].digest}",
            data=text.encode(),
            headers={"X-CSRF-Token": designer.token},
        )
        assert saved.status_code == 200, (name, saved.text)
    for at in (draft, other):
        for method, path in addresses(studio, at):
            if method == "GET" and "version" not in path:
                answer = designer.get(path)
                assert answer.status_code in (200, 302, 404, 422), (path, answer.status_code)
    posted = designer.post(f"/studio/drafts/{draft}/repairs", {"everything": "1"})
    assert posted.status_code == 302
    upload = {"file": (io.BytesIO(b"PK\x03\x04"), "x.zip"), "seen": "1"}
    assert designer.post(f"/studio/drafts/{draft}/upload", upload).status_code == 422


def test_more_at_once_than_a_page_can_offer_is_said(studio: Studio) -> None:
    many = 201
    steps = "".join(
        f'<userTask id="t{n}" name="步骤{n}"/><sequenceFlow id="a{n}" sourceRef="g" targetRef="t{n}"/>'
        for n in range(many)
    )
    space = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"'
    xml = f'<definitions {space}><process id="p"><startEvent id="s"/><parallelGateway id="g"/>'
    xml += f'<sequenceFlow id="f" sourceRef="s" targetRef="g"/>{steps}</process></definitions>'
    draft = studio.draft_of("zhichu")
    designer = studio.visitor(studio.designer)
    seen = studio.draft(draft).stored["zhichu.bpmn"].digest
    headers = {"X-CSRF-Token": designer.token, "Accept": "application/json"}
    designer.client.put(
        f"/studio/drafts/{draft}/files/zhichu.bpmn?seen={seen}", data=xml.encode(), headers=headers
    )
    answer = designer.client.post(f"/studio/drafts/{draft}/rehearsal/play", json={}, headers=headers)
    assert answer.status_code == 422
    assert f"{many} 件" in answer.get_json()["error"]["message"]
