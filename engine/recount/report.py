"""What a recount found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Report:
    """What was checked, and what is not as the file says. `digest` is the file's SHA-256, as the journal has it."""

    digest: str
    title: str = ""
    checked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    receipts: set[str] = field(default_factory=set)

    @property
    def same(self) -> bool:
        return not self.wrong

    def look_for(self, receipt: str) -> None:
        """A receipt somebody holds: whether it is among those counted. Spaces, dashes and case do not matter."""
        single = _plain(receipt)
        found = any(_plain(one) == single for one in self.receipts)
        self.expect(found, f"回执 {receipt.strip()} 在计票的票里", "没有找到。请核对有没有抄错")

    def lines(self) -> Iterator[str]:
        """All of it, for people to read."""
        yield self.title
        yield from (f"  √ {one}" for one in self.checked)
        yield from (f"  × {one}" for one in self.wrong)
        yield f"文件的指纹（SHA-256）：{self.digest}"
        yield "重新计票的结果和公布的一样。" if self.same else "和公布的不一样，见上面打 × 的地方。"

    def expect(self, holds: bool, what: str, instead: str = "") -> None:
        """Write down a check; `instead` says what was found where it does not hold."""
        if holds:
            self.checked.append(what)
        else:
            self.wrong.append(f"{what}：{instead}" if instead else what)


def _plain(receipt: str) -> str:
    return "".join(letter for letter in receipt.upper() if letter.isalnum())
