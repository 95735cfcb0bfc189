"""Plain HTML fields become what the form's schema describes."""

from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from webui.plain_forms import read

SCHEMA: dict[str, Any] = {
    "components": [
        {"type": "textfield", "key": "地点", "label": "地点"},
        {"type": "number", "key": "人数", "label": "人数"},
        {"type": "checkbox", "key": "紧急", "label": "紧急"},
        {"type": "radio", "key": "议案", "label": "议案", "values": [{"label": "一", "value": 1}]},
        {"type": "checklist", "key": "到会", "label": "到会", "properties": {"people": "村民代表"}},
        {
            "type": "dynamiclist",
            "path": "意见",
            "components": [
                {"type": "textfield", "key": "姓名", "label": "姓名"},
                {"type": "textarea", "key": "内容", "label": "内容"},
                {"type": "filepicker", "key": "照片", "label": "照片"},
            ],
        },
        {"type": "filepicker", "key": "凭证", "label": "凭证"},
    ]
}


def _upload(part: FileStorage) -> dict[str, Any]:
    return {"id": f"<{part.filename}>", "name": part.filename}


def _read(fields: list[tuple[str, str]], files: list[tuple[str, str]] = ()) -> dict[str, Any]:  # type: ignore[assignment]
    parts = MultiDict([(name, FileStorage(filename=file)) for name, file in files])
    return read(SCHEMA, MultiDict(fields), parts, _upload)


def test_values_have_the_types_of_their_fields() -> None:
    data = _read([("地点", " 村部 "), ("人数", "12"), ("议案", "1"), ("到会", "3"), ("到会", "14")])
    assert data["地点"] == "村部"
    assert data["人数"] == 12
    assert data["议案"] == 1
    assert data["到会"] == [3, 14]
    assert data["紧急"] is False


def test_what_is_no_number_stays_as_typed_for_the_form_to_refuse() -> None:
    assert _read([("人数", "十二")])["人数"] == "十二"
    assert "人数" not in _read([("人数", "")])


def test_rows_come_in_their_order_and_empty_ones_go() -> None:
    data = _read(
        [
            ("意见.10.姓名", "丙"),
            ("意见.0.姓名", "甲"),
            ("意见.0.内容", "修路"),
            ("意见.1.姓名", " "),
            ("意见.1.内容", ""),
        ],
        [("意见.0.照片", "一.jpg")],
    )
    assert data["意见"] == [
        {"姓名": "甲", "内容": "修路", "照片": [{"id": "<一.jpg>", "name": "一.jpg"}]},
        {"姓名": "丙", "照片": []},
    ]


def test_files_of_a_refused_attempt_are_kept() -> None:
    data = _read([("凭证.kept", '[{"id": "a", "name": "旧.jpg"}]')], [("凭证", "新.jpg"), ("凭证", "")])
    assert [file["name"] for file in data["凭证"]] == ["旧.jpg", "新.jpg"]


def test_nonsense_is_left_to_the_form() -> None:
    data = _read([("意见.x.姓名", "甲"), ("意见.-1.姓名", "乙"), ("意见", "丙"), ("凭证.kept", "{")])
    assert data["意见"] == []
    assert data["凭证"] == []
