"""What came of a scenario, line by line: it reads like the story it was, with a mark where the two differ."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.durations import SHANGHAI

WEEKDAYS = "一二三四五六日"


def day_and_time(moment: datetime) -> str:
    """`3 月 2 日（周一）09:00`, Shanghai time."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.month} 月 {local.day} 日（周{WEEKDAYS[local.weekday()]}）{local:%H:%M}"


def until(moment: datetime) -> str:
    """The same of an end: midnight is 24:00 of the day that ends, as notices and deadlines are meant."""
    if moment.astimezone(SHANGHAI).strftime("%H:%M") != "00:00":
        return day_and_time(moment)
    return day_and_time(moment - timedelta(minutes=1)).replace("23:59", "24:00")


@dataclass
class Line:
    """One step: when, what happened, what came of it (`notes`), and where it differs (`faults`).

    `stops`: nothing after it was tried.
    """

    at: str
    what: str
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    stops: bool = False


@dataclass
class Report:
    """A scenario that was played. `outcome` is the name of the end it came to, None if it has not ended."""

    name: str
    title: str
    story: str = ""
    lines: list[Line] = field(default_factory=list)
    outcome: str | None = None

    @property
    def faults(self) -> list[str]:
        return [fault for line in self.lines for fault in line.faults]

    @property
    def passed(self) -> bool:
        return not self.faults

    def text(self) -> str:
        """For a person to read."""
        told = [f"{'✓' if self.passed else '✗'} {self.title}（{self.name}）"]
        told += [f"    {row}" for row in self.story.splitlines()]
        for line in self.lines:
            end = line.what == "结果"
            shown = f"结果：{self.outcome or '还没有结束'}" if end else line.what
            told.append(f"  {line.at}  {shown}")
            told += [f"      → {note}" for note in line.notes]
            told += [f"      ✗ {fault}" for fault in line.faults]
            if line.stops:
                told.append("      后面的没有再推演。")
        return "\n".join(told) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """For a tool to read: JSON values only."""
        return asdict(self) | {"passed": self.passed, "faults": self.faults}
