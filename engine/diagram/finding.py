"""What a check has to say about a diagram."""

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning"]
Gate = Literal["execution", "publishing"]


@dataclass(frozen=True)
class Finding:
    """One thing a designer should mend.

    `code` is stable and English (for tests and tools); `message` is Chinese, says what is wrong and how to
    mend it;
    `label` is the element's own label, falling back to its id. `gate` tells which one it closes: an
    `execution` error
    keeps the diagram from running at all (`Rehearsal.load` refuses it), a `publishing` error only keeps it
    from being
    published.
    """

    code: str
    message: str
    element_id: str | None = None
    label: str | None = None
    severity: Severity = "error"
    gate: Gate = "execution"
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        return f"「{self.label}」{self.message}" if self.label else self.message

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class DiagramError(Exception):
    """The diagram cannot be executed right. `findings` says why, each in plain Chinese."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))
