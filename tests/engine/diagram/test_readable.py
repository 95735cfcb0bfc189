"""What can be read where: the results of steps a token may have come through, and nothing that comes later."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.diagram.finding import DiagramError
from engine.diagram.readable import open_drawing, place, problem, readable
from engine.diagram.source import parse
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from tests.engine.diagram.drawn import E, S, bpmn, node, path, properties, user, when

FORMS = {
    "填": {
        "components": [
            {"type": "number", "key": "金额", "label": "多少钱"},
            {"type": "select", "key": "谁", "label": "谁办", "properties": {"people": "村干部"}},
            {"type": "radio", "key": "怎样", "label": "怎样", "values": [{"value": "好"}, {"value": "不好"}]},
            {
                "type": "dynamiclist",
                "path": "清单",
                "label": "清单",
                "components": [{"type": "datetime", "key": "何时", "label": "何时"}],
            },
        ]
    }
}


def step(name: str, inner: str = "", **written: str) -> str:
    return user(
        name, properties(**({"kind": "handle", "form": "填", "key": name} | written)) + inner, name=name
    )


def paths(body: str, at: str) -> dict[str, str]:
    """Path -> sort of all that can be read there."""
    found = place(open_drawing(bpmn(body)), at, FORMS, {"上限": 5})
    assert found is not None
    return {one.path: one.sort for one in readable(found)}


def keys(body: str, at: str) -> set[str]:
    return {path.split(".")[0] for path in paths(body, at)}


def test_fields_have_the_sort_of_their_form() -> None:
    found = paths(S + E + step("甲") + step("乙") + path("s 甲 乙 e"), "乙")
    assert found == {
        "甲.金额": "number",
        "甲.谁": "people",
        "甲.怎样": "text",
        "甲.清单": "list",
        "甲.清单.何时": "date",
        "甲.办理人": "people",
    }


def test_only_what_may_have_happened_before() -> None:
    body = S + E + step("甲") + step("乙") + step("丙") + path("s 甲 乙 丙 e")
    assert keys(body, "s-甲") == set()
    assert keys(body, "甲") == set()
    assert keys(body, "甲-乙") == {"甲"}
    assert keys(body, "丙") == {"甲", "乙"}


def test_a_way_back_brings_what_was_done_the_time_before() -> None:
    body = S + E + step("甲") + step("乙") + node("exclusiveGateway", "x", default="x-e")
    body += path("s 甲 乙 x e") + when("x", "甲", "乙.金额 &gt; 1")
    assert keys(body, "甲") == {"甲", "乙"}


def test_a_boundary_event_and_a_link_are_ways_there() -> None:
    timer = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
    body = S + E + step("甲") + step("乙") + step("丙") + path("s 甲 乙 e")
    body += node("boundaryEvent", "b", timer, attachedToRef="乙") + path("b 丙")
    assert keys(body, "丙") == {"甲", "乙"}
    link = '<linkEventDefinition name="跳"/>'
    body = S + E + step("甲") + step("乙") + node("intermediateThrowEvent", "t", link)
    body += node("intermediateCatchEvent", "c", link) + path("s 甲 t", "c 乙 e")
    assert keys(body, "乙") == {"甲"}


def test_inside_a_part_what_was_before_it_and_behind_it_what_was_inside() -> None:
    inner = '<startEvent id="s2"/><endEvent id="e2"/>' + step("乙") + path("s2 乙 e2")
    body = S + E + step("甲") + node("subProcess", "p1", inner) + step("丙") + path("s 甲 p1 丙 e")
    assert keys(body, "乙") == {"甲"}
    assert keys(body, "丙") == {"甲", "乙"}


def test_a_called_process_of_the_file_works_on_the_same_data() -> None:
    called = S.replace('"s"', '"s2"') + E.replace('"e"', '"e2"') + step("乙") + path("s2 乙 e2")
    body = (
        S + E + step("甲") + node("callActivity", "c", calledElement="q") + step("丙") + path("s 甲 c 丙 e")
    )
    data = bpmn(body).replace(b"</process>", f'</process><process id="q">{called}</process>'.encode(), 1)

    def found(at: str) -> set[str]:
        where = place(open_drawing(data), at, FORMS, {})
        assert where is not None
        return {one.key for one in readable(where)}

    assert found("乙") == {"甲"}
    assert found("丙") == {"甲", "乙"}


def test_the_item_of_a_list_is_there_for_each_and_nowhere_else() -> None:
    multi = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>甲.清单</loopDataInputRef>"
        '<inputDataItem id="i" name="项"/>'
        '<loopDataOutputRef>汇总</loopDataOutputRef><outputDataItem id="o" name="乙"/>'
        "</multiInstanceLoopCharacteristics>"
    )
    body = S + E + step("甲") + step("乙", multi) + step("丙") + path("s 甲 乙 丙 e")
    assert paths(body, "乙")["项.何时"] == "date"
    behind = paths(body, "丙")
    assert "项.何时" not in behind and "乙.金额" not in behind and behind["汇总"] == "list"


def test_an_expression_is_judged_at_its_place() -> None:
    found = place(open_drawing(bpmn(S + E + step("甲") + path("s 甲 e"))), "甲-e", FORMS, {"上限": 5})
    assert found is not None
    assert problem(found, "甲.金额 > 上限") is None
    assert "没有「总额」" in str(problem(found, "甲.总额 > 1"))
    assert "只会是" in str(problem(found, '甲.怎样 == "一般"'))
    assert "两个等号" in str(problem(found, "甲.金额 = 1"))
    assert place(open_drawing(bpmn(S + E + path("s e"))), "没有", {}, {}) is None


BABU = read_files(PROCESSES / "babu")["babu.bpmn"]
ELEMENTS = [str(one.get("id")) for one in parse(BABU).iter("{*}*") if one.get("id")]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_drawing_that_is_anything_but_right_is_no_accident(data: st.DataObject) -> None:
    """Elements taken out, references led astray: what can be read is read, or the file is refused in words."""
    root = parse(BABU)
    every = [one for one in root.iter("{*}*") if one.get("id")]
    for victim in data.draw(st.lists(st.sampled_from(range(len(every))), max_size=6)):
        one = every[victim]
        if data.draw(st.booleans()) and one.getparent() is not None:
            one.getparent().remove(one)
        else:
            name = data.draw(st.sampled_from(["id", "sourceRef", "targetRef", "attachedToRef", "default"]))
            one.set(name, data.draw(st.sampled_from([*ELEMENTS, "", "没有"])))
    try:
        diagram = open_drawing(etree.tostring(root))
    except DiagramError as error:
        assert error.findings
        return
    for element in data.draw(st.lists(st.sampled_from(ELEMENTS), min_size=1, max_size=4)):
        found = place(diagram, element, {}, {})
        assert found is None or isinstance(readable(found), list)
