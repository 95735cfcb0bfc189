"""Messages that nobody waits for are kept, each for itself."""

from engine.execution import Rehearsal

WAITS_ONCE = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
<message id="m" name="M"/>
<process id="p"><startEvent id="s"/><endEvent id="e"/>
<intermediateCatchEvent id="w"><messageEventDefinition id="wd" messageRef="m"/></intermediateCatchEvent>
<sequenceFlow id="a" sourceRef="s" targetRef="w"/><sequenceFlow id="b" sourceRef="w" targetRef="e"/>
</process></definitions>"""


def test_of_two_messages_alike_the_second_is_kept_for_the_next_who_waits():
    rehearsal = Rehearsal.load(WAITS_ONCE)
    rehearsal.send("M")
    rehearsal.send("M")
    rehearsal.start()
    assert rehearsal.finished
    rehearsal.start()
    assert rehearsal.finished
    rehearsal.start()
    assert not rehearsal.finished
