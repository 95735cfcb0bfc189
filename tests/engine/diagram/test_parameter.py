"""Parameters: each type's values and bounds."""

import pytest

from engine.diagram.parameter import Parameter, read_parameter


@pytest.mark.parametrize(
    ("settings", "good", "bad"),
    [
        ({"type": "number", "minimum": 0}, [0, 1.5, 10**9], [-1, "1", True, None, float("nan"), 1e300]),
        ({"type": "integer", "minimum": 1, "maximum": 9}, [1, 9], [0, 10, 1.0, "1", True]),
        ({"type": "money", "maximum": 100}, [0, 99.99, 100], [-1, 100.01, 0.001, "5"]),
        (
            {"type": "duration", "minimum": "1d", "maximum": "10wd"},
            ["3wd", "P7D", "1d"],
            ["0d", "11wd", "x", 3],
        ),
        ({"type": "choice", "choices": ("是", "否")}, ["是"], ["也许", "", 1, None]),
        (
            {"type": "fraction", "minimum": "1/2", "maximum": "1/1"},
            ["2/3", "1/2"],
            ["1/3", "3/2", "0.5", "1/0", 0.5],
        ),
        (
            {"type": "list", "maximum": 2},
            [[], ["副书记"]],
            ["副书记", ["a", "a"], ["a b"], [1], ["a", "b", "c"]],
        ),
        ({"type": "list", "choices": ("甲", "乙")}, [["甲"]], [["丙"]]),
    ],
)
def test_values(settings, good, bad):
    parameter = Parameter("x", "某数", **settings)
    assert [value for value in good if parameter.problem(value)] == []
    assert [value for value in bad if not parameter.problem(value)] == []


def test_bounds_are_said_in_words():
    parameter = Parameter("x", "大额标准", "money", minimum=500, maximum=50000, unit="元")
    assert parameter.problem(100) == "不能小于 500 元"
    assert parameter.problem(60000) == "不能大于 50,000 元"
    assert Parameter("x", "期限", "duration", minimum="7d").problem("2d") == "不能小于 7 天"
    assert Parameter("x", "人", "list", maximum=1).problem(["甲", "乙"]) == "不能大于 1 项"


@pytest.mark.parametrize(
    ("type", "value", "words"),
    [
        ("money", 5000, "5,000 元"),
        ("money", 0.5, "0.5 元"),
        ("integer", 3, "3"),
        ("number", 2.0, "2"),
        ("duration", "5wd", "5 个工作日"),
        ("duration", "P1Y2M", "1 年 2 个月"),
        ("duration", "PT90M", "1 小时 30 分钟"),
        ("duration", "P14D", "14 天"),
        ("duration", "P0D", "0 天"),
        ("fraction", "2/3", "2/3"),
        ("choice", "是", "是"),
        ("list", ["甲", "乙"], "甲、乙"),
        ("list", [], "（空）"),
    ],
)
def test_values_read_as_people_say_them(type, value, words):
    assert Parameter("x", "某数", type).shown(value) == words


def test_bounds_read_as_people_say_them():
    assert Parameter("x", "某数", "money", minimum=500, maximum=50000).bounds == "500 到 50,000 元"
    assert Parameter("x", "某数", "duration", minimum="1wd", maximum="10wd").bounds == "1 到 10 个工作日"
    assert Parameter("x", "某数", "duration", minimum="1wd", maximum="P1M").bounds == "1 个工作日 到 1 个月"
    assert Parameter("x", "某数", "fraction", minimum="2/3", maximum="1/1").bounds == "2/3 到 1/1"
    assert Parameter("x", "某数", "duration", minimum="7d").bounds == "不小于 7 天"
    assert Parameter("x", "某数", "list", maximum=3).bounds == "不大于 3 项"
    assert Parameter("x", "某数", "choice").bounds == ""


def test_fractions_are_compared_exactly():
    """1000/3000 is a third, and 3333/9999 too; 3332/9997 is a little less."""
    parameter = Parameter("x", "比例", "fraction", minimum="1/3")
    assert parameter.problem("1000/3000") is None
    assert parameter.problem("3333/9999") is None
    assert parameter.problem("3332/9997") == "不能小于 1/3"


@pytest.mark.parametrize("name", ["a b", "1a", "_x", "len", "and", "true", "Ａ", ""])
def test_names_must_be_readable_in_conditions(name):
    assert read_parameter(name, {"type": "number", "default": 1})[1]


@pytest.mark.parametrize(
    "table",
    [
        {"type": "choice", "default": "a"},
        {"type": "choice", "default": "a", "choices": ["a"], "minimum": 1},
        {"type": "integer", "default": 1, "minimum": "x"},
        {"type": "integer", "default": 1, "minimum": 5, "maximum": 2},
        {"type": "integer", "default": 1, "title": 3},
        {"type": "choice", "default": "a", "choices": "a"},
        {"type": ["list"], "default": []},
        5,
    ],
)
def test_faults_of_a_table_are_explained(table):
    problems = read_parameter("甲", table)[1]
    assert problems
    assert all("甲" in problem.message and not problem.beside.startswith("参数「甲") for problem in problems)
