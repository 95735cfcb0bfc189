"""A draft's check as its designer reads it: what keeps it from running, from being published, what to think of; and
what can be mended at a press.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.diagram import Finding, check_folder
from engine.diagram.repair import Repair, apply_all, apply_provisionally, repairs
from engine.queries import draft_findings
from engine.queries.drafts import Draft
from engine.runtime import Runtime


@dataclass(frozen=True)
class Item:
    """Findings that go together, by what mends them or by the element they stand at, with the repairs there are."""

    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...] = ()

    @property
    def places(self) -> tuple[Finding, ...]:
        """One finding for each place they stand at, in order."""
        return tuple({_place(finding): finding for finding in reversed(self.findings)}.values())[::-1]

    @property
    def messages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(finding.message for finding in self.findings))


@dataclass(frozen=True)
class Checked:
    """`running` keeps the draft from being rehearsed, `publishing` from being published, `reminders` from nothing.

    The check goes on to the next only when the one before is through. `hidden` are repairs of what it has not come to
    yet, `later` the faults it would come to that no repair mends. `everything` is all that is mended unasked.
    """

    running: tuple[Item, ...]
    publishing: tuple[Item, ...]
    reminders: tuple[Item, ...]
    hidden: tuple[Repair, ...]
    later: tuple[Item, ...]
    everything: tuple[Repair, ...]

    @property
    def faults(self) -> int:
        return sum(len(item.findings) for item in (*self.running, *self.publishing))

    @property
    def own(self) -> int:
        """How many faults no repair mends: a person has to draw or to write there."""
        items = (*self.running, *self.publishing, *self.later)
        return sum(len(item.findings) for item in items if not item.repairs)

    @property
    def questions(self) -> int:
        """How many repairs want to be chosen."""
        parts = (self.running, self.publishing, self.reminders)
        shown = {r.id: r for items in parts for item in items for r in item.repairs}
        return sum(1 for r in (*shown.values(), *self.hidden) if r.choices)


def checked(runtime: Runtime, draft: Draft) -> Checked:
    """The whole check of a draft as it is stored, and what could be done about it."""
    known, files = runtime.designations, draft.files
    findings = draft_findings.findings(runtime, draft)
    offered = repairs(files, known)
    stopping = [f for f in findings if f.severity == "error" and f.gate == "execution"]
    publishing = [f for f in findings if f.severity == "error" and f.gate != "execution"]
    reminders = [f for f in findings if f.severity != "error"]
    sections = [_items(part, offered) for part in (stopping, publishing, reminders)]
    shown = {repair.id for items in sections for item in items for repair in item.repairs}
    return Checked(
        running=sections[0],
        publishing=sections[1],
        reminders=sections[2],
        hidden=tuple(repair for repair in offered if repair.id not in shown),
        later=_later(runtime, draft, findings) if stopping else (),
        everything=apply_all(files, known).done,
    )


def mends(repair: Repair, finding: Finding) -> bool:
    """Whether a repair removes this finding."""
    if finding.code not in repair.mends:
        return False
    return not repair.elements or finding.element_id is None or finding.element_id in repair.elements


def _later(runtime: Runtime, draft: Draft, findings: Iterable[Finding]) -> tuple[Item, ...]:
    """The faults that show only after those that keep it from running: looked for on a copy that is mended."""
    known = {(f.code, *_place(f)) for f in findings}
    copy = apply_provisionally(draft.files, runtime.designations)
    left = check_folder(copy, runtime.designations)
    asked = repairs(copy, runtime.designations)
    own = [f for f in left if f.severity == "error" and not any(mends(each, f) for each in asked)]
    return _items([f for f in own if (f.code, *_place(f)) not in known], ())


def _items(findings: Iterable[Finding], offered: Iterable[Repair]) -> tuple[Item, ...]:
    """In the order of the findings: those one repair mends together, the others by what is wrong, or by element."""
    by_code: dict[str, list[Repair]] = {}
    for repair in offered:
        for code in repair.mends:
            by_code.setdefault(code, []).append(repair)
    groups: dict[object, list[Finding]] = {}
    means: dict[object, tuple[Repair, ...]] = {}
    for finding in findings:
        fitting = tuple(r for r in by_code.get(finding.code, ()) if mends(r, finding))
        key: object = tuple(r.id for r in fitting) or (finding.code, finding.message)
        groups.setdefault(key, []).append(finding)
        means[key] = fitting
    return tuple(Item(tuple(group), means[key]) for key, group in _by_element(groups, means).items())


def _by_element(
    groups: dict[object, list[Finding]], means: dict[object, tuple[Repair, ...]]
) -> dict[object, list[Finding]]:
    """What has no repair and stands at one place only goes with what else stands there."""
    together: dict[object, list[Finding]] = {}
    for key, group in groups.items():
        if means[key] or len(group) > 1:
            together[key] = group
        else:
            together.setdefault(("at", *_place(group[0])), []).extend(group)
            means[("at", *_place(group[0]))] = ()
    return together


def _place(finding: Finding) -> tuple[str | None, str | None]:
    return finding.file, finding.element_id
