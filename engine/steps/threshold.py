"""Thresholds of meetings and votes: a fraction, `至少` (at least) or `超过` (more than), and a base.

    至少 {到会比例} 应到；超过 1/2 到会组成人员

Several may be asked for; all of them must hold. Only integers are compared, by cross-multiplication: 赞成×3 ≥ 到会×2
(FD-6). `以上` and `至少` include the number, `过半` and `超过` do not.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.steps.kind import SettingError

BASES = ("应到", "到会", "组成人员", "到会组成人员", "户", "到会户", "收回票", "应参评", "应征")
_SAME = {"全体": "应到", "实到": "到会", "总户数": "户", "到会户数": "到会户"}
_ONE = re.compile(r"(至少|超过)\s*(\{[^{}]+\}|[0-9]+\s*/\s*[0-9]+)\s*(\S+)")
_FRACTION = re.compile(r"([0-9]{1,4})\s*/\s*([1-9][0-9]{0,3})")
_RECKONED = re.compile(r"(.*?) (\d+) × (\d+) ([≥<>≤]) (\S+) (\d+) × (\d+)")


@dataclass(frozen=True)
class Threshold:
    """`numerator/denominator` of `base`; with `strict` more than that, else at least that."""

    numerator: int
    denominator: int
    base: str
    strict: bool = False

    def holds(self, count: int, base: int) -> bool:
        """Whether `count` is enough of `base`. Nothing is enough of nobody: a base of 0 never holds."""
        if base <= 0:
            return False
        left, right = count * self.denominator, base * self.numerator
        return left > right if self.strict else left >= right

    def least(self, base: int) -> int:
        """The smallest count that is enough of `base`."""
        whole, over = divmod(base * self.numerator, self.denominator)
        return whole + 1 if self.strict or over else whole

    def reckoned(self, what: str, count: int, base: int) -> str:
        """The comparison as anybody can do it again: `赞成 20 × 3 ≥ 到会 30 × 2`."""
        met, unmet = (">", "≤") if self.strict else ("≥", "<")
        sign = met if self.holds(count, base) else unmet
        return f"{what} {count} × {self.denominator} {sign} {self.base} {base} × {self.numerator}"

    def __str__(self) -> str:
        return f"{'超过' if self.strict else '至少'} {self.numerator}/{self.denominator} {self.base}"


def in_words(reckoned: str) -> str:
    """A comparison of `Threshold.reckoned` for who reads no formulas: `赞成 20：要够到会 30 的 2/3，至少 20，够了`.

    Any other text stays as it is.
    """
    found = _RECKONED.fullmatch(reckoned)
    if not found:
        return reckoned
    what, count, denominator, sign, base, whole, numerator = found.groups()
    asked = Threshold(int(numerator), int(denominator), base, sign in ">≤")
    reach, least = "要超过" if asked.strict else "要够", asked.least(int(whole))
    came_to = "够了" if asked.holds(int(count), int(whole)) else "不够"
    return f"{what} {count}：{reach}{base} {whole} 的 {numerator}/{denominator}，至少 {least}，{came_to}"


def parse(text: str, parameters: Mapping[str, Any]) -> list[Threshold]:
    """The thresholds a setting asks for. Raises SettingError, in Chinese, for what cannot be read."""
    parts = [part.strip() for part in re.split(r"[；;]", text) if part.strip()]
    return [_one(part, parameters) for part in parts]


def frozen(texts: Iterable[str]) -> list[Threshold]:
    """The thresholds of a setting as it was frozen: their texts, parameters filled in."""
    return [one for text in texts for one in parse(text, {})]


def all_hold(thresholds: Iterable[Threshold], counts: Mapping[str, int], bases: Mapping[str, int]) -> bool:
    """`counts` and `bases` by the base's name."""
    return all(t.holds(counts[t.base], bases[t.base]) for t in thresholds)


def _one(text: str, parameters: Mapping[str, Any]) -> Threshold:
    match = _ONE.fullmatch(text)
    if not match:
        raise SettingError(f"门槛“{text}”看不懂，请写成“至少 2/3 应到”或“超过 1/2 到会”这样，几条用分号隔开")
    word, fraction, base = match[1], match[2], _SAME.get(match[3], match[3])
    if base not in BASES:
        raise SettingError(f"门槛“{text}”的基数“{base}”不认识，可以用：{'、'.join(BASES)}")
    if fraction.startswith("{"):
        name = fraction[1:-1].strip()
        if name not in parameters:
            raise SettingError(f"门槛“{text}”用到的参数“{name}”不存在，请在“参数”里加上")
        fraction = str(parameters[name])
    found = _FRACTION.fullmatch(fraction.strip())
    if not found:
        raise SettingError(f"门槛“{text}”里的“{fraction}”不是分数，请写成 2/3 这样")
    numerator, denominator = int(found[1]), int(found[2])
    if numerator > denominator or numerator == 0:
        raise SettingError(f"门槛“{text}”要大于 0、不超过 1")
    if numerator == denominator and word == "超过":
        raise SettingError(f"门槛“{text}”永远达不到，请改成“至少”")
    return Threshold(numerator, denominator, base, word == "超过")
