"""What a page's script hands in as JSON: read as strictly as the API reads it."""

from typing import Any

from flask import request

from engine.refusal import Invalid
from webui.api.body import Unreadable, parse

_CUT_OFF = ("bad-json", "bad-encoding")


def json_body(hint: str) -> dict[str, Any]:
    """The object that was sent. Raises Invalid: `hint` where there is none, or what in it nobody can store."""
    try:
        found = parse(request.get_data())
    except Unreadable as error:
        raise Invalid("body", hint if error.code in _CUT_OFF else error.message) from error
    if not isinstance(found, dict):
        raise Invalid("body", hint)
    return found


def texts(found: Any, hint: str) -> dict[str, bytes]:
    """Files by name, as an editor sends them. Raises Invalid."""
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise Invalid("body", hint)
    return {name: text.encode() for name, text in found.items()}
