"""Where things are drawn: summed up, for whoever moved a box need not read a list of coordinates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.diagram.comparison.change import Change, Detail
from engine.diagram.source import Element, local, reference


@dataclass(frozen=True)
class Drawn:
    """How an element is drawn: its place and size, or its line; where its name stands; what else it looks like."""

    place: tuple[float, ...]
    size: tuple[float, ...]
    line: tuple[tuple[float, ...], ...]
    label: tuple[float, ...]
    look: tuple[tuple[str, str], ...]


def drawn(root: Element) -> dict[str, Drawn]:
    """By the id of the element; the first drawing of each."""
    found: dict[str, Drawn] = {}
    for element in root.iter("{*}BPMNShape", "{*}BPMNEdge"):
        key = reference(element.get("bpmnElement"))
        if key is not None and key not in found:
            found[key] = _drawn(element)
    return found


def compared(
    before: Mapping[str, Drawn], after: Mapping[str, Drawn], later: Mapping[str, str]
) -> Iterator[Change]:
    """One change for all that is only drawn differently."""
    count = dict.fromkeys(("place", "size", "line", "label", "look", "appeared", "gone"), 0)
    for key, now in later.items():
        old, new = before.get(key), after.get(now)
        if old is None or new is None:
            count["appeared" if new is not None else "gone"] += old is not new
            continue
        moved = old.place != new.place
        count["place"] += moved
        count["size"] += old.size != new.size
        count["line"] += old.line != new.line
        count["label"] += old.label != new.label and not moved and old.line == new.line
        count["look"] += old.look != new.look
    told = {
        "place": "挪动了 {} 个图形",
        "size": "改了 {} 个图形的大小",
        "line": "改了 {} 条连线的走法",
        "label": "挪动了 {} 处文字",
        "look": "改了 {} 个图形的样子（颜色、展开等）",
        "appeared": "补画了 {} 个原来没有画出来的",
        "gone": "有 {} 个不再画在图上",
    }
    details = tuple(Detail(text.format(count[name])) for name, text in told.items() if count[name])
    if details:
        yield Change("diagram", "moved", "图形的摆放", "", details)


def _drawn(element: Element) -> Drawn:
    label = element.find("{*}BPMNLabel")
    box = _numbers(element, "Bounds", "x", "y", "width", "height")
    look = {
        str(name).rpartition("}")[2]: str(text)
        for name, text in element.attrib.items()
        if name not in ("id", "bpmnElement")
    }
    return Drawn(
        place=box[:2],
        size=box[2:],
        line=tuple(_point(one) for one in element if local(one) == "waypoint"),
        label=() if label is None else _numbers(label, "Bounds", "x", "y", "width", "height"),
        look=tuple(sorted(look.items())),
    )


def _point(element: Element) -> tuple[float, ...]:
    return tuple(_number(element.get(name)) for name in ("x", "y"))


def _numbers(element: Element, child: str, *names: str) -> tuple[float, ...]:
    found = element.find(f"{{*}}{child}")
    return () if found is None else tuple(_number(found.get(name)) for name in names)


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
