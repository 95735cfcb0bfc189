"""Plain HTML fields read back into what a form-js schema describes: for pages that are not drawn by form-js.

    name="到会" value="12"            repeated: a list of choices
    name="意见.0.内容"                 rows of a dynamiclist; rows without any text are dropped
    <input type="file" name="照片">    stored at once; `照片.kept` carries those stored before a refusal

Nothing is judged here: `engine.forms` does that, with the same messages as everywhere.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from werkzeug.datastructures import FileStorage, MultiDict

from engine import forms
from engine.forms import designations_of
from engine.refusal import Invalid

Upload = Callable[[FileStorage], dict[str, Any]]
MOST_ROWS = 500
PAPERS = "_papers"  # the field for photos of the original; a form's own keys never begin with an underscore


def from_viewer(fields: "MultiDict[str, str]") -> dict[str, Any]:
    """The data as form-js posts it: JSON in one field. Raises Invalid when it did not arrive whole."""
    try:
        data = orjson.loads(fields.get("data") or b"{}")
    except orjson.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        raise Invalid("data", "表单没有完整地交上来，请打开浏览器的 JavaScript，再交一次")
    return data


def read(
    schema: Mapping[str, Any],
    fields: "MultiDict[str, str]",
    files: "MultiDict[str, FileStorage]",
    upload: Upload,
    prefix: str = "",
) -> dict[str, Any]:
    """The data the schema describes; keys that were not sent are left out."""
    data: dict[str, Any] = {}
    for component in forms.fields(schema):
        key = forms.key_of(component)
        value = _value(component, prefix + key, fields, files, upload)
        if value is not None:
            data[key] = value
    return data


def _value(
    component: Mapping[str, Any],
    name: str,
    fields: "MultiDict[str, str]",
    files: "MultiDict[str, FileStorage]",
    upload: Upload,
) -> Any:
    kind = component.get("type")
    if kind == "filepicker":
        return kept(fields.get(f"{name}.kept")) + [
            upload(part) for part in files.getlist(name) if part.filename
        ]
    if kind == "dynamiclist":
        return _rows(component, name, fields, files, upload)
    if kind == "group":
        return read(component, fields, files, upload, f"{name}.")
    if kind in ("checklist", "taglist"):
        return [_choice(component, text) for text in fields.getlist(name)]
    if kind == "checkbox":
        return name in fields
    if name not in fields:
        return None
    text = fields[name].strip()
    if kind == "number":
        return _number(text)
    return _choice(component, text) if kind in ("select", "radio") else text


def _rows(
    component: Mapping[str, Any],
    name: str,
    fields: "MultiDict[str, str]",
    files: "MultiDict[str, FileStorage]",
    upload: Upload,
) -> list[dict[str, Any]]:
    sent = {key.split(".")[name.count(".") + 1] for key in [*fields, *files] if key.startswith(f"{name}.")}
    numbers = sorted(int(number) for number in sent if number.isascii() and number.isdigit())[:MOST_ROWS]
    rows = [read(component, fields, files, upload, f"{name}.{number}.") for number in numbers]
    return [row for row in rows if any(value not in ("", [], False, None) for value in row.values())]


def _choice(component: Mapping[str, Any], text: str) -> Any:
    """An option's own value; a person's id is a number."""
    if designations_of(component) and text.isascii() and text.isdigit():
        return int(text)
    values = [option.get("value") for option in component.get("values") or []]
    return next((value for value in values if str(value) == text), text)


def _number(text: str) -> int | float | str | None:
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text  # the form says that it is no number


def kept(text: str | None) -> list[dict[str, Any]]:
    """Files that were stored before a refusal, as a hidden field brings them back."""
    try:
        found = orjson.loads(text or "[]")
    except orjson.JSONDecodeError:
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
