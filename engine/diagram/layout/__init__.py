"""整理版面: a readable layout of a BPMN file. Steps run from left to right inside their lanes, lines at right angles
around what is not theirs, names cover nothing. The same file always gives the same layout.

It looks at what the file contains, never at how it was drawn, except for what only the drawing says: which
sub-processes are open, what a loose note stood next to, what a frame held.
"""

from __future__ import annotations

from engine.diagram.layout.picture import Box, Drawing, Line, Shape
from engine.diagram.layout.pools import pictured
from engine.diagram.layout.reading import Reader
from engine.diagram.layout.writing import write
from engine.diagram.source import parse

__all__ = ["Box", "Drawing", "Line", "Shape", "arrange", "drawn"]


def arrange(xml: bytes) -> Drawing:
    """Shapes and lines of everything in the file that can be drawn. DiagramError where there is no BPMN to read.

    The content of a collapsed sub-process lies on a plane of its own, which begins at the same corner.
    """
    drawing = Drawing()
    for plane in Reader(parse(xml)).planes():
        drawing.add(pictured(plane))
    return drawing


def drawn(xml: bytes) -> bytes:
    """The file with this layout instead of its own. DiagramError where there is no BPMN to read."""
    root = parse(xml)
    reader = Reader(root)
    planes = [(plane, pictured(plane)) for plane in reader.planes()]
    return write(root, planes, reader.drawn)
