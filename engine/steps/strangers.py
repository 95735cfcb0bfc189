"""What somebody without an account hands in: through the open link of a notice board, or through a household's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.steps import assess, posting
from engine.steps.assess import COMMENT, SCORE
from engine.steps.opinion import AUTHOR, CONTENT, STANCE

SORT = posting.SORT
PHONE = "电话"
BY_CODE, BY_SLIP = "扫码", "户码"  # the channels they come through
LONGEST = 1000  # characters of a stranger's opinion


def takes(kind: str, settings: Mapping[str, Any]) -> bool:
    """Whether a step of this kind takes something through the open link."""
    if kind == "notice":
        return True
    return bool(settings.get("open" if kind == "consult" else "public")) and kind in ("consult", "assess")


def schema(kind: str, settings: Mapping[str, Any], *, household: bool = False) -> dict[str, Any]:
    """The form: the choice where one is to be made, what one has to say, and for a stranger name and telephone."""
    if kind == "assess":
        return assess.rate_schema(settings)
    fields = [choice(kind, settings), _text(kind, settings)]
    if not household:
        fields += [_line(AUTHOR, "姓名", 64), _line(PHONE, "电话", 32)]
    return {"type": "default", "components": [field for field in fields if field]}


def choices(kind: str, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """What must be chosen from; empty where there is nothing to choose."""
    words = {"assess": "scores", "consult": "stances"}
    return (posting.OPINION, posting.OBJECTION) if kind == "notice" else tuple(settings[words[kind]])


def choice_key(kind: str) -> str:
    """The key of the field that is chosen in."""
    return {"assess": SCORE, "notice": SORT}.get(kind, STANCE)


def text_key(kind: str) -> str:
    """The key of the field that is written in."""
    return COMMENT if kind == "assess" else CONTENT


def needs_text(kind: str, settings: Mapping[str, Any]) -> bool:
    """Whether words are needed, and not only a choice."""
    return kind == "notice" or (kind == "consult" and not settings["stances"])


def choice(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The field to choose in; empty where there is nothing to choose."""
    options = [{"label": word, "value": word} for word in choices(kind, settings)]
    rules = {"validate": {"required": True}}
    return (
        {"type": "radio", "key": choice_key(kind), "label": "您的看法", "values": options} | rules
        if options
        else {}
    )


def _text(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    rules: dict[str, Any] = {"maxLength": LONGEST}
    if needs_text(kind, settings):
        rules["required"] = True
    return {"type": "textarea", "key": CONTENT, "label": "您想说的话", "validate": rules}


def _line(key: str, label: str, longest: int) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": label, "validate": {"maxLength": longest}}
