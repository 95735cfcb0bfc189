"""The matter a document is of, and how documents say days, numbers and people."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from PIL import Image, UnidentifiedImageError
from sqlalchemy import Connection, Row, select

from engine import authorisation, files
from engine.authorisation import Actor
from engine.documents.template import Picture
from engine.durations import SHANGHAI
from engine.masking import masked
from engine.queries.closure import Closure
from engine.refusal import NotVisible
from engine.runtime import Runtime
from engine.store.tables import instances, parameter_sets, procedure_versions, units

_DIGITS = "零一二三四五六七八九"
SIGNATURE = 26.0  # millimetres


@dataclass(frozen=True)
class Subject:
    """One matter, visible to whoever asks. `public`: for everybody, so that names are masked."""

    rt: Runtime
    c: Connection
    row: Row[Any]
    public: bool = False

    @classmethod
    def read(cls, rt: Runtime, c: Connection, actor: Actor, instance_id: str) -> Subject:
        """Raises NotVisible."""
        row = c.execute(_QUERY.where(instances.c.id == instance_id)).one_or_none()
        if row is None:
            raise NotVisible("matter-unknown", "没有这个办件，或者它不在您能查看的范围里")
        authorisation.require_matter(c, actor, row.id, row.path)
        return cls(rt, c, row)

    @classmethod
    def disclosed(cls, rt: Runtime, c: Connection, instance_id: str) -> Subject:
        """As everybody reads it who has the code of its public page: the caller has found the page by its code."""
        return cls(rt, c, c.execute(_QUERY.where(instances.c.id == instance_id)).one(), public=True)

    @property
    def closure(self) -> Closure:
        return Closure.of(self.rt, self.c, self.row.version_id, self.row.closure)

    def data(self, task_id: str | None = None) -> Mapping[str, Any]:
        """The results of the steps; as one of the open steps sees them, where that is named."""
        definition = self.rt.definition(self.c, self.row.version_id, self.row.closure)
        instance = definition.restore(
            self.row.state,
            clock=self.rt.clock,
            parameters=self.row.parameters,
            calendar=self.rt.calendar(self.c),
        )
        return instance.context(task_id) if task_id else instance.data

    def common(self) -> dict[str, Any]:
        """The fields every document has."""
        return {
            "单位": self.row.unit,
            "落款": seal_of(self.row.unit, self.row.level),
            "办件标题": self.row.title,
            "办件编号": self.row.number,
            "流程": self.row.procedure,
            "打印日期": day(self.rt.now()),
        }

    def name(self, name: str | None) -> str:
        """A person's name, masked where everybody reads it."""
        return masked(name or "") if self.public else name or ""

    def names(self, found: Iterable[str]) -> str:
        return "、".join(self.name(one) for one in found)


_QUERY = (
    select(
        instances,
        parameter_sets.c["values"].label("parameters"),
        procedure_versions.c.title.label("procedure"),
        procedure_versions.c.key,
        procedure_versions.c.version,
        units.c.name.label("unit"),
        units.c.level,
        units.c.path,
    )
    .join(parameter_sets, parameter_sets.c.id == instances.c.parameter_set_id)
    .join(procedure_versions, procedure_versions.c.id == instances.c.version_id)
    .join(units, units.c.id == instances.c.unit_id)
)


# ---------------------------------------------------------------- words


def seal_of(unit: str, level: str) -> str:
    """Whose seal a paper of this unit carries: a village's is that of its committee."""
    if level != "村":
        return unit
    return f"{unit}居民委员会" if unit.endswith("社区") else f"{unit}村民委员会"


def day(moment: datetime | None) -> str:
    """2026年3月5日, in Shanghai; nothing for nothing."""
    if moment is None:
        return ""
    here = moment.astimezone(SHANGHAI)
    return f"{here.year}年{here.month}月{here.day}日"


def hour(moment: datetime | None) -> str:
    """2026年3月5日 09:00."""
    return f"{day(moment)} {moment.astimezone(SHANGHAI):%H:%M}" if moment else ""


def last_day(moment: datetime) -> str:
    """The last whole day before something ends."""
    return day(moment - timedelta(microseconds=1))


def numeral(number: int) -> str:
    """一, 十, 十二, 二十一; beyond 99 in figures."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    ten = {0: "", 1: "十"}.get(tens, f"{_DIGITS[tens]}十")
    return ten + (_DIGITS[ones] if ones else "")


def paragraphs(text: str) -> list[dict[str, str]]:
    """The lines of a text that say something, as fields of a document."""
    return [{"文字": line.strip()} for line in text.splitlines() if line.strip()]


def lines(texts: Iterable[str]) -> list[dict[str, str]]:
    return [{"文字": text} for text in texts]


def picture(c: Connection, ids: Sequence[str], width: float = SIGNATURE) -> Picture | str:
    """The first picture among these files as PNG, small enough for a signature; nothing where there is none."""
    for each in ids:
        try:
            data, media_type = files.read(c, each)
        except KeyError:
            continue
        if media_type.startswith("image/"):
            try:
                with Image.open(io.BytesIO(data)) as image:
                    image.thumbnail((800, 400))
                    kept = io.BytesIO()
                    image.convert("RGBA").save(kept, "PNG")
                    tall = image.height / max(1, image.width) * width
            except (UnidentifiedImageError, OSError, ValueError):
                continue
            return Picture(kept.getvalue(), width if tall <= 14 else width * 14 / tall)
    return ""
