"""What is handed in on a notice: its text and channels with proof, feedback, and photos of its days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.steps import schema, slips
from engine.steps.schema import Schema

TEXT, CHANNELS, CHANNEL, PROOF = "内容", "渠道", "渠道", "凭证"
SORT, CONTENT, AUTHOR, PHOTOS = "类别", "内容", "姓名", "照片"
OPINION, OBJECTION = "意见", "异议"


def publish_schema(settings: Mapping[str, Any]) -> Schema:
    """公示: the text (prefilled), and each channel with the proof of it (LB-7.1)."""
    told = {"description": "不填的，由系统按前面各步的结果写好"}
    where = schema.select(CHANNEL, "渠道", _channels(settings), required=True)
    proof = schema.files(PROOF, "公示照片或截图", required=True)
    rows = schema.rows(CHANNELS, "公示渠道", where, proof, required=True)
    return schema.form(schema.area(TEXT, "公示内容", 10_000) | told, rows)


def feedback_schema() -> Schema:
    """记反馈: what a villager says of the notice; the name may be left out."""
    sorts = ((OPINION, "意见、建议"), (OBJECTION, "异议（不同意公示的结果）"))
    return schema.form(
        schema.choice(SORT, "类别", sorts, required=True),
        schema.area(CONTENT, "说了什么", 2000, required=True),
        schema.text(AUTHOR, "谁反映的（不愿留名可以不填）", 64),
        slips.household(),
        schema.files(PHOTOS, "照片"),
    )


def photo_schema(settings: Mapping[str, Any]) -> Schema:
    """补照片: of the board on the last day, or whenever somebody looked; a record of what was broadcast."""
    where = schema.select(CHANNEL, "哪里的照片", _channels(settings), required=True)
    return schema.form(where, schema.files(PHOTOS, "照片或截图", required=True))


def _channels(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(word, word) for word in settings["channels"]]
