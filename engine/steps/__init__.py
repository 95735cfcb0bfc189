"""Kinds of human step, one module each. A new kind is a new module, a line here, and its page."""

from collections.abc import Collection

from engine.diagram.model import Node
from engine.steps.assess import Assess
from engine.steps.ballot import Ballot
from engine.steps.consult import Consult
from engine.steps.cosign import Cosign
from engine.steps.deliberate import Deliberate
from engine.steps.handle import Handle
from engine.steps.kind import DOERS, MEMBER, Action, Kind, Problem, Seat, SettingError, Submission
from engine.steps.notice import Notice
from engine.steps.setting import ALWAYS
from engine.steps.setting import names as names_of

_KINDS: dict[str, Kind] = {
    kind.key: kind for kind in (Handle(), Cosign(), Consult(), Deliberate(), Ballot(), Notice(), Assess())
}


def kind(name: str) -> Kind:
    """The kind of this name. Raises KeyError where there is none."""
    return _KINDS[name]


def known(node: Node) -> Collection[str] | None:
    """The settings that have an effect on a node; None where its kind is not known, so that nobody can tell."""
    if not node.is_person_task:
        title = {"title"} if node.tag == "startEvent" else set()
        payload = {"payload"} if node.event is not None and node.event.kind == "message" else set()
        return {"kind", "clauses"} | title | payload  # a kind is refused by its own words
    if node.kind is None:
        return ALWAYS
    declared = _KINDS.get(node.kind)
    return None if declared is None else ALWAYS | set(names_of(declared.settings))


def names() -> list[str]:
    return list(_KINDS)


__all__ = [
    "DOERS",
    "MEMBER",
    "Action",
    "Kind",
    "Problem",
    "Seat",
    "SettingError",
    "Submission",
    "kind",
    "known",
    "names",
]
