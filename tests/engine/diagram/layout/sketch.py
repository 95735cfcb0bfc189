"""BPMN files without a drawing, written in a few lines, and random ones for hypothesis."""

from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from hypothesis import strategies as st

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x">'
NAMES = ["", "审议", "两委联席会议审定方案", "是否达到法定人数，要不要另行召集", "公示 7 天"]
TAGS = [
    "userTask",
    "userTask",
    "task",
    "exclusiveGateway",
    "parallelGateway",
    "endEvent",
    "intermediateThrowEvent",
]


@dataclass
class Sketch:
    """One process. Elements are written down as they come; `lanes` are lists of the ids they claim."""

    key: str = "p"
    parts: list[str] = field(default_factory=list)
    lanes: list[list[str]] = field(default_factory=list)

    def add(self, tag: str, key: str, name: str = "", inner: str = "", **attributes: str) -> str:
        written = "".join(f" {each}={quoteattr(value)}" for each, value in attributes.items() if value)
        self.parts.append(f"<{tag} id={quoteattr(key)} name={quoteattr(name)}{written}>{inner}</{tag}>")
        return key

    def flow(self, source: str, target: str, name: str = "", tag: str = "sequenceFlow") -> str:
        key = f"{self.key}f{len(self.parts)}"
        return self.add(tag, key, name, sourceRef=source, targetRef=target)

    @property
    def body(self) -> str:
        lanes = "".join(
            f'<lane id="{self.key}lane{n}" name="村委会主任">{self._claims(keys)}</lane>'
            for n, keys in enumerate(self.lanes)
        )
        return (f'<laneSet id="{self.key}lanes">{lanes}</laneSet>' if lanes else "") + "".join(self.parts)

    @staticmethod
    def _claims(keys: list[str]) -> str:
        return "".join(f"<flowNodeRef>{key}</flowNodeRef>" for key in keys)

    def process(self) -> str:
        return f'<process id="{self.key}">{self.body}</process>'


def document(*sketches: Sketch, collaboration: str = "", pools: bool = False) -> bytes:
    """The file. With `pools` every process is a participant; `collaboration` is written beside them."""
    inside = "".join(
        f'<participant id="pool_{one.key}" name="乡镇" processRef="{one.key}"/>' for one in sketches
    )
    around = f'<collaboration id="c">{inside}{collaboration}</collaboration>' if pools else ""
    return f"{HEAD}{around}{''.join(one.process() for one in sketches)}</definitions>".encode()


@st.composite
def sketches(draw: st.DrawFn, key: str = "p", depth: int = 1) -> Sketch:
    """A process of any shape: loops, self loops, loose steps, events at steps' edges, sub-processes, notes, lanes."""
    sketch = Sketch(key)
    steps = [
        sketch.add(draw(st.sampled_from(TAGS)), f"{key}n{n}", draw(st.sampled_from(NAMES)))
        for n in range(draw(st.integers(1, 12)))
    ]
    if depth and draw(st.booleans()):
        inner = draw(sketches(f"{key}s", depth - 1))
        inner.lanes = []
        steps.append(sketch.add("subProcess", f"{key}sub", "逐条转办", inner.body))
    edges = [
        sketch.add("boundaryEvent", f"{key}b{n}", draw(st.sampled_from(NAMES)), attachedToRef=host)
        for n, host in enumerate(draw(st.lists(st.sampled_from(steps), max_size=3)))
        if "Task" in "".join(part for part in sketch.parts if f'id="{host}"' in part)
    ]
    for _ in range(draw(st.integers(0, 16))):
        source, target = draw(st.sampled_from(steps + edges)), draw(st.sampled_from(steps))
        sketch.flow(source, target, draw(st.sampled_from(NAMES)))
    for n in range(draw(st.integers(0, 2))):
        sketch.add("textAnnotation", f"{key}note{n}", inner="<text>先看清楚再办</text>")
        if draw(st.booleans()):
            sketch.flow(f"{key}note{n}", draw(st.sampled_from(steps)), tag="association")
    lanes = draw(st.integers(0, 3))
    sketch.lanes = [[] for _ in range(lanes)]
    for step in steps if lanes else []:
        sketch.lanes[draw(st.integers(0, lanes - 1))].append(step)
    return sketch
