"""整理版面: a readable layout of a BPMN file. Steps run from left to right inside their lanes, lines at right angles
around what is not theirs, names cover nothing. The same file always gives the same layout.

It looks at what the file contains, never at how it was drawn, except for what only the drawing says: which
sub-processes are open, what a loose note stood next to, what a frame held.
"""

from __future__ import annotations

from engine.diagram.layout.picture import Box, Drawing, Line, Shape
from engine.diagram.layout.pools import pictured
from engine.diagram.layout.reading import Reader
from engine.diagram.layout.scene import Plane
from engine.diagram.layout.writing import write
from engine.diagram.source import parse, refusal

__all__ = ["Box", "Drawing", "Line", "Shape", "arrange", "drawn"]


MOST = 12_000  # shapes and lines; so many take some five seconds


def arrange(xml: bytes) -> Drawing:
    """Shapes and lines of everything in the file that can be drawn. DiagramError where there is no BPMN to read,
    or more than anybody can draw.

    The content of a collapsed sub-process lies on a plane of its own, which begins at the same corner.
    """
    drawing = Drawing()
    for plane in _planes(Reader(parse(xml))):
        drawing.add(pictured(plane))
    return drawing


def drawn(xml: bytes) -> bytes:
    """The file with this layout instead of its own. DiagramError as `arrange`."""
    root = parse(xml)
    reader = Reader(root)
    planes = [(plane, pictured(plane)) for plane in _planes(reader)]
    return write(root, planes, reader.drawn)


def _planes(reader: Reader) -> list[Plane]:
    planes = reader.planes()
    containers = [each for plane in planes for each in plane.containers()]
    count = sum(len(plane.across) for plane in planes)
    count += sum(len(each.nodes) + len(each.links) for each in containers)
    if count > MOST:
        message = f"流程图太大，排不了版：步骤和连线最多 {MOST:,} 个，现在有 {count:,} 个，请拆成几个流程"
        raise refusal("too-big-to-arrange", message)
    return planes
