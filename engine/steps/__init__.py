"""Kinds of human step, one module each. A new kind is a new module, a line here, and its page."""

from engine.steps.assess import Assess
from engine.steps.ballot import Ballot
from engine.steps.consult import Consult
from engine.steps.cosign import Cosign
from engine.steps.deliberate import Deliberate
from engine.steps.handle import Handle
from engine.steps.kind import DOERS, MEMBER, Action, Kind, Problem, Seat, SettingError, Submission
from engine.steps.notice import Notice

_KINDS: dict[str, Kind] = {
    kind.key: kind for kind in (Handle(), Cosign(), Consult(), Deliberate(), Ballot(), Notice(), Assess())
}


def kind(name: str) -> Kind:
    """The kind of this name. Raises KeyError where there is none."""
    return _KINDS[name]


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
    "names",
]
