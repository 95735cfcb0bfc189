"""What a draft can be compared with: versions, its own history, other drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.authorisation import Actor
from engine.queries import desk, draft_states, drafts, versions
from engine.queries.desk import Desk
from engine.queries.drafts import Draft
from engine.refusal import NotVisible
from engine.runtime import Runtime

NOW = "now"  # the draft as it is now


@dataclass(frozen=True)
class Choice:
    """`key` names it in an address; `about` is what tells it from its like."""

    key: str
    title: str
    about: str = ""


@dataclass(frozen=True)
class Side:
    """A folder as one side of a comparison; `title` as people call it."""

    key: str
    title: str
    files: Mapping[str, bytes]


def choices(rt: Runtime, actor: Actor, draft: Draft) -> dict[str, list[Choice]]:
    """Everything one of the sides may be, group by group; a group that has nothing is left out."""
    mine = next(one for one in desk.desks(rt, actor) if one.unit_id == draft.unit_id)
    own = [
        one for one in (*mine.published, *mine.withdrawn) if one.key == draft.key or _has(one.versions, draft)
    ]
    others = [one for one in mine.published if one not in own]
    groups = {
        "这个流程的各版": [
            Choice(f"v{version.id}", f"第 {version.number} 版", version.note)
            for one in own
            for version in one.versions
        ],
        "上级的版本": [
            Choice(f"v{one.version_id}", f"{one.unit}的“{one.title}”第 {one.number} 版")
            for one in mine.inherited
        ],
        "这份草稿": [Choice(NOW, "现在的草稿"), *_history(rt, actor, draft)],
        "别的草稿": [
            Choice(f"d{one.id}", one.title, one.changed_by) for one in _sketches(mine) if one.id != draft.id
        ],
        "别的流程": [
            Choice(f"v{one.newest.id}", f"“{one.newest.title}”第 {one.newest.number} 版") for one in others
        ],
    }
    return {title: found for title, found in groups.items() if found}


def side(rt: Runtime, actor: Actor, draft: Draft, key: str) -> Side:
    """One side by its key. Raises NotVisible."""
    kind, rest = key[:1], key[1:]
    if key == NOW:
        return Side(key, "现在的草稿", draft.files)
    if kind == "v" and rest.isdecimal() and len(rest) < 10:
        version = versions.version(rt, actor, int(rest))
        return Side(key, f"{version.title} 第 {version.number} 版", version.files)
    if kind == "s" and rest.isdecimal() and len(rest) < 10:
        return Side(key, f"第 {rest} 次保存时的草稿", draft_states.files_at(rt, actor, draft.id, int(rest)))
    if kind == "d":
        other = drafts.draft(rt, actor, rest)
        return Side(key, f"草稿“{other.title}”", other.files)
    raise NotVisible("side-unknown", "没有这一份可以比较的，请从列表里选")


def usual(rt: Runtime, actor: Actor, draft: Draft) -> str:
    """What a draft is compared with unless somebody says otherwise: the version it goes on from, else the one in force
    under its key, else what it began as.
    """
    if draft.based_on is not None:
        return f"v{draft.based_on}"
    mine = next(one for one in desk.desks(rt, actor) if one.unit_id == draft.unit_id)
    own = next((one.newest.id for one in mine.published if one.key == draft.key), None)
    above = next((one.version_id for one in mine.inherited if one.key == draft.key), None)
    if own is not None or above is not None:
        return f"v{own if own is not None else above}"
    return f"s{draft_states.states(rt, actor, draft.id)[-1].revision}"


def _has(found: tuple[desk.Version, ...], draft: Draft) -> bool:
    return any(version.id == draft.based_on for version in found)


def _sketches(mine: Desk) -> list[desk.Sketch]:
    return [sketch for one in (*mine.published, *mine.withdrawn) for sketch in one.drafts] + mine.loose


def _history(rt: Runtime, actor: Actor, draft: Draft) -> list[Choice]:
    return [
        Choice(f"s{one.revision}", f"第 {one.revision} 次保存", f"{one.by} {one.note}".strip())
        for one in draft_states.states(rt, actor, draft.id)
        if not one.current
    ]
