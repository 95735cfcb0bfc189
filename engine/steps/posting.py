"""What is handed in on a notice: its text and channels with proof, feedback, and photos of its days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.steps import slips

TEXT, CHANNELS, CHANNEL, PROOF = "内容", "渠道", "渠道", "凭证"
SORT, CONTENT, AUTHOR, PHOTOS = "类别", "内容", "姓名", "照片"
OPINION, OBJECTION = "意见", "异议"


def publish_schema(settings: Mapping[str, Any]) -> dict[str, Any]:
    """公示: the text (prefilled), and each channel with the proof of it (LB-7.1)."""
    text = {
        "type": "textarea",
        "key": TEXT,
        "label": "公示内容",
        "description": "不填的，由系统按前面各步的结果写好",
        "validate": {"maxLength": 10_000},
    }
    options = [{"label": word, "value": word} for word in settings["channels"]]
    rows = {
        "type": "dynamiclist",
        "path": CHANNELS,
        "label": "公示渠道",
        "validate": {"required": True},
        "components": [
            {
                "type": "select",
                "key": CHANNEL,
                "label": "渠道",
                "values": options,
                "validate": {"required": True},
            },
            _photos(PROOF, "公示照片或截图", required=True),
        ],
    }
    return {"type": "default", "components": [text, rows]}


def feedback_schema() -> dict[str, Any]:
    """记反馈: what a villager says of the notice; the name may be left out."""
    sorts = [
        {"label": "意见、建议", "value": OPINION},
        {"label": "异议（不同意公示的结果）", "value": OBJECTION},
    ]
    content = {
        "type": "textarea",
        "key": CONTENT,
        "label": "说了什么",
        "validate": {"required": True, "maxLength": 2000},
    }
    author = {
        "type": "textfield",
        "key": AUTHOR,
        "label": "谁反映的（不愿留名可以不填）",
        "validate": {"maxLength": 64},
    }
    kind = {"type": "radio", "key": SORT, "label": "类别", "values": sorts, "validate": {"required": True}}
    return {
        "type": "default",
        "components": [kind, content, author, slips.household(), _photos(PHOTOS, "照片")],
    }


def photo_schema(settings: Mapping[str, Any]) -> dict[str, Any]:
    """补照片: of the board on the last day, or whenever somebody looked; a record of what was broadcast."""
    options = [{"label": word, "value": word} for word in settings["channels"]]
    where = {"type": "select", "key": CHANNEL, "label": "哪里的照片", "values": options}
    photos = _photos(PHOTOS, "照片或截图", required=True)
    return {"type": "default", "components": [where | {"validate": {"required": True}}, photos]}


def _photos(key: str, label: str, *, required: bool = False) -> dict[str, Any]:
    rules = {"validate": {"required": True}} if required else {}
    return {
        "type": "filepicker",
        "key": key,
        "label": label,
        "multiple": True,
        "accept": "image/*,.pdf",
    } | rules
