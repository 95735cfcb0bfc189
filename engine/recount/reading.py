"""Reading a published file that nobody vouches for: every value is of the kind it must be, or is refused in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

FORMAT = "cunyi-ballot/1"
LARGEST = 20_000_000  # bytes of a file
MOST = 1_000_000_000  # a number larger than this is none of a vote
_THRESHOLD = re.compile(r"(至少|超过) ([0-9]{1,4})/([0-9]{1,4}) (\S{1,16})")


class Unreadable(ValueError):
    """This is no published file of a vote. The message is Chinese and says where it goes wrong."""


@dataclass(frozen=True)
class Part:
    """One record of the file. `where` it stands, for messages. Every method raises Unreadable."""

    values: Mapping[str, Any]
    where: str = ""

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        found = self._value(name)
        if not isinstance(found, str):
            raise Unreadable(f"“{self.where}{name}”要是文字")
        return found

    def number(self, name: str) -> int:
        return as_number(self._value(name), f"{self.where}{name}")

    def flag(self, name: str) -> bool:
        """False where it is not said."""
        found = self.values.get(name, False)
        if not isinstance(found, bool):
            raise Unreadable(f"“{self.where}{name}”要是 true 或 false")
        return found

    def listed(self, name: str) -> list[Any]:
        found = self._value(name)
        if not isinstance(found, list):
            raise Unreadable(f"“{self.where}{name}”要是一列")
        return found

    def texts(self, name: str) -> list[str]:
        found = self.listed(name)
        if not all(isinstance(one, str) and len(one) <= 2000 for one in found):
            raise Unreadable(f"“{self.where}{name}”里要都是文字")
        return found

    def numbers(self, name: str) -> list[int]:
        return [as_number(one, f"{self.where}{name}") for one in self.listed(name)]

    def part(self, name: str) -> Part:
        return as_part(self._value(name), f"{self.where}{name}.")

    def parts(self, name: str) -> list[Part]:
        return [as_part(one, f"{self.where}{name}[{at}].") for at, one in enumerate(self.listed(name))]

    def _value(self, name: str) -> Any:
        if name not in self.values:
            raise Unreadable(f"缺少“{self.where}{name}”这一项")
        return self.values[name]


@dataclass(frozen=True)
class Threshold:
    """`text` as the file has it; nothing is enough of nobody."""

    share: Fraction
    strict: bool
    base: str
    text: str

    def holds(self, count: int, bases: Mapping[str, int]) -> bool:
        if self.base not in bases:
            raise Unreadable(f"门槛“{self.text}”的基数不认识")
        if bases[self.base] <= 0:
            return False
        found = Fraction(count, bases[self.base])
        return found > self.share if self.strict else found >= self.share


def read(content: bytes) -> Part:
    """The file, its format checked. Raises Unreadable."""
    if len(content) > LARGEST:
        raise Unreadable(f"文件有 {len(content)} 个字节，太大了，不是表决公布文件")
    try:
        data = json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_float=_no_float)
    except RecursionError:
        raise Unreadable("文件里一层套一层，太深了，不是表决公布文件") from None
    except ValueError as error:
        raise Unreadable(f"不是表决公布文件（JSON）：{error}"[:200]) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Unreadable(f"不是表决公布文件：开头要写明格式 {FORMAT}")
    return Part(data)


def thresholds(file: Part, name: str) -> Iterator[Threshold]:
    for text in file.texts(name):
        match = _THRESHOLD.fullmatch(text)
        if not match or int(match[3]) == 0:
            raise Unreadable(f"门槛“{text[:40]}”看不懂")
        yield Threshold(Fraction(int(match[2]), int(match[3])), match[1] == "超过", match[4], text)


def papers(round_: Part) -> Iterator[tuple[Any, int]]:
    """What each paper says, and how many times it counts: `"赞成"`, or `["赞成", 3]` where votes are weighed."""
    weighed = round_.flag("weighed")
    for paper in round_.listed("ballots"):
        if not weighed:
            yield paper, 1
        elif isinstance(paper, list) and len(paper) == 2:
            yield paper[0], as_number(paper[1], f"{round_.where}ballots")
        else:
            raise Unreadable(f"“{round_.where}ballots”里，加权的票要写成 [票, 户数]")


def returned(one: Part) -> int:
    """收回票: of a vote on phones, everyone who has voted."""
    return one.part("count").number("收回") if one.has("count") else sum(weight for _, weight in papers(one))


def bases_of(there: Part) -> dict[str, int]:
    """What a majority is compared with. Who has left early is still among those who came."""
    houses = {name: there.number(name) if there.has(name) else 0 for name in _HOUSES}
    return {
        "应到": there.number("roll"),
        "到会": there.number("present") + there.number("left"),
        "组成人员": there.number("body"),
        "到会组成人员": there.number("body_present") + there.number("body_left"),
        "户": houses["households"],
        "到会户": houses["households_present"] + houses["households_left"],
    }


_HOUSES = ("households", "households_present", "households_left")


def as_number(found: Any, where: str) -> int:
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= MOST:
        raise Unreadable(f"“{where}”要是整数，不能小于 0")
    return found


def as_part(found: Any, where: str) -> Part:
    if not isinstance(found, dict):
        raise Unreadable(f"“{where.rstrip('.')}”要有名有值")
    return Part(found, where)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("同一个名字写了两次")
    return found


def _no_float(text: str) -> int:
    raise ValueError(f"票数要用整数，不能是 {text[:20]}")
