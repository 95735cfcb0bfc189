"""Diagrams for these tests: `bpmn(process body)` is a whole file, `path("s A e")` its flows."""

from itertools import pairwise

from engine.diagram import DiagramError, check_diagram, read_diagram

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    ' targetNamespace="urn:test">'
)


def file(*parts: str) -> bytes:
    return (HEAD + "".join(parts) + "</definitions>").encode()


def bpmn(body: str, before: str = "") -> bytes:
    """One process `p`; `before` stands beside it."""
    return file(before, f'<process id="p">{body}</process>')


def path(*chains: str) -> str:
    flows = []
    for chain in chains:
        names = chain.split()
        flows += [f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(names)]
    return "".join(flows)


def when(source: str, target: str, condition: str) -> str:
    return (
        f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">'
        f"<conditionExpression>{condition}</conditionExpression></sequenceFlow>"
    )


def node(tag: str, id: str, inner: str = "", **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{tag} id="{id}"{written}>{inner}</{tag}>'


def user(id: str, inner: str = "", **attributes: str) -> str:
    return node("userTask", id, inner, **attributes)


def properties(**values: str) -> str:
    inner = "".join(f'<spiffworkflow:property name="{n}" value="{v}"/>' for n, v in values.items())
    return (
        f"<extensionElements><spiffworkflow:properties>{inner}</spiffworkflow:properties></extensionElements>"
    )


S, E = node("startEvent", "s"), node("endEvent", "e")


def refused(data: bytes) -> list[str]:
    """The codes of the execution errors that keep a file from running; empty when it runs."""
    try:
        read_diagram(data)
    except DiagramError as error:
        findings = [f for f in error.findings if f.severity == "error"]
        assert findings == [f for f in check_diagram(data) if f.severity == "error"]
        for finding in findings:
            assert any("\u4e00" <= letter <= "\u9fff" for letter in finding.message), finding
        return [finding.code for finding in findings]
    return []
