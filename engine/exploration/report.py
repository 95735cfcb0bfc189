"""What an exploration has found, and how far it looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from engine.exploration.world import AT_ONCE, INSTANCES, Passage

FindingKind = Literal["never", "stuck", "endless", "fails", "skips"]
TITLES: dict[FindingKind, str] = {
    "fails": "办到这里会出错",
    "stuck": "卡住的地方",
    "endless": "再也到不了结束的地方",
    "never": "永远轮不到的步骤和连线",
    "skips": "不经过必经条款就能到的结束",
}
BOUNDS = (
    "参数取默认值（走查时可以另给）",
    "循环不限圈数：走到和以前一样的局面就并到一起",
    f"同时在一个地方的最多 {AT_ONCE} 份（名单各项不算），一个事件子流程 1 份，在办的流程 {INSTANCES} 个",
    "名单走空的、一项的、两项的，和条件问到的长度上下",
    "数走条件里的边界和上下各一个，文字走比较过的和另外一个，是否两样都走",
    "人快人慢都算：在等的时间、消息什么时候来都走到；同时开始等的，先到期的先来",
    "各步只按它可能的结果走；谁来办、会议和票怎么开、设置从前面取什么，不在走查之内（用情形推演）",
)


@dataclass(frozen=True)
class Finding:
    """Something a designer should look at. `path` leads there; for what never happens, to where it would branch off.

    `data` is what conditions could read there (for what fails); `clauses` the rules that are passed by. What never
    happens may do so only because nothing before it does: it `follows`.
    """

    kind: FindingKind
    message: str
    elements: tuple[str, ...] = ()
    procedure: str | None = None
    clauses: tuple[str, ...] = ()
    path: tuple[Passage, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    follows: bool = False


@dataclass(frozen=True)
class Ending:
    """An end a matter can come to, with a shortest way."""

    element: str
    name: str
    path: tuple[Passage, ...]


@dataclass
class Report:
    """`complete`: everything within `bounds` was looked at. `cut` tells what was not, `remarks` what could not be
    enumerated for certain.
    """

    title: str
    states: int
    ways: int
    seconds: float
    findings: list[Finding]
    endings: list[Ending]
    cut: list[str]
    remarks: list[str]
    stopped: bool
    bounds: tuple[str, ...] = BOUNDS

    @property
    def complete(self) -> bool:
        return not self.stopped

    @property
    def problems(self) -> list[Finding]:
        """What is wrong, as against what is only worth knowing."""
        return [finding for finding in self.findings if finding.kind != "skips"]

    def as_dict(self) -> dict[str, Any]:
        """For a tool to read: JSON values only."""
        return asdict(self) | {"complete": self.complete}

    def text(self) -> str:
        """For a person to read."""
        told = [f"{self.title}：看了 {self.states} 种局面，走了 {self.ways} 步，用 {self.seconds:.1f} 秒。"]
        told.append(self._how_far())
        for kind, title in TITLES.items():
            found = [finding for finding in self.findings if finding.kind == kind]
            if found:
                told.append(f"\n{title}（{len(found)}）")
                for finding in found:
                    told += _finding(finding)
        told.append(f"\n到得了的结束（{len(self.endings)}）")
        for ending in self.endings:
            told += [f"  ○ {ending.name}", *_path(ending.path)]
        told += ["\n走的范围：", *(f"  · {bound}" for bound in self.bounds)]
        return "\n".join(told) + "\n"

    def _how_far(self) -> str:
        if self.stopped:
            first = "没有走完，下面只是走到的部分，没有提到的不等于没有问题。"
        elif self.cut:
            first = "在下面写明的范围里走完了。"
        else:
            first = "在下面写明的范围里走完了，没有略去的。"
        notes = [f"  ! 略去：{one}" for one in self.cut] + [f"  ! 说明：{one}" for one in self.remarks]
        if not self.problems and self.complete:
            notes.append("没有发现走不到、卡住或出错的地方。")
        return "\n".join([first, *notes])


def told(passage: Passage) -> str:
    """One line of a way: `办“定议题”：结论 = 退回`."""
    answers = "，".join(f"{name} = {in_words(value)}" for name, value in passage.shown.items())
    does = {
        "start": "开始：",
        "complete": "办",
        "error": "出错：",
        "time": "时间到了：",
        "message": "收到消息",
        "signal": "收到信号",
    }[passage.kind]
    return f"{does}“{passage.name}”" + (f"（{answers}）" if answers else "")


def _finding(finding: Finding) -> list[str]:
    lines = [f"  ✗ {finding.message}"]
    if finding.data:
        read = "，".join(f"{name} = {in_words(value)}" for name, value in finding.data.items())
        lines.append(f"      这时的数据：{read}")
    return lines + _path(finding.path)


def _path(path: tuple[Passage, ...]) -> list[str]:
    return [f"      走法：{' → '.join(told(passage) for passage in path)}"] if path else []


def in_words(value: Any) -> str:
    """A value of the matter's data as people read it."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        inside = "、".join(in_words(one) for one in value[:3]) + ("……" if len(value) > 3 else "")
        return f"{len(value)} 项" + (
            f"（{inside}）" if value and any(one not in ({}, "其他") for one in value) else ""
        )
    if isinstance(value, Mapping):
        return "；".join(f"{name} {in_words(one)}" for name, one in value.items()) or "（空）"
    return str(value)
