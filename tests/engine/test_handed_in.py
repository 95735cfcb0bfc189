"""Whatever is handed in as TOML or JSON is read, or refused in words; what was read can be written again."""

import json

import pytest

from engine.diagram import check_folder
from engine.diagram.procedure import open_folder
from engine.handed_in import MAX_DEPTH, MAX_INTEGER, NotReadable, json_value, toml
from engine.redlines import PROCESSES

DIAGRAM = (PROCESSES / "zhichu" / "zhichu.bpmn").read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        f"a = {'9' * 5000}",
        f"a = {MAX_INTEGER + 1}",
        f"a = {'[' * 3000}{']' * 3000}",
        f"a = {'[' * MAX_DEPTH}{']' * MAX_DEPTH}",
        f"a{'.b' * 3000} = 1",
        'a = "\\u0000"',
        '"\\u0000" = 1',
        "a = nan",
        "a = -inf",
        "a = ",
        b"\xff\xfe",
    ],
)
def test_toml_nobody_can_go_on_with_is_refused(text: str | bytes) -> None:
    with pytest.raises(NotReadable):
        toml(text)
    data = text if isinstance(text, bytes) else text.encode()
    folder = open_folder({"x.bpmn": DIAGRAM, "procedure.toml": data})
    assert [one.code for one in folder.findings if one.file == "procedure.toml"][:1] == ["bad-toml"]


@pytest.mark.parametrize(
    "text",
    [
        "9" * 5000,
        str(-MAX_INTEGER - 1),
        "[" * 100_000,
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        '{"a": ' * 3000,
        '"\\ud800"',
        '{"\\udfff": 1}',
        '"\\u0000"',
        "NaN",
        "1e400",
        "",
        b"\xff",
    ],
)
def test_json_nobody_can_go_on_with_is_refused(text: str | bytes) -> None:
    with pytest.raises(NotReadable):
        json_value(text)
    data = text if isinstance(text, bytes) else text.encode()
    found = check_folder({"x.bpmn": DIAGRAM, "forms/a.json": data})
    assert any(one.code == "bad-form" and one.file == "forms/a.json" for one in found)


def test_what_is_within_the_bounds_is_read() -> None:
    deep = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert toml(f"a = {MAX_INTEGER}\nb = {deep[1:-1]}")["a"] == MAX_INTEGER
    assert json.dumps(json_value(deep)) == deep
    assert toml("\ufeffa = 1".encode()) == {"a": 1}


@pytest.mark.parametrize(
    "table",
    ['default = "P99999999999Y"', 'default = "7d"\nminimum = "9999999999999999999999d"', 'minimum = "1d"'],
)
def test_a_parameter_nobody_can_reckon_with_keeps_it_from_running(table: str) -> None:
    text = f'title = "x"\nlevel = "村"\n[parameters."限期"]\ntype = "duration"\n{table}\n'
    folder = open_folder({"x.bpmn": DIAGRAM, "procedure.toml": text.encode()})
    assert folder.procedure is None
    assert any(one.code == "bad-parameter" and one.gate == "execution" for one in folder.findings)
