"""The papers of an instance: uses of the seal (用印), filings (备案) and their receipts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, TypeVar

from engine import operations
from engine.operations.papers import MOST_COPIES, Filing, Receipt, SealUse
from engine.refusal import Invalid
from webui.api.endpoint import Call, endpoint
from webui.api.shapes import Doc

T = TypeVar("T")
Photos = Annotated[list[str], Doc("照片：先上传，再写文件编号", at_most=20)]


@dataclass
class NewSealUse:
    """盖了一次章。"""

    document: Annotated[str, Doc("盖在什么文件上", at_most=64, at_least=1)]
    seal: Annotated[str, Doc("什么印章", at_most=64, at_least=1)]
    copies: Annotated[int, Doc("几份", at_most=MOST_COPIES, at_least=1)]
    used_on: Annotated[str, Doc("哪天盖的，如 2026-03-05", at_most=10, at_least=10)]
    approved_by: Annotated[str, Doc("谁批准的", at_most=64, at_least=1)]
    kept_by: Annotated[str, Doc("监印人", at_most=64)] = ""
    files: Photos = field(default_factory=list)


@dataclass
class NewFiling:
    """报送备案一次。"""

    document: Annotated[str, Doc("报送什么文件", at_most=64, at_least=1)]
    authority: Annotated[str, Doc("报给哪个机关", at_most=64, at_least=1)]
    sent_on: Annotated[str, Doc("哪天报的，如 2026-03-05", at_most=10, at_least=10)]
    files: Photos = field(default_factory=list)


@dataclass
class NewReceipt:
    """备案的回执。"""

    received_on: Annotated[str, Doc("哪天收到的，如 2026-03-05", at_most=10, at_least=10)]
    number: Annotated[str, Doc("回执编号，没有的不写", at_most=64)] = ""
    files: Photos = field(default_factory=list)


@dataclass
class Registered:
    """登记好了。"""

    id: Annotated[str, Doc("这次登记的编号")]


NAMES = {  # the fields at fault, as the engine names them and as the body does
    "文件": "document",
    "印章": "seal",
    "份数": "copies",
    "用印日期": "used_on",
    "批准人": "approved_by",
    "监印人": "kept_by",
    "报送机关": "authority",
    "报送日期": "sent_on",
    "收到日期": "received_on",
    "回执编号": "number",
}


@endpoint("POST", "/instances/{instance_id}/seal_uses", "用印登记", status=201)
def register_seal_use(call: Call, instance_id: str, body: NewSealUse) -> Registered:
    """由保管材料、印章的人或发起人登记；办件结束以后也可以。"""
    used_on = _day("used_on", body.used_on)
    use = SealUse(body.document, body.seal, body.copies, used_on, body.approved_by, body.kept_by)
    write = operations.register_seal_use
    return Registered(_named(lambda: write(call.runtime, call.person_id, instance_id, use, body.files)))


@endpoint("POST", "/instances/{instance_id}/filings", "备案登记", status=201)
def register_filing(call: Call, instance_id: str, body: NewFiling) -> Registered:
    """由保管材料、印章的人或发起人登记。收到回执，再登记回执。"""
    filing = Filing(body.document, body.authority, _day("sent_on", body.sent_on))
    write = operations.register_filing
    return Registered(_named(lambda: write(call.runtime, call.person_id, instance_id, filing, body.files)))


@endpoint("POST", "/filings/{filing_id}/receipt", "备案回执登记")
def receive_filing_receipt(call: Call, filing_id: str, body: NewReceipt) -> Registered:
    """一次备案登记一次回执；收到不会早于报送。"""
    receipt = Receipt(_day("received_on", body.received_on), body.number)
    write = operations.receive_filing_receipt
    _named(lambda: write(call.runtime, call.person_id, filing_id, receipt, body.files))
    return Registered(filing_id)


def _named(write: Callable[[], T]) -> T:
    """A refusal names the fields of the body."""
    try:
        return write()
    except Invalid as refusal:
        fields = {NAMES.get(name, name): text for name, text in refusal.fields.items()}
        raise Invalid(refusal.code, refusal.message, fields) from refusal


def _day(name: str, text: str) -> date:
    """Raises Invalid at the field."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = "日期要写成 2026-03-05 这样"
        raise Invalid("invalid", message, {name: message}) from None
