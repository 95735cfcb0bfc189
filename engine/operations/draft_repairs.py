"""Repairs of a draft: those somebody pressed, or all that need no question. The history keeps what was there before."""

from __future__ import annotations

from collections.abc import Mapping

from engine.diagram.repair import Repair, apply, apply_all
from engine.operations.drafts import change_files, digest_of, files_of, require_draft
from engine.runtime import Runtime

Files = Mapping[str, bytes]


def repair_draft(
    runtime: Runtime,
    actor_id: int,
    draft_id: str,
    chosen: Mapping[str, str | None],
    *,
    everything: bool = False,
) -> tuple[Repair, ...]:
    """Do these repairs (id -> the choice, None where there is none to make), then all that need no question if
    `everything`; what was done, in order. A repair that is not offered any more is passed over.

    They are worked out before anything is written, so Overtaken where somebody saved meanwhile: nothing is lost, and
    pressing again does it. Raises Forbidden, NotVisible.
    """
    with runtime.database.snapshot() as c:
        require_draft(runtime, c, actor_id, draft_id)
        before = files_of(c, draft_id)
    after, done = _repaired(before, chosen, everything, runtime.designations)
    changed = {name: data for name, data in after.items() if before.get(name) != data}
    if not changed:
        return ()
    seen = {name: digest_of(before[name]) if name in before else None for name in changed}
    titles = "、".join(dict.fromkeys(repair.title for repair in done))
    change_files(runtime, actor_id, draft_id, lambda files: {**files, **changed}, seen, f"修复：{titles}")
    return done


def _repaired(
    files: Files, chosen: Mapping[str, str | None], everything: bool, designations: Mapping[str, object]
) -> tuple[Files, tuple[Repair, ...]]:
    done: list[Repair] = []
    for repair_id, choice in chosen.items():
        try:
            repaired = apply(files, repair_id, choice, designations)
        except KeyError:
            continue  # another repair, or somebody else, has mended it already
        files = repaired
        done += repaired.done
    if everything:
        repaired = apply_all(files, designations)
        files = repaired
        done += repaired.done
    return files, tuple(done)
