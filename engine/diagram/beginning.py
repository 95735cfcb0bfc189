"""Folders to begin with: a small procedure that already runs, and a copy of one that goes its own way."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from engine.diagram.finding import DiagramError
from engine.diagram.folder import diagram_of, form_file, new_form
from engine.diagram.procedure import TOML
from engine.diagram.rewriting import with_process_id
from engine.diagram.toml import with_settings
from engine.refusal import Invalid

FORM = "banli"
_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"\
 xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"\
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"\
 xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"\
 id="definitions_{key}" targetNamespace="https://cunyi.example/processes">
  <collaboration id="hezuo">
    <participant id="pool" name={title} processRef="{key}" />
  </collaboration>
  <process id="{key}" name={title} isExecutable="true">
    <laneSet id="lanes">
      <lane id="lane_1" name={post}>
        <flowNodeRef>kaishi</flowNodeRef>
        <flowNodeRef>banli</flowNodeRef>
        <flowNodeRef>jieshu</flowNodeRef>
      </lane>
    </laneSet>
    <startEvent id="kaishi" name="开始">
      <outgoing>f_kaishi</outgoing>
    </startEvent>
    <userTask id="banli" name="办理">
      <documentation>把办理情况写清楚，需要的材料拍照附上。</documentation>
      <extensionElements>
        <spiffworkflow:properties>
          <spiffworkflow:property name="kind" value="handle" />
          <spiffworkflow:property name="form" value="banli" />
          <spiffworkflow:property name="key" value="办理" />
        </spiffworkflow:properties>
      </extensionElements>
      <incoming>f_kaishi</incoming>
      <outgoing>f_banli</outgoing>
    </userTask>
    <endEvent id="jieshu" name="办结">
      <incoming>f_banli</incoming>
    </endEvent>
    <sequenceFlow id="f_kaishi" sourceRef="kaishi" targetRef="banli" />
    <sequenceFlow id="f_banli" sourceRef="banli" targetRef="jieshu" />
  </process>
  <bpmndi:BPMNDiagram id="tu">
    <bpmndi:BPMNPlane id="tu_mian" bpmnElement="hezuo">
      <bpmndi:BPMNShape id="pool_di" bpmnElement="pool" isHorizontal="true">
        <dc:Bounds x="160" y="80" width="720" height="200" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="lane_1_di" bpmnElement="lane_1" isHorizontal="true">
        <dc:Bounds x="190" y="80" width="690" height="200" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="kaishi_di" bpmnElement="kaishi">
        <dc:Bounds x="252" y="162" width="36" height="36" />
        <bpmndi:BPMNLabel>
          <dc:Bounds x="259" y="205" width="22" height="14" />
        </bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="banli_di" bpmnElement="banli">
        <dc:Bounds x="420" y="140" width="120" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="jieshu_di" bpmnElement="jieshu">
        <dc:Bounds x="672" y="162" width="36" height="36" />
        <bpmndi:BPMNLabel>
          <dc:Bounds x="679" y="205" width="22" height="14" />
        </bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="f_kaishi_di" bpmnElement="f_kaishi">
        <di:waypoint x="288" y="180" />
        <di:waypoint x="420" y="180" />
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="f_banli_di" bpmnElement="f_banli">
        <di:waypoint x="540" y="180" />
        <di:waypoint x="672" y="180" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</definitions>
"""
_FIELD = {
    "type": "textarea",
    "key": "办理情况",
    "label": "办理情况",
    "validate": {"required": True, "maxLength": 2000},
}


def blank(key: str, title: str, level: str, starter: str) -> dict[str, bytes]:
    """One lane, one step with a form: it passes every check, so that a designer goes on from something that works."""
    diagram = _DIAGRAM.format(key=key, title=quoteattr(title), post=quoteattr(starter))
    settings = {"title": title, "level": level, "starters": [starter], "summary": ""}
    return {
        f"{key}.bpmn": diagram.encode(),
        TOML: with_settings(None, settings),
        form_file(FORM): new_form(FORM, [_FIELD]),
    }


def copied(files: Mapping[str, bytes], key: str, title: str) -> dict[str, bytes]:
    """The folder as another procedure. Raises Invalid where its settings or drawing cannot be read."""
    name = diagram_of(files)
    copy = {**files, TOML: with_settings(files.get(TOML), {"title": title})}
    try:
        return copy if name is None else {**copy, name: with_process_id(files[name], key)}
    except DiagramError as error:
        raise Invalid("unreadable", "原来的流程图读不懂，复制不了。请先打开它，在“检查”里修好") from error
