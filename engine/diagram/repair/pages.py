"""A file drawn on several pages: the editor and the viewers show the first, so the others move onto it, each process in
a pool of its own. The content of a collapsed sub-process stays on the page the editor opens it on.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.drawing import hidden_pages
from engine.diagram.repair.bench import Bench, Offer, Repair, ids, listed
from engine.diagram.repair.drawn import DC, DI, Box, number
from engine.diagram.repair.posts import new_pool, pool_of
from engine.diagram.source import BPMNDI, Element, children, local, reference

_GAP = 80  # between what was on one page and what was on the next
_BOUNDS, _POINT = f"{{{DC}}}Bounds", f"{{{DI}}}waypoint"


def several(bench: Bench) -> Iterator[Offer]:
    """Pages nobody sees, that show something the first does not."""
    pages = hidden_pages(bench.tree)
    shown = _shown(bench, pages)
    unseen = [s for page in pages for s in _shapes(page) if reference(s.get("bpmnElement")) not in shown]
    known = bench.by_id()
    elements = [e for s in unseen if (e := known.get(reference(s.get("bpmnElement")) or "")) is not None]

    def mend(_: str | None) -> None:
        one_page(bench)

    if elements:
        nodes = [e for e in elements if local(e) != "sequenceFlow"]
        message = (
            f"文件里画了 {len(pages) + 1} 张图，这里只看得到第一张：把{listed(nodes or elements)}"
            "移到第一张图的下面，每个流程一个泳池。先后不变。"
        )
        yield Offer(Repair("pages", "几张图合成一张", message, frozenset({"not-drawn"}), ids(elements)), mend)


def one_page(bench: Bench) -> bool:
    """Put everything onto the first page. False, with nothing done, where a pool would have to grow for it."""
    pages = hidden_pages(bench.tree)
    first = bench.drawing.plane()
    if not pages or first is None:
        return True
    drawn = _shown(bench, pages)
    if any(pool.get("id") in drawn for page in pages if (pool := _drawn_elsewhere(bench, page)) is not None):
        return False
    together(bench)
    for page in pages:
        _move(page, first, drawn)
        drawn |= {reference(shape.get("bpmnElement")) for shape in _shapes(first)}
        _close(page.getparent(), first.getparent())
    for process in bench.processes():
        if pool_of(bench, process) is None:
            new_pool(bench, process, bench.drawing.boxes())
    return True


def together(bench: Bench) -> None:
    """One collaboration instead of several: only what belongs to one can be drawn on one page."""
    collaborations = children(bench.tree, "collaboration")
    for other in collaborations[1:]:
        for part in list(other):
            if local(part) == "participant":
                collaborations[0].insert(len(children(collaborations[0], "participant")), part)
            elif local(part) not in ("documentation", "extensionElements"):
                collaborations[0].append(part)
        bench.tree.remove(other)


def pools_for_all(bench: Bench) -> None:
    """Of several processes each has a pool: without, the editor shows one of them only."""
    if len(bench.processes()) < 2:
        return
    together(bench)
    for process in bench.processes():
        if pool_of(bench, process) is None:
            new_pool(bench, process, {})


# ---------------------------------------------------------------- parts


def _shapes(page: Element) -> list[Element]:
    return [e for e in page if e.tag in (f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")]


def _shown(bench: Bench, hidden: list[Element]) -> set[str | None]:
    planes = [plane for plane in bench.tree.iter(f"{{{BPMNDI}}}BPMNPlane") if plane not in hidden]
    return {reference(shape.get("bpmnElement")) for plane in planes for shape in _shapes(plane)}


def _drawn_elsewhere(bench: Bench, page: Element) -> Element | None:
    """The pool of the process a page shows, where that page does not show the pool itself."""
    about = reference(page.get("bpmnElement"))
    process = next((p for p in children(bench.tree, "process") if p.get("id") == about), None)
    return pool_of(bench, process) if process is not None else None


def _move(page: Element, first: Element, drawn: set[str | None]) -> None:
    """What the first page does not show yet, below everything on it."""
    there, here = _extent(_shapes(first)), _extent(_shapes(page))
    for shape in _shapes(page):
        if reference(shape.get("bpmnElement")) in drawn:
            continue
        first.append(shape)
        if there is not None and here is not None:
            _shift(shape, there.x - here.x, there.y + there.height + _GAP - here.y)


def _close(diagram: Element | None, kept: Element | None) -> None:
    """A page goes; the lettering its labels are set in stays."""
    if diagram is None or kept is None:
        return
    kept.extend(diagram.findall(f"{{{BPMNDI}}}BPMNLabelStyle"))
    parent = diagram.getparent()
    if parent is not None:
        parent.remove(diagram)


def _extent(shapes: list[Element]) -> Box | None:
    corners = []
    for shape in shapes:
        for bounds in shape.findall(_BOUNDS):
            x, y, width, height = (number(bounds.get(n)) for n in ("x", "y", "width", "height"))
            corners += [(x, y), (x + width, y + height)]
        corners += [(number(p.get("x")), number(p.get("y"))) for p in shape.findall(_POINT)]
    if not corners:
        return None
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    return Box(left, top, max(x for x, _ in corners) - left, max(y for _, y in corners) - top)


def _shift(shape: Element, right: float, down: float) -> None:
    for part in shape.iter(_BOUNDS, _POINT):
        part.set("x", f"{number(part.get('x')) + right:g}")
        part.set("y", f"{number(part.get('y')) + down:g}")


RULES = (several,)
