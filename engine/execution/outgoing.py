"""What an instance says to the outside."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Outgoing:
    """A message for one instance that waits for it (or starts by it), or a signal for all of them."""

    kind: Literal["message", "signal"]
    name: str
    payload: dict[str, Any] = field(default_factory=dict)
