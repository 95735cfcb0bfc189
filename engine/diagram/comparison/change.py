"""What a comparison consists of: changes in words, each saying what was before and what is now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.diagram.comparison.texts import Piece, pieces, shortened

Part = Literal["diagram", "forms", "parameters", "others"]
Action = Literal["added", "removed", "changed", "moved"]
PARTS: dict[Part, str] = {"diagram": "流程图", "forms": "表单", "parameters": "参数", "others": "其他"}
ACTIONS: dict[Action, str] = {"added": "加了", "removed": "删了", "changed": "改了", "moved": "调整了"}

LONG = 16  # letters from which a text is shown word by word instead of whole


@dataclass(frozen=True)
class Detail:
    """One thing that differs: what it is called, and both values as people read them; "" where there is none.

    With neither value the title says it all.
    """

    title: str
    before: str = ""
    after: str = ""

    @property
    def pieces(self) -> list[Piece]:
        """Long texts word by word; empty where both values are short enough to be read side by side."""
        if not (self.before and self.after) or max(len(self.before), len(self.after)) < LONG:
            return []
        return pieces(self.before, self.after)

    @property
    def excerpt(self) -> list[Piece]:
        """The pieces with long unchanged stretches left out."""
        return shortened(self.pieces)

    def __str__(self) -> str:
        if found := self.pieces:
            gone = "、".join(
                f"“{one.text.strip()}”" for one in found if one.how == "removed" and one.text.strip()
            )
            come = "、".join(
                f"“{one.text.strip()}”" for one in found if one.how == "added" and one.text.strip()
            )
            told = "，".join(filter(None, (gone and f"删去{gone}", come and f"加上{come}")))
            return f"{self.title}里{told or '改了空格和换行'}"
        if self.before and self.after:
            return f"{self.title}由“{self.before}”改为“{self.after}”"
        if self.after:
            return f"{self.title}：“{self.after}”" if self.title else self.after
        return f"{self.title}去掉了（原来是“{self.before}”）" if self.before else self.title


@dataclass(frozen=True)
class Change:
    """`before` and `after` are the element's id on either side, where it is one of the diagram; `what` is the noun."""

    part: Part
    action: Action
    what: str
    label: str
    details: tuple[Detail, ...] = ()
    before: str | None = None
    after: str | None = None

    @property
    def headline(self) -> str:
        """`改了步骤“公示”`."""
        return f"{ACTIONS[self.action]}{self.what}" + (f"“{self.label}”" if self.label else "")

    def __str__(self) -> str:
        told = "；".join(map(str, self.details))
        return f"{self.headline}：{told}" if told else self.headline

    def as_dict(self) -> dict[str, Any]:
        details = [{"title": d.title, "before": d.before, "after": d.after} for d in self.details]
        return {
            "part": self.part,
            "action": self.action,
            "what": self.what,
            "label": self.label,
            "before": self.before,
            "after": self.after,
            "text": str(self),
            "details": details,
        }


@dataclass(frozen=True)
class Comparison:
    """All that differs, part by part, the diagram's in the order it flows. Empty (false) where nothing does."""

    changes: tuple[Change, ...] = field(default_factory=tuple)

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def of(self, part: Part) -> list[Change]:
        return [change for change in self.changes if change.part == part]

    @property
    def summary(self) -> str:
        """`加了 2 处、改了 3 处`; `没有不同` where nothing differs."""
        count = {action: sum(c.action == action for c in self.changes) for action in ACTIONS}
        told = [f"{ACTIONS[action]} {number} 处" for action, number in count.items() if number]
        return "、".join(told) or "没有不同"

    def as_dict(self) -> dict[str, Any]:
        """For a tool or a page to read: JSON values only."""
        return {"summary": self.summary, "changes": [change.as_dict() for change in self.changes]}
