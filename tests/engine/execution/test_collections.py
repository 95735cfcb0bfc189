"""A multi-instance may go through a list inside a step's result."""

import pytest

from engine.execution import ExecutionError, Rehearsal

DIAGRAM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
<startEvent id="s"/><userTask id="a"/><userTask id="b"><multiInstanceLoopCharacteristics>
<loopDataInputRef>任务分解.事项</loopDataInputRef><inputDataItem id="i" name="事项"/>
</multiInstanceLoopCharacteristics></userTask>
<sequenceFlow id="f" sourceRef="s" targetRef="a"/><sequenceFlow id="g" sourceRef="a" targetRef="b"/>
</process></definitions>"""


def started() -> Rehearsal:
    rehearsal = Rehearsal.load(DIAGRAM.encode())
    rehearsal.start()
    return rehearsal


def test_a_list_in_a_result():
    rehearsal = started()
    rehearsal.complete(rehearsal.open_tasks()[0].id, {"任务分解": {"事项": ["修路", "修桥"]}})
    assert [task.data["事项"] for task in rehearsal.open_tasks()] == ["修路", "修桥"]


@pytest.mark.parametrize("result", [{}, {"任务分解": {}}, {"任务分解": 3}, {"任务分解": {"事项": "修路"}}])
def test_what_is_no_list_stops_loudly(result):
    rehearsal = started()
    with pytest.raises(ExecutionError, match="任务分解"):
        rehearsal.complete(rehearsal.open_tasks()[0].id, result)
