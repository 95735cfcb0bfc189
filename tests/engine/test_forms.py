"""form-js schemas on the server: what is accepted, and what a person is told otherwise."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import forms
from engine.expressions import ExpressionError


def schema(*components):
    return {"type": "default", "components": list(components)}


def item(type, key="x", **more):
    return {"type": type, "key": key, "label": key, **more}


def choices(*values):
    return [{"label": v, "value": v} for v in values]


def accept(component, value):
    clean, errors = forms.validate(schema(component), {"x": value})
    assert not errors, errors
    return clean["x"]


def refuse(component, value):
    _, errors = forms.validate(schema(component), {"x": value})
    assert list(errors) == ["x"], errors
    return errors["x"]


@pytest.mark.parametrize(
    ("component", "value", "kept"),
    [
        (item("textfield"), "  修路  ", "修路"),
        (item("number"), 3.0, 3),
        (item("number", decimalDigits=2), 0.1, 0.1),
        (item("number", serializeToString=True), "12.50", "12.50"),
        (item("checkbox"), True, True),
        (item("radio", values=choices("同意")), "同意", "同意"),
        (item("checklist", values=choices("a", "b")), ["b", "a"], ["b", "a"]),
        (item("datetime", subtype="date"), "2026-03-05", "2026-03-05"),
        (item("datetime", subtype="datetime"), "2026-03-05T10:00:00+08:00", "2026-03-05T10:00:00+08:00"),
        (item("filepicker"), [{"id": "a" * 64, "name": "票.png"}], [{"id": "a" * 64, "name": "票.png"}]),
    ],
)
def test_values_of_each_kind(component, value, kept):
    assert accept(component, value) == kept


@pytest.mark.parametrize(
    ("component", "value"),
    [
        (item("textfield"), 5),
        (item("textfield"), ["x"]),
        (item("textfield"), "a\x00b"),
        (item("textfield", validate={"maxLength": 3}), "四个字了"),
        (item("textfield", validate={"minLength": 3}), "二字"),
        (item("textfield", validate={"pattern": "^[0-9]+$"}), "12a"),
        (item("textfield", validate={"validationType": "email"}), "不是邮箱"),
        (item("textarea"), "字" * 10_001),
        (item("number"), "abc"),
        (item("number"), True),
        (item("number"), "nan"),
        (item("number"), 1e300),
        (item("number", decimalDigits=0), 1.5),
        (item("number", validate={"min": 1}), 0.99),
        (item("number", validate={"max": 10}), 10.01),
        (item("checkbox"), "yes"),
        (item("radio", values=choices("同意")), "弃权"),
        (item("radio", values=choices("同意")), {"$ne": ""}),
        (item("checklist", values=choices("a")), ["a", "a"]),
        (item("checklist", values=choices("a")), "a"),
        (item("datetime", subtype="date"), "2026-02-30"),
        (item("datetime", subtype="time"), "25:00"),
        (item("filepicker"), [{"id": "../../etc/passwd"}]),
        (item("filepicker"), [{"id": "a" * 64}, {"id": "b" * 64}]),
        (item("filepicker"), [{"id": "a" * 64, "path": "x"}]),
        (item("dynamiclist", path="x", components=[item("number", "n")]), [1]),
        (item("group", path="x", components=[item("number", "n")]), "text"),
    ],
)
def test_values_that_do_not_fit_are_refused_in_chinese(component, value):
    assert any("一" <= char <= "鿿" for char in refuse(component, value))


@pytest.mark.parametrize("key", ["typename", "__class__", "办理人", "lane_owners", ""])
def test_a_key_the_form_does_not_declare_is_refused(key):
    _, errors = forms.validate(schema(item("textfield")), {"x": "好", key: "坏"})
    assert list(errors) == [key]


@pytest.mark.parametrize("empty", [None, "", "   ", [], False])
def test_required_means_something_is_there(empty):
    assert "请" in refuse(item("textfield", validate={"required": True}), empty)


def test_an_empty_field_still_has_a_value_for_conditions():
    form = schema(item("textfield", "t"), item("number", "n"), item("checkbox", "c"), item("taglist", "l"))
    assert forms.validate(form, {}) == ({"t": "", "n": None, "c": False, "l": []}, {})


class TestHidden:
    FORM = schema(
        item("radio", "结论", values=choices("同意", "不同意"), validate={"required": True}),
        item("textarea", "说明", validate={"required": True}, conditional={"hide": '=结论 = "同意"'}),
    )

    def test_what_stands_in_a_hidden_field_is_dropped(self):
        clean, errors = forms.validate(self.FORM, {"结论": "同意", "说明": "偷偷写的"})
        assert (clean, errors) == ({"结论": "同意", "说明": ""}, {})

    def test_a_shown_one_is_required(self):
        assert list(forms.validate(self.FORM, {"结论": "不同意"})[1]) == ["说明"]

    def test_an_answer_nobody_gave_counts_as_empty(self):
        assert set(forms.validate(self.FORM, {})[1]) == {"结论", "说明"}

    @pytest.mark.parametrize("wrong", ["很多", [1], {"a": 1}])
    def test_an_answer_of_the_wrong_kind_hides_nothing_and_is_told_so(self, wrong):
        reason = item("textfield", "理由", validate={"required": True}, conditional={"hide": "=数 < 5"})
        _, errors = forms.validate(schema(item("number", "数"), reason), {"数": wrong})
        assert list(errors) == ["数", "理由"]

    def test_in_a_row_this_is_the_row(self):
        follower = item("textfield", "跟踪人", validate={"required": True})
        row = [item("checkbox", "热点"), follower | {"conditional": {"hide": "=this.热点 != true"}}]
        form = schema({"type": "dynamiclist", "path": "分工", "components": row})
        rows = [{}, {"热点": True}, {"热点": True, "跟踪人": "金福田"}, {"跟踪人": "偷偷写的"}]
        clean, errors = forms.validate(form, {"分工": rows})
        assert list(errors) == ["分工[1].跟踪人"]
        assert [row["跟踪人"] for row in clean["分工"]] == ["", "", "金福田", ""]


def test_rows_tell_where_the_fault_is():
    form = schema(
        item("dynamiclist", "ignored", path="人", components=[item("number", "数", validate={"min": 1})])
    )
    _, errors = forms.validate(form, {"人": [{"数": 2}, {"数": 0}, {"多余": 1}]})
    assert set(errors) == {"人[1].数", "人[2].多余"}


def test_groups_without_a_path_are_transparent():
    form = schema({"type": "group", "components": [item("textfield", "a")]}, item("textfield", "b"))
    assert forms.validate(form, {"a": "1", "b": "2"})[0] == {"a": "1", "b": "2"}
    assert forms.field_types(form) == {"a": "text", "b": "text"}


@pytest.mark.parametrize("hostile", ['=__import__("os").system("x")', "=9**9**9", "=a.b.c()", "= ="])
def test_a_condition_is_no_code(hostile):
    with pytest.raises(ExpressionError):
        forms.feel(hostile)


@pytest.mark.parametrize(
    "component",
    [
        item("iframe"),
        item("textfield", "a.b"),
        item("textfield", "_x"),
        item("textfield", ""),
        {"type": "textfield", "key": "x"},
        item("select", valuesExpression="=f()"),
        item("textfield", validate={"pattern": "(a+)+$"}),
        item("textfield", validate={"pattern": "("}),
        item("textfield", conditional={"hide": "=import os"}),
    ],
)
def test_forms_that_cannot_be_used_are_found(component):
    assert forms.check(schema(component))


def test_the_same_key_twice_is_found():
    assert forms.check(schema(item("textfield"), item("number")))


@pytest.mark.parametrize("nonsense", [None, [], "x", {"components": 5}, {"components": ["x", None]}])
def test_what_is_no_form_at_all_is_said(nonsense):
    assert forms.check(nonsense)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FORM = schema(
    item("textfield", "t", validate={"maxLength": 9}),
    item("number", "n", validate={"min": -5, "max": 5}),
    item("checkbox", "c"),
    item("radio", "r", values=choices("a", "b")),
    item("checklist", "l", values=choices("a", "b")),
    item("datetime", "d"),
    item("filepicker", "f", multiple=True),
    item("dynamiclist", "rows", path="rows", components=[item("number", "n")]),
)


@given(st.dictionaries(st.sampled_from(["t", "n", "c", "r", "l", "d", "f", "rows", "zz"]), values))
def test_whatever_comes_is_accepted_or_refused_and_what_is_accepted_stays_accepted(data):
    clean, errors = forms.validate(FORM, data)
    if not errors:
        again, errors = forms.validate(FORM, json.loads(json.dumps(clean)))
        assert (again, errors) == (clean, {})
