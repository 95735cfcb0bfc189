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
    assert parameter.problem(100) == "不能小于 500元"
    assert parameter.problem(60000) == "不能大于 50000元"


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
    assert all("甲" in problem for problem in problems)
