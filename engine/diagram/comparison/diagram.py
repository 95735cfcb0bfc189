"""Two diagrams compared: what was added, removed and changed, in the order the work flows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from engine.diagram.comparison import layout, words
from engine.diagram.comparison.change import Change, Detail
from engine.diagram.comparison.elements import Item, Parts, take_apart
from engine.diagram.comparison.pairing import Pairs, paired
from engine.diagram.source import Element

LINKS = (
    "owner",
    "lane",
    "source",
    "target",
    "attached",
    "processRef",
    "messageRef",
    "signalRef",
    "errorRef",
    "escalationRef",
)
FIRST = ("process", "participant", "lane")


def compared(before: Element | None, after: Element | None) -> Iterator[Change]:
    """Everything that differs; None stands for a diagram that is not there."""
    one = Parts() if before is None else take_apart(before)
    other = Parts() if after is None else take_apart(after)
    pairs = paired(one, other)
    changes = [
        *(_whole("removed", item, one) for item in pairs.removed),
        *(_whole("added", item, other) for item in pairs.added),
        *_changed(pairs),
        *_process_order(pairs),
    ]
    yield from sorted(changes, key=_Flow(pairs).rank)
    if before is not None and after is not None:
        yield from layout.compared(layout.drawn(before), layout.drawn(after), pairs.later)


# ---------------------------------------------------------------- one item


def _whole(action: str, item: Item, parts: Parts) -> Change:
    """An item that only one side has; an added one with all it brings."""
    noun, label = words.noun(item.tag), parts.label(item.key)
    if action == "removed":
        return Change("diagram", "removed", noun, label, before=item.key)
    links = {name: parts.label(key) for name, key in item.links.items() if name == "lane"}
    details = [Detail(words.title(name), "", text) for name, text in links.items()]
    details += [
        Detail(words.title(path, item.kind), "", words.value(path, text, item.kind))
        for path, text in item.facts.items()
        if text
    ]
    return Change("diagram", "added", noun, label, tuple(details), after=item.key)


def _changed(pairs: Pairs) -> Iterator[Change]:
    for key, now in pairs.later.items():
        before, after = pairs.before.items[key], pairs.after.items[now]
        details = tuple(_details(before, after, pairs))
        if details:
            noun = words.noun(after.tag)
            label = (after.name if not after.is_flow else "") or pairs.after.label(now)
            yield Change("diagram", "changed", noun, label, details, before=key, after=now)


def _details(before: Item, after: Item, pairs: Pairs) -> Iterator[Detail]:
    if before.key in pairs.renamed:
        yield Detail("改了标识", before.key, after.key)
    if before.name != after.name:
        yield Detail("名称", before.name, after.name)
    if before.tag != after.tag:
        yield Detail("类型", _type(before.tag), _type(after.tag))
    for name in LINKS:
        yield from _link(name, before, after, pairs)
    for path in dict.fromkeys((*before.facts, *after.facts)):
        old, new = before.facts.get(path, ""), after.facts.get(path, "")
        if old != new or (path in before.facts) != (path in after.facts):
            yield _fact(path, old, new, before.kind, after.kind)
    yield from _order(before, after, pairs)


def _fact(path: str, old: str, new: str, kind: str, later: str) -> Detail:
    title = words.title(path, later if new else kind)
    was, now = words.value(path, old, kind), words.value(path, new, later)
    if was == now:  # the same to read, and yet not the same: as it is written
        was, now = f"{was}（写作 {old}）" if old else "（空）", f"{now}（写作 {new}）" if new else "（空）"
    return Detail(title, was, now)


def _link(name: str, before: Item, after: Item, pairs: Pairs) -> Iterator[Detail]:
    old, new = before.links.get(name), after.links.get(name)
    if pairs.later.get(old or "", old) == new:
        return
    was, now = pairs.before.label(old), pairs.after.label(new)
    if was == now:
        was, now = f"{was}（{old}）", f"{now}（{new}）"
    yield Detail(words.title(name), was, now)


def _order(before: Item, after: Item, pairs: Pairs) -> Iterator[Detail]:
    """The order in which conditions are tried, of the flows both sides have."""
    old = [pairs.later[flow] for flow in before.order if flow in pairs.later]
    kept = set(old) & set(after.order)
    old, new = [flow for flow in old if flow in kept], [flow for flow in after.order if flow in kept]
    if old != new:
        told = ["、".join(pairs.after.label(flow) for flow in flows) for flows in (old, new)]
        yield Detail(words.title("order"), *told)


def _process_order(pairs: Pairs) -> Iterator[Change]:
    """The first process of a file is the one that is started."""
    old = [
        pairs.later[k] for k, one in pairs.before.items.items() if one.tag == "process" and k in pairs.later
    ]
    new = [k for k, one in pairs.after.items.items() if one.tag == "process" and k in set(old)]
    if old != new:
        told = ["、".join(pairs.after.label(key) for key in keys) for keys in (old, new)]
        details = (Detail("先后（排在第一的先开始）", *told),)
        yield Change("diagram", "changed", "流程的先后", "", details, after=new[0])


def _type(tag: str) -> str:
    """Of what several types share a noun, the type itself."""
    special = {"userTask": "人工步骤", "manualTask": "线下步骤", "task": "普通步骤"}
    return special.get(tag, words.noun(tag))


# ---------------------------------------------------------------- in which order


class _Flow:
    """Places of all items: processes and lanes first, then as the work flows; what was removed where it once stood."""

    def __init__(self, pairs: Pairs) -> None:
        self._after = {key: place for place, key in enumerate(_in_order(pairs.after))}
        self._before: dict[str, tuple[int, int]] = {}
        last = -1
        for place, key in enumerate(_in_order(pairs.before)):
            now = pairs.later.get(key)
            if now is None:
                self._before[key] = (last, place + 1)
            else:
                last = self._after[now]

    def rank(self, change: Change) -> tuple[int, int]:
        if change.after is not None:
            return self._after[change.after], 0
        return self._before[change.before or ""]


def _in_order(parts: Parts) -> list[str]:
    items = parts.items
    found = dict.fromkeys(key for tag in FIRST for key, item in items.items() if item.tag == tag)
    leads: dict[str, list[str]] = {}
    entered: set[str] = set()
    for key, item in items.items():
        if item.is_flow:
            continue
        ahead = [key for key in (items[flow].links.get("target", "") for flow in item.order) if key in items]
        leads.setdefault(key, []).extend(ahead)
        entered.update(ahead)
        host = item.links.get("attached") or item.links.get("owner", "")
        if (
            host in items
            and items[host].tag not in FIRST
            and (item.tag == "startEvent" or "attached" in item.links)
        ):
            leads.setdefault(host, []).append(key)
            entered.add(key)
    nodes = [key for key, item in items.items() if not item.is_flow]
    for root in sorted(nodes, key=lambda key: key in entered):  # beginnings first
        pending = deque([root])
        while pending:
            key = pending.popleft()
            if key not in found or key == root:
                found.setdefault(key)
                found.update(dict.fromkeys(items[key].order))
                pending.extend(one for one in leads.get(key, ()) if one not in found)
    found.update(dict.fromkeys(items))
    return list(found)
