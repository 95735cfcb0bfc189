"""What somebody without an account hands in: through the open link of a notice board, or through a household's own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from engine.steps import assess, posting
from engine.steps.assess import COMMENT, SCORE
from engine.steps.opinion import AUTHOR, CONTENT, STANCE

SORT = posting.SORT
PHONE = "电话"
BY_CODE, BY_SLIP = "扫码", "户码"  # the channels they come through
LONGEST = 1000  # characters of a stranger's opinion


def readable(value: Any) -> Any:
    """A text without what nobody can see and what spoils the page for others: signs that turn the direction of
    writing, blanks that look like words, marks heaped over the lines above, and empty lines by the hundred.
    """
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", LINES.sub("\n", value))
    kept = (one for one in text if one in JOINERS or unicodedata.category(one) != "Cf")
    text = HEAPED.sub(r"\1", EMPTY.sub("\n\n", BLANKS.sub("", "".join(kept))))
    return text if any(one not in JOINERS and not one.isspace() for one in text) else ""


JOINERS = frozenset("\u200d\ufe0f")  # of the parts of an emoji
LINES = re.compile("\r\n?|[\x85\u2028\u2029]")
BLANKS = re.compile("[\x7f-\x84\x86-\x9f\u115f\u1160\u2800\u3164\uffa0]")
EMPTY = re.compile(r"\n(?:[^\S\n]*\n){2,}")
MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
HEAPED = re.compile(f"({MARKS}{{2}}){MARKS}+")


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
