"""What the API refuses to read, and why each would do harm if it were read."""

import pytest

from webui.api.body import MAX_DEPTH, Unreadable, parse


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"a": 1', "bad-json"),
        (b"", "bad-json"),
        (b"{'a': 1}", "bad-json"),
        (b"\xff\xfe{}", "bad-encoding"),
        ('{"意见": "同意"}'.encode("gb18030"), "bad-encoding"),
        (b'{"a": NaN}', "bad-number"),
        (b'{"a": -Infinity}', "bad-number"),
        (b'{"a": 1e999}', "bad-number"),
        (b'{"a": 9007199254740993}', "bad-number"),
        (b'{"a": ' + b"9" * 5000 + b"}", "bad-json"),
        (b'{"a": 1, "a": 2}', "duplicate-key"),
        (b'{"a": {"b": 1, "b": 1}}', "duplicate-key"),
        (b'{"a": "\\ud800"}', "bad-text"),
        (b'{"a\\u0000": 1}', "bad-text"),
        (b"[" * 100_000, "too-deep"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "too-deep"),
    ],
)
def test_what_is_ambiguous_or_cannot_be_stored_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(raw)
    assert refused.value.code == code
    assert refused.value.status == 400


def test_ordinary_json_is_read() -> None:
    assert parse('{"事由": "修路", "金额": 1200.5, "明细": [{"n": null}], "是": true}'.encode()) == {
        "事由": "修路",
        "金额": 1200.5,
        "明细": [{"n": None}],
        "是": True,
    }


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert parse(b'"\\ud83d\\ude00"') == "😀"
