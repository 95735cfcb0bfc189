"""Which item of the earlier diagram is which of the later: by id, and where an id was changed, by everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.diagram.comparison.elements import Item, Parts


@dataclass
class Pairs:
    """`later` maps keys of the earlier diagram to those of the later; `renamed` are those whose id was changed."""

    before: Parts
    after: Parts
    later: dict[str, str] = field(default_factory=dict)
    renamed: set[str] = field(default_factory=set)

    @property
    def added(self) -> list[Item]:
        known = set(self.later.values())
        return [item for key, item in self.after.items.items() if key not in known]

    @property
    def removed(self) -> list[Item]:
        return [item for key, item in self.before.items.items() if key not in self.later]


def paired(before: Parts, after: Parts) -> Pairs:
    pairs = Pairs(before, after, {key: key for key in before.items if key in after.items})
    _processes(pairs)
    _alike(pairs, flows=False)
    _of_one_name(pairs)
    _alike(pairs, flows=True)
    return pairs


def _processes(pairs: Pairs) -> None:
    """A diagram has few processes: one that is gone and one that is new are the same with another id."""
    for tag in ("process", "participant"):
        gone = [item for item in pairs.removed if item.tag == tag]
        new = [item for item in pairs.added if item.tag == tag]
        if len(gone) == len(new) == 1:
            _same(pairs, gone[0], new[0])
        else:
            _match(pairs, [(item.name, item) for item in gone], [(item.name, item) for item in new])


def _alike(pairs: Pairs, flows: bool) -> None:
    gone = [item for item in pairs.removed if item.is_flow == flows]
    new = [item for item in pairs.added if item.is_flow == flows]
    if gone and new:
        before, after = pairs.before, pairs.after
        _match(
            pairs,
            [(_signature(item, before, _ends(item, pairs.later)), item) for item in gone],
            [(_signature(item, after, _ends(item, {})), item) for item in new],
        )


def _of_one_name(pairs: Pairs) -> None:
    """A step that was drawn anew under its old name, and there is no other of that name."""
    sides = [Counter((item.tag, item.name) for item in side) for side in (pairs.removed, pairs.added)]
    once = {known for known in sides[0] if known[1] and all(side[known] == 1 for side in sides)}
    gone, new = (
        [((item.tag, item.name), item) for item in side if (item.tag, item.name) in once and not item.is_flow]
        for side in (pairs.removed, pairs.added)
    )
    _match(pairs, gone, new)


def _match(pairs: Pairs, gone: Iterable[tuple[Any, Item]], new: Iterable[tuple[Any, Item]]) -> None:
    waiting: dict[Any, list[Item]] = {}
    for signature, item in new:
        waiting.setdefault(signature, []).append(item)
    for signature, item in gone:
        if waiting.get(signature):
            _same(pairs, item, waiting[signature].pop(0))


def _same(pairs: Pairs, before: Item, after: Item) -> None:
    pairs.later[before.key] = after.key
    pairs.renamed.add(before.key)


def _ends(item: Item, later: dict[str, str]) -> tuple[str, ...]:
    """What a flow connects, by the later diagram's ids."""
    if not item.is_flow:
        return ()
    return tuple(later.get(item.links.get(end, ""), item.links.get(end, "")) for end in ("source", "target"))


def _signature(item: Item, parts: Parts, ends: tuple[str, ...]) -> Any:
    """All there is to an item but its id; of what it is linked with, what people call it."""
    facts = tuple(sorted(item.facts.items()))
    if item.is_flow:
        return item.tag, item.name, facts, ends
    lane = parts.items.get(item.links.get("lane", ""))
    before = sorted(_name(parts, flow.links.get("source")) for flow in parts.incoming.get(item.key, []))
    flows = [parts.items[key] for key in item.order]
    after = sorted(_name(parts, flow.links.get("target")) for flow in flows)
    return item.tag, item.name, facts, lane.name if lane else "", tuple(before), tuple(after)


def _name(parts: Parts, key: str | None) -> str:
    item = parts.items.get(key or "")
    return "" if item is None else item.name or item.tag
