"""procedure.toml is written as a person would: comments, order and what nobody touched stay."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagram.toml import read_settings, with_parameter, with_settings, without_parameter
from engine.redlines import PROCESSES
from engine.refusal import Invalid

BABU = (PROCESSES / "babu" / "procedure.toml").read_bytes()
FOLDERS = sorted(path.parent.name for path in PROCESSES.glob("*/procedure.toml"))
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
NAMES = st.text("公示天数限额ab1", min_size=1, max_size=6).filter(str.isidentifier)


def comments(data: bytes) -> list[str]:
    return [line for line in data.decode().splitlines() if line.startswith("#")]


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_not_changed_stays_to_the_byte(folder: str) -> None:
    data = (PROCESSES / folder / "procedure.toml").read_bytes()
    values = read_settings(data)
    parameters = values.pop("parameters", {})
    assert with_settings(data, values) == data
    for name, table in parameters.items():
        assert with_parameter(data, name, table, name) == data


def test_one_value_is_one_line() -> None:
    table = read_settings(BABU)["parameters"]["公示天数"]
    changed = with_parameter(BABU, "公示时长", table | {"default": "8d"}, "公示天数")
    pairs = zip(BABU.decode().splitlines(), changed.decode().splitlines(), strict=True)
    different = [(before, after) for before, after in pairs if before != after]
    assert different == [
        ('[parameters."公示天数"]', '[parameters."公示时长"]'),
        ('default = "7d"', 'default = "8d"'),
    ]


def test_a_heading_outlives_the_last_parameter_before_it() -> None:
    changed = without_parameter(BABU, "投票记名")
    assert "投票记名" not in read_settings(changed)["parameters"]
    assert comments(changed) == comments(BABU)


@pytest.mark.parametrize(
    "text",
    [
        'parameters.a = {type = "integer", default = 1}\n',
        '[parameters]\na = {type = "integer", default = 1}\n',
        '[parameters]\n[parameters.a]\ntype = "integer"\ndefault = 1\n',
        "[parameters.'a']\ntype = 'integer'\ndefault = 1\n",
    ],
)
def test_every_spelling_of_a_parameter_is_understood(text: str) -> None:
    renamed = with_parameter(text.encode(), "b", {"type": "integer", "default": 2}, "a")
    assert read_settings(renamed) == {"parameters": {"b": {"type": "integer", "default": 2}}}
    assert read_settings(without_parameter(renamed, "b")).get("parameters", {}) == {}


@settings(deadline=None)  # 160 ms an example, more on a machine with much to do
@given(
    st.dictionaries(st.sampled_from(["title", "summary"]), TEXTS), st.lists(TEXTS, max_size=30), NAMES, TEXTS
)
def test_what_is_written_is_read(texts: dict[str, str], words: list[str], name: str, title: str) -> None:
    values: dict[str, Any] = {**texts, "clauses": words}
    table = {"title": title, "type": "list", "default": words}
    written = with_parameter(with_settings(BABU, values), name, table, None)
    read = tomllib.loads(written.decode())
    before = tomllib.loads(BABU.decode())
    assert read == before | values | {"parameters": before["parameters"] | {name: table}}


@pytest.mark.parametrize("data", [b"title = ", b"\xff\xfe", b"a = 1\na = 2", b"a" * 10 + b"[" * 3000])
def test_what_cannot_be_read_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Invalid, match="读不懂"):
        with_settings(data, {"title": "x"})
