"""When a field appears: read into rows and written again, and the product hides by it what the rows say."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from engine.forms import hidden
from engine.redlines import PROCESSES

ROOT = Path(__file__).parents[3]
SCRIPT = """
import { hideOf, renamed, rowsOf } from './webui/assets/studio/formconditions.js';
const { texts, rows, names } = JSON.parse(await new Response(process.stdin).text());
console.log(JSON.stringify({
  back: texts.map((text) => { const found = rowsOf(text); return found && hideOf(found); }),
  hides: rows.map(hideOf),
  again: rows.map((each) => rowsOf(hideOf(each))),
  renamed: names.map(([text, before, after]) => renamed(text, before, after)),
}));
"""


def asked(**questions: Any) -> dict[str, list[Any]]:
    places = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    found = shutil.which("node", path=places)
    assert found is not None
    command = [found, "--input-type=module", "-e", SCRIPT]
    body = json.dumps({"texts": [], "rows": [], "names": []} | questions)
    done = subprocess.run(command, cwd=ROOT, input=body, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    answer: dict[str, list[Any]] = json.loads(done.stdout)
    return answer


def conditions(component: Any) -> list[str]:
    own = (component.get("conditional") or {}).get("hide")
    inside = [text for each in component.get("components", []) for text in conditions(each)]
    return [*([own] if own else []), *inside]


def test_every_shipped_condition_comes_back_as_it_was() -> None:
    forms = [json.loads(path.read_text("utf-8")) for path in PROCESSES.glob("*/forms/*.json")]
    texts = sorted({text for form in forms for text in conditions(form)})
    back = asked(texts=texts)["back"]
    assert [after for after in back if after] == [
        text for text, after in zip(texts, back, strict=True) if after
    ]
    alone = [text for text, after in zip(texts, back, strict=True) if after is None]
    assert all("(" in text for text in alone), alone


def test_rows_hide_what_they_do_not_show() -> None:
    row = {"key": "结论", "operator": "=", "value": "同意 or 不"}
    other = {"key": "人数", "operator": ">=", "value": 3}
    tick = {"key": "加急", "operator": "=", "value": True}
    rows = [
        {"all": True, "rows": [row]},
        {"all": True, "rows": [row, other]},
        {"all": False, "rows": [row, other]},
        {"all": True, "rows": [tick]},
    ]
    answer = asked(rows=rows)
    assert answer["again"] == rows
    fits = {"结论": "同意 or 不", "人数": 3, "加急": True}
    misses = {"结论": "别的", "人数": 2, "加急": False}
    half = fits | {"人数": 2}
    shown = [
        [not hidden({"conditional": {"hide": hide}}, data) for data in (fits, misses, half)]
        for hide in answer["hides"]
    ]
    assert shown == [[True, False, True], [True, False, False], [True, False, True], [True, False, True]]


def test_what_does_not_come_apart_and_names_in_quotes_stay() -> None:
    texts = ['=a = "x" and b = 1 or c = 2', "=not(a)", "=(a = 1)", "=a + 1 = 2", '=a = "x', "=a.b = 1"]
    names = [['=结论 != "结论" and this.结论 = 结论书', "结论", "果"]]
    answer = asked(texts=texts, names=names)
    assert answer["back"] == [None] * len(texts)
    assert answer["renamed"] == ['=果 != "结论" and this.果 = 结论书']
