"""Names in a diagram: found and changed where they are names, left alone where they are words."""

import pytest

from engine.diagram.finding import DiagramError
from engine.diagram.rewriting import (
    form_users,
    parameter_users,
    process_id,
    with_form_renamed,
    with_parameter_renamed,
    with_process_id,
)
from engine.redlines import PROCESSES

BABU = (PROCESSES / "babu" / "babu.bpmn").read_bytes()
SMALL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="urn:t"
             xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="urn:t">
  <!-- 限额 stays a word here -->
  <collaboration id="c"><participant id="p" processRef="t:one" /></collaboration>
  <process id="one">
    <userTask id="s" name="限额">
      <extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="majority" value="到会 ≥ {限额}，限额" />
        <spiffworkflow:property name="form" value="限额" />
      </spiffworkflow:properties></extensionElements>
    </userTask>
    <sequenceFlow id="f" sourceRef="s" targetRef="e">
      <conditionExpression>s.限额 &gt; 限额 and 说明 == "限额" and 限额数 &lt; 3</conditionExpression>
    </sequenceFlow>
    <intermediateCatchEvent id="e">
      <timerEventDefinition><timeDuration>{ 限额 }</timeDuration></timerEventDefinition>
    </intermediateCatchEvent>
  </process>
</definitions>
""".encode()


def test_a_parameter_is_renamed_where_it_is_read() -> None:
    text = with_parameter_renamed(SMALL, "限额", "上限").decode()
    assert 'value="到会 ≥ {上限}，限额"' in text
    assert 's.限额 &gt; 上限 and 说明 == "限额" and 限额数 &lt; 3' in text
    assert "{ 上限 }" in text
    assert 'name="限额"' in text and "<!-- 限额 stays" in text and 'value="限额"' in text
    assert [place for place, _ in parameter_users(SMALL)["限额"]] == ["s", "f", "e"]


def test_a_form_is_not_a_parameter() -> None:
    text = with_form_renamed(SMALL, "限额", "表").decode()
    assert 'name="form" value="表"' in text and "{限额}" in text
    assert form_users(SMALL) == {"限额": [("s", "限额")]}


def test_a_process_is_renamed_with_what_refers_to_it() -> None:
    changed = with_process_id(SMALL, "two")
    assert process_id(changed) == "two"
    assert b'processRef="t:two"' in changed and b'"one"' not in changed


def test_nothing_else_changes() -> None:
    changed = with_parameter_renamed(BABU, "公示天数", "公示时长")
    assert changed.decode() == BABU.decode().replace("{公示天数}", "{公示时长}")
    assert with_form_renamed(BABU, "没有", "x") == BABU
    assert with_process_id(BABU, "babu") == BABU


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<broken", b"<!DOCTYPE a><a/>"])
def test_what_is_no_diagram_is_said(data: bytes) -> None:
    with pytest.raises(DiagramError):
        form_users(data)
    with pytest.raises(DiagramError):
        with_parameter_renamed(data, "a", "b")
