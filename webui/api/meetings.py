"""Meetings: signing in with the code of the hall, reading the minutes, and signing under them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from engine import operations
from engine.queries import minutes as queries
from webui.api.endpoint import Call, endpoint
from webui.api.shapes import Doc


@dataclass
class Arrival:
    """会场屏幕上的签到码。"""

    code: Annotated[str, Doc("签到码：二维码地址的最后一段，每两分钟换一次", at_most=64, at_least=1)]


@dataclass
class Arrived:
    """签到了。"""

    meeting: str
    task: Annotated[str, Doc("接下去要您办的一步，如投票")]


@dataclass
class MinutesSignature:
    """会议记录下面的一个签字。"""

    name: str
    role: Annotated[str, Doc("主持、记录或参加")]
    at: datetime
    is_current: Annotated[bool, Doc("签的是不是现在的这一稿")]


@dataclass
class Minutes:
    """一次会议的记录和下面的签字；会上的情况在办件各步的 proceeding 里。"""

    meeting: str
    words: Annotated[str, Doc("记录人写的纪要")]
    digest: Annotated[str, Doc("这一稿的摘要：签字时写进 seen")]
    role: Annotated[str, Doc("您以什么身份签字：主持、记录或参加；空的是没有到会，不用签")]
    has_signed: Annotated[bool, Doc("您签过这一稿没有")]
    signatures: list[MinutesSignature]


@dataclass
class Signing:
    """在会议记录下面签字。"""

    seen: Annotated[str, Doc("您看到的那一稿的 digest；记录改过的，要重新看过再签", at_most=64, at_least=1)]
    files: Annotated[list[str], Doc("签名的图片：先上传，再写文件编号", at_most=5, at_least=1)]


@endpoint("POST", "/meetings/{meeting_id}/arrive", "扫会场的码签到")
def arrive(call: Call, meeting_id: str, body: Arrival) -> Arrived:
    """名册上的人才能签到，会议要正在开。码过期了要对着屏幕再扫一次。"""
    task_id = operations.arrive_by_code(call.runtime, call.person_id, meeting_id, body.code)
    return Arrived(meeting_id, task_id)


@endpoint("GET", "/meetings/{meeting_id}/minutes", "会议记录")
def get_minutes(call: Call, meeting_id: str) -> Minutes:
    """会议结束以后才有。"""
    found = queries.minutes(call.runtime, call.actor(), meeting_id)
    signed = [MinutesSignature(one.name, one.role, one.at, one.is_current) for one in found.signed]
    words = found.meeting.minutes
    return Minutes(meeting_id, words, found.digest, found.role, found.has_signed, signed)


@endpoint("POST", "/meetings/{meeting_id}/sign", "在会议记录上签字")
def sign_minutes(call: Call, meeting_id: str, body: Signing) -> Minutes:
    """由主持人、记录人和到会的人各自签；签的是您看到的那一稿。"""
    operations.sign_minutes(call.runtime, call.person_id, meeting_id, body.seen, body.files)
    return get_minutes(call, meeting_id)
