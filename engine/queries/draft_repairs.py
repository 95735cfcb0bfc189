"""A draft's check as its designer reads it: what keeps it from running, from being published, what to think of; and
what can be mended at a press.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.diagram import Finding, check_folder
from engine.diagram.repair import Repair, apply_all, repairs
from engine.queries.drafts import Draft
from engine.runtime import Runtime


@dataclass(frozen=True)
class Item:
    """Findings that go together, by what mends them or by the element they stand at, with the repairs there are."""

    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...] = ()

    @property
    def at(self) -> Finding | None:
        """The element all of them stand at; None where they stand at several, or at none."""
        first = self.findings[0] if self.findings else None
        if first is None or any(_place(each) != _place(first) for each in self.findings):
            return None
        return first


@dataclass(frozen=True)
class Checked:
    """`running` keeps the draft from being rehearsed, `publishing` from being published, `reminders` from nothing.

    `hidden` are repairs of what the check has not come to yet. `everything` is all that is mended without a question,
    `left` how many faults there are after that, of which `own` need a person, not a press.
    """

    running: tuple[Item, ...]
    publishing: tuple[Item, ...]
    reminders: tuple[Item, ...]
    hidden: tuple[Repair, ...]
    everything: tuple[Repair, ...]
    left: int
    own: int

    @property
    def faults(self) -> int:
        return sum(len(item.findings) for item in (*self.running, *self.publishing))


def checked(runtime: Runtime, draft: Draft) -> Checked:
    """The whole check of a draft as it is stored, and what could be done about it."""
    known = runtime.designations
    findings = check_folder(draft.files, known)
    offered = repairs(draft.files, known)
    stopping = [f for f in findings if f.severity == "error" and f.gate == "execution"]
    publishing = [f for f in findings if f.severity == "error" and f.gate != "execution"]
    reminders = [f for f in findings if f.severity != "error"]
    sections = [_items(part, offered) for part in (stopping, publishing, reminders)]
    shown = {repair.id for items in sections for item in items for repair in item.repairs}
    repaired = apply_all(draft.files, known)
    left = [f for f in check_folder(repaired, known) if f.severity == "error"] if repaired.done else findings
    asked = repairs(repaired, known) if repaired.done else offered
    own = [f for f in left if f.severity == "error" and not any(mends(each, f) for each in asked)]
    return Checked(
        running=sections[0],
        publishing=sections[1],
        reminders=sections[2],
        hidden=tuple(repair for repair in offered if repair.id not in shown),
        everything=repaired.done,
        left=len([f for f in left if f.severity == "error"]),
        own=len(own),
    )


def mends(repair: Repair, finding: Finding) -> bool:
    """Whether a repair removes this finding."""
    if finding.code not in repair.mends:
        return False
    return not repair.elements or finding.element_id is None or finding.element_id in repair.elements


def _items(findings: Iterable[Finding], offered: Iterable[Repair]) -> tuple[Item, ...]:
    """In the order of the findings: those one repair mends together, the others by their element."""
    by_code: dict[str, list[Repair]] = {}
    for repair in offered:
        for code in repair.mends:
            by_code.setdefault(code, []).append(repair)
    groups: dict[object, list[Finding]] = {}
    means: dict[object, tuple[Repair, ...]] = {}
    for finding in findings:
        fitting = tuple(r for r in by_code.get(finding.code, ()) if mends(r, finding))
        key: object = tuple(r.id for r in fitting) or (
            _place(finding),
            finding.code if _loose(finding) else "",
        )
        groups.setdefault(key, []).append(finding)
        means[key] = fitting
    return tuple(Item(tuple(group), means[key]) for key, group in groups.items())


def _place(finding: Finding) -> tuple[str | None, str | None]:
    return finding.file, finding.element_id


def _loose(finding: Finding) -> bool:
    return finding.element_id is None
