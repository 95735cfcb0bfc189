"""What a step's settings are: their names in the diagram, what may be written there, and what they mean to a designer.

The panel beside the drawing is made of these declarations, and a check holds every step against them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Sort = Literal[
    "text",  # one line
    "area",  # several lines
    "choice",  # one of `choices`
    "several",  # some of `choices`, separated by blanks
    "words",  # a list of words of one's own, separated by blanks; `choices` are only proposed
    "switch",  # `yes` or `no`
    "number",  # a whole number
    "duration",  # `7d`, `5wd`, ISO 8601
    "fraction",  # `2/3`
    "thresholds",  # engine.steps.threshold
    "designations",  # names of posts, registers, duties and groups
    "form",  # the name of one of the procedure's forms
    "path",  # a place in the matter's data, in braces
    "results",  # keys of earlier steps
    "result",  # the key of an earlier step
    "clauses",  # numbers of clauses
    "key",  # a name for expressions
]

# The types of parameters that can stand for a setting of this sort; thresholds take them as their fractions.
FITTING: dict[str, tuple[str, ...]] = {
    "number": ("integer", "number"),
    "duration": ("duration",),
    "fraction": ("fraction",),
    "thresholds": ("fraction",),
    "words": ("list",),
    "designations": ("list",),
}


@dataclass(frozen=True)
class Choice:
    """`value` is what is written in the diagram, `title` what a designer reads."""

    value: str
    title: str


@dataclass(frozen=True)
class Setting:
    """`default` is what is in force where nothing is written; `otherwise` says it in words where it is no fixed text.

    `part` is the heading it stands under. `words_of` names the setting whose words these are some of, `bases` are what
    a threshold may compare with, `kinds` the kinds of step whose result may be named. `data`: a place in the matter's
    data (in braces) may stand here instead. `needs` and `without` name another setting that must, or must not, be
    there for this one to mean anything.
    """

    name: str
    title: str
    sort: Sort
    help: str = ""
    part: str = ""
    choices: tuple[Choice, ...] = ()
    default: str = ""
    otherwise: str = ""
    required: bool = False
    parameters: tuple[str, ...] = ()
    data: bool = False
    words_of: str = ""
    bases: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    needs: str = ""
    without: str = ""
    clause: str = ""


def choices(**titles: str) -> tuple[Choice, ...]:
    """Value = title."""
    return tuple(Choice(value, title) for value, title in titles.items())


def words(*values: str) -> tuple[Choice, ...]:
    """Choices that are written as they are read."""
    return tuple(Choice(value, value) for value in values)


def names(settings: Iterable[Setting]) -> tuple[str, ...]:
    return tuple(one.name for one in settings)


def called(settings: Iterable[Setting], *wanted: str) -> str:
    """What a message calls these settings: “谁来签”（seats）, as the panel shows them and the file writes them."""
    titles = {one.name: one.title for one in settings}
    return "、".join(f"“{titles[name]}”（{name}）" for name in wanted)


DUE = Setting(
    "due",
    "办理期限",
    "duration",
    "从轮到这一步起，多久以内要办好；过了就是逾期，会提醒。可以用前面填的日期",
    part="怎么办",
    otherwise="不限",
    parameters=FITTING["duration"],
    data=True,
)
CLAUSES = Setting(
    "clauses", "依据的条款", "clauses", "写上以后，办的人看得到条文，“条款”一页也会算上这一步", part="依据"
)

# Settings of every step, whatever its kind.
COMMON = (
    Setting(
        "who",
        "指定的人",
        "path",
        "前面填过由谁负责的，就由那个人办；不选就由泳道里的人办",
        part="谁来办",
        otherwise="泳道里的人",
    ),
    Setting(
        "not_who",
        "回避的人",
        "results",
        "办过这几步的人不能再办这一步，如报账的人不能自己审批",
        part="谁来办",
        data=True,
    ),
    DUE,
    CLAUSES,
    Setting(
        "key",
        "结果的名字",
        "key",
        "条件里用这个名字看这一步的结果，如 支出.金额；只用汉字、字母和数字",
        part="高级",
        otherwise="步骤的编号",
    ),
)

# What else is written on nodes: `kind` chooses the declarations; a start by message has a title for the matter it
# begins; a message carries data.
TITLE = Setting(
    "title",
    "办件的名称",
    "path",
    "由消息开始的办件，名称取消息带来的哪一项，如 {登记.问题}",
    part="怎么办",
    otherwise="流程的名称",
)
PAYLOAD = Setting("payload", "带的数据", "words", "消息带哪些名字的数据，如 登记 金额", part="怎么办")
ALWAYS = frozenset(
    {"kind", "form", *names(COMMON)}
)  # `form` where there is none is refused by the kind in its words
