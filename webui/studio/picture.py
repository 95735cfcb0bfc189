"""A stored diagram as text a viewer can draw."""

from lxml import etree

from engine.diagram.finding import DiagramError
from engine.diagram.source import Element, parse


def picture(data: bytes | None) -> str | None:
    """The XML in whatever encoding it is stored; None where there is no diagram, or none that can be drawn."""
    if data is None:
        return None
    try:
        return as_text(parse(data), data)
    except DiagramError:
        return None


def as_text(root: Element, data: bytes) -> str:
    """What was parsed as `root`, untouched where it is UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return str(etree.tostring(root, encoding="unicode"))
