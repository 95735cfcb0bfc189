"""Conditions are read into rows and written again without a change in meaning; what is no rows is left alone."""

import ast
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.diagram import load_folder
from engine.expressions import parse
from engine.redlines import PROCESSES
from engine.setting_up import read_files

ROOT = Path(__file__).parents[3]
SCRIPT = """
import { readCondition, writeCondition } from './webui/assets/studio/panel/rows.js';
const asked = JSON.parse(await new Response(process.stdin).text());
console.log(JSON.stringify(asked.map((one) => {
  const rows = typeof one === 'string' ? readCondition(one) : one;
  return rows && { rows, text: writeCondition(rows), again: readCondition(writeCondition(rows)) };
})));
"""


def rows(asked: list[Any]) -> list[Any]:
    """What the panel makes of each: a text is read and written, rows are written and read again."""
    places = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    found = shutil.which("node", path=places)
    assert found is not None
    command = [found, "--input-type=module", "-e", SCRIPT]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(asked), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    answer: list[Any] = json.loads(done.stdout)
    return answer


def meaning(text: str) -> str:
    return ast.dump(parse(text))


def test_every_shipped_condition_comes_back_as_it_was() -> None:
    folders = [folder for folder in PROCESSES.iterdir() if folder.is_dir()]
    nodes = [node for folder in folders for node in load_folder(read_files(folder)).diagram.walk()]
    texts = sorted(
        {flow.condition.text for node in nodes for flow in node.outgoing if flow.condition is not None}
    )
    answers = dict(zip(texts, rows(texts), strict=True))
    for text, answer in answers.items():
        if answer is not None:
            assert meaning(answer["text"]) == meaning(text), text
    alone = [text for text, answer in answers.items() if answer is None]
    assert all("(" in text or ">" in text for text in alone), alone
    assert len(alone) < len(texts) / 10


@pytest.mark.parametrize(
    "text",
    [
        "a + 1 > 2",
        "a.b == 1 and b.c == 2 or c.d == 3",
        "(a.b == 1)",
        "not (a.b)",
        "a.b in c.d",
        "a.b == c.d",
        "a.b in [1, 2]",
        "a.b == true",
        "1 < a.b < 3",
        "a[0] == 1",
        "sum(a.b) > 1",
        "a.b ==",
        "and",
        "a.b == “没有写完",
    ],
)
def test_what_is_no_list_of_rows_stays_a_text(text: str) -> None:
    assert rows([text]) == [None]


@pytest.mark.parametrize(
    ("text", "count", "any_of"),
    [
        ("支出.金额 >= 大额标准", 1, False),
        ("not 任务.热点", 1, False),
        ("len(方案.事项清单) > 3 and 议题.结论 == “列为 and 议题”", 2, False),
        ("a.b in ['甲', \"乙\"] or c.d != 2.5", 2, True),
        ("a.b == -1", 1, False),
    ],
)
def test_what_is_shown_as_rows(text: str, count: int, any_of: bool) -> None:
    (answer,) = rows([text])
    assert (len(answer["rows"]["rows"]), answer["rows"]["any"]) == (count, any_of)
    assert meaning(answer["text"]) == meaning(text)


NAMES = st.from_regex(r"[甲乙丙a-z][甲乙丙a-z0-9]{0,3}", fullmatch=True).filter(
    lambda name: name not in {"and", "or", "in", "not", "true", "null", "none", "is", "if", "as"}
)
PATHS = st.lists(NAMES, min_size=2, max_size=3).map(".".join)
TEXTS = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=8)
VALUES = st.one_of(TEXTS, st.integers(-1000, 1000))
ROWS = st.one_of(
    st.builds(
        lambda path, sign, value: {"path": path, "is": sign, "value": value},
        PATHS,
        st.sampled_from(["==", "!=", ">=", "<"]),
        VALUES,
    ),
    st.builds(
        lambda path, value: {"path": path, "is": "in", "value": value},
        PATHS,
        st.lists(TEXTS, min_size=1, max_size=3),
    ),
    st.builds(
        lambda path, way: {"path": path, "is": way, "value": ""}, PATHS, st.sampled_from(["yes", "no"])
    ),
)
CONDITIONS = st.builds(
    lambda every, any_of: {"any": any_of and len(every) > 1, "rows": every},
    st.lists(ROWS, min_size=1, max_size=3),
    st.booleans(),
)


@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(CONDITIONS, min_size=20, max_size=20))
def test_rows_are_read_as_they_were_written(conditions: list[dict[str, Any]]) -> None:
    """Whatever is typed into the builder, quotes and all, the engine can read, and the builder shows it again."""
    for asked, answer in zip(conditions, rows(conditions), strict=True):
        assert answer["again"] == asked, answer["text"]
        meaning(answer["text"])
