"""Which file of a procedure's folder is the drawing."""

from __future__ import annotations

from collections.abc import Iterable


def is_diagram(name: str) -> bool:
    """Only at the top of the folder: what lies deeper belongs to something else."""
    return name.endswith(".bpmn") and "/" not in name


def diagrams(names: Iterable[str]) -> list[str]:
    """There should be one; the check says so where there are none or several."""
    return sorted(filter(is_diagram, names))


def diagram_of(names: Iterable[str]) -> str | None:
    """The drawing's file: the first, where by mistake there are several."""
    return next(iter(diagrams(names)), None)
