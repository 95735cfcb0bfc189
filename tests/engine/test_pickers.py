"""People in forms: who is offered, who is accepted, and how a result names them."""

from typing import Any

from engine import forms, pickers

HOLDERS = {"村干部": [(1, "张大山"), (2, "李二")], "理事会成员": [(2, "李二"), (3, "王五")]}


def options(names: Any) -> list[tuple[int, str]]:
    return [one for name in names for one in HOLDERS.get(name, [])]


def picker(type: str = "select", people: str = "村干部 理事会成员", **more: Any) -> dict[str, Any]:
    return {"type": type, "key": "责任人", "label": "责任人", "properties": {"people": people}, **more}


def form(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": "default", "components": list(components)}


def rows() -> dict[str, Any]:
    return {"type": "dynamiclist", "path": "分工", "label": "分工", "components": [picker()]}


def test_everybody_is_offered_once_by_name() -> None:
    offered = pickers.offering(form(picker()), options)["components"][0]
    assert [(o["value"], o["label"]) for o in offered["values"]] == [(1, "张大山"), (2, "李二"), (3, "王五")]


def test_a_long_list_can_be_searched() -> None:
    many = [(n, f"代表{n}") for n in range(16)]
    assert pickers.offering(form(picker()), lambda _: many)["components"][0]["searchable"]
    assert "searchable" not in pickers.offering(form(picker()), lambda _: many[:15])["components"][0]


def test_the_form_in_store_stays_as_it_is() -> None:
    stored = form(rows())
    pickers.offering(stored, options)
    assert stored == form(rows())
    plain = form({"type": "textfield", "key": "x", "label": "x"})
    assert pickers.offering(plain, options) is plain


def test_one_of_those_offered_is_accepted_and_nobody_else() -> None:
    offered = pickers.offering(form(picker()), options)
    assert forms.validate(offered, {"责任人": 3}) == ({"责任人": 3}, {})
    for value in (4, "3", "王五", True, [3], 3.5):
        assert forms.validate(offered, {"责任人": value})[1], value


def test_without_options_nobody_is_accepted() -> None:
    assert forms.validate(form(picker()), {"责任人": 1})[1]


def test_several_people_each_once() -> None:
    offered = pickers.offering(form(picker("checklist")), options)
    assert forms.validate(offered, {"责任人": [1, 3]}) == ({"责任人": [1, 3]}, {})
    assert forms.validate(offered, {"责任人": [1, 1]})[1]
    assert forms.validate(offered, {"责任人": [1, True]})[1]


def test_inside_a_list() -> None:
    offered = pickers.offering(form(rows()), options)
    _, errors = forms.validate(offered, {"分工": [{"责任人": 1}, {"责任人": 9}]})
    assert list(errors) == ["分工[1].责任人"]
    assert pickers.people_in(form(rows()), {"分工": [{"责任人": 1}, {"责任人": 2}]}) == {1, 2}
    assert pickers.asked(form(rows())) == ["村干部", "理事会成员"]


def test_where_there_is_nobody_the_form_says_what_to_do() -> None:
    offered = pickers.offering(form(picker(people="老干部")), options)["components"][0]
    assert offered["values"] == [] and "老干部" in offered["description"]


def test_the_value_is_a_number_and_nothing_while_it_is_empty() -> None:
    assert forms.field_types(form(picker())) == {"责任人": "number"}
    assert forms.field_types(form(picker("checklist"))) == {"责任人": "list"}
    assert forms.validate(form(picker()), {}) == ({"责任人": None}, {})


def test_a_designer_is_told_what_cannot_pick_people() -> None:
    assert forms.check(form(picker())) == []
    assert "下拉框" in forms.check(form(picker("textfield")))[0]
    assert "values" in forms.check(form(picker(values=[{"label": "甲", "value": "甲"}])))[0]
