"""What each document may say: its name, what it is about, and the fields a template can use, with their meaning.

A template names fields in Chinese (`{{会议名称}}`, `{%tr for 人 in 名单 %}`). Nothing else can be named, so that what
is wrong in a template shows when the procedure is published (engine.documents.checking), not when a clerk prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Of = Literal["meeting", "ballot", "notice"]
PICTURE = "图片：没有就是空的"
ELECTION = "选举时写“选举”，表决议案就是空的"


@dataclass(frozen=True)
class Each:
    """A list, gone through with `{% for … in … %}`; `fields` are those of one entry."""

    about: str
    fields: Fields


Fields = Mapping[str, Any]  # a text's meaning, an Each, or the fields of something that has several


@dataclass(frozen=True)
class Paper:
    """One kind of document. `public`: there is a copy for everybody, with names masked."""

    name: str
    of: Of
    fields: Fields
    public: bool = False

    @property
    def file(self) -> str:
        """Where its template stands in a procedure's folder."""
        return f"{FOLDER}{self.name}.docx"


FOLDER = "templates/"

_ALWAYS: Fields = {
    "单位": "村（组织）的名称",
    "落款": "盖章的单位：村写村民委员会，社区写居民委员会，别的就是单位",
    "办件标题": "这件事的标题",
    "办件编号": "这件事的编号",
    "流程": "流程的名称",
    "打印日期": "今天，如 2026年3月5日",
}
_MEETING: Fields = {
    "会议名称": "如 村民代表会议",
    "会议日期": "如 2026年3月5日",
    "会议时间": "如 2026年3月5日 09:00",
    "会议地点": "",
    "主持人": "",
    "记录人": "没有就是空的",
    "应到": "应到人数",
    "实到": "实到人数；开会以前是空的",
    "组成人员": "组成人员的人数；与应到相同时是空的",
    "到会组成人员": "到会的组成人员；与实到相同时是空的",
    "户数": "全部户数；不看户数的会就是空的",
    "到会户数": "有人到会、或者有到会的人代表的户数；同上",
    "邀请人员": "列席、论证的人，用顿号隔开",
}
_VOTE: Fields = {
    "赞成": "票数",
    "反对": "票数",
    "弃权": "票数",
    "结果": "通过、未通过；选举是 选出 等",
}
_NINE: Fields = dict.fromkeys(("发出", "收回", "有效", "无效"), "计票单上的数，没有就是空的")
_CANDIDATE: Fields = {"姓名": "候选人", "得票": "", "当选": "“当选”，没有选上是空的"}
_MOTION: Fields = {
    "序号": "一、二、三",
    "号": "1、2、3",
    "议案": "表决的文字",
    "轮次": "第几轮；只有一轮时是空的",
    **_VOTE,
    **_NINE,
    "应选": "选举的应选名额，不是选举就是空的",
    "候选人": Each("选举的候选人和得票", _CANDIDATE),
    "当选人": "用顿号隔开",
    "记录": "一句话的结果：赞成 20 票，反对 6 票，弃权 4 票",
}
_SIGNED: Fields = {
    "姓名": "",
    "身份": "主持、记录、参加",
    "签名": PICTURE,
    "日期": "",
    "有效": "签的是旧稿时写明",
}
_PERSON: Fields = {
    "序号": "1、2、3",
    "姓名": "代别人到会的，写明代谁",
    "身份": "名册上的身份：应到、其他组成人员",
    "代表户数": "代表几户；不按户计票就是空的",
    "到会": "到会、请假、未到；开会以前是空的",
    "签名": PICTURE,
}
_TICKET: Fields = {
    "会议": "这张票是哪次会议的，如 柳湾村村民代表会议；空的就没有这张票",
    "日期": "会议日期",
    "说明": "怎样填票",
    "议案": Each("要表决的议案，或要选举的职务", _MOTION),
}
_LINE: Fields = {"文字": "一段"}

PAPERS: Mapping[str, Paper] = {
    paper.name: paper
    for paper in (
        Paper(
            "会议通知",
            "meeting",
            {
                **_ALWAYS,
                **_MEETING,
                "通知对象": "名册上的身份，如 村民代表、村委会成员",
                "议题": Each(
                    "会议的议题", {"序号": "一、二、三", "标题": "", "议案": Each("要表决的", _LINE)}
                ),
                "公开渠道": "会前在哪里公开，用顿号隔开",
                "通知日期": "召集的日期",
            },
        ),
        Paper(
            "签到表",
            "meeting",
            {
                **_ALWAYS,
                **_MEETING,
                "按户": "一票按所代表的户数计时写“按户”，不然是空的",
                "名单": Each("应到的人和其他组成人员", _PERSON),
            },
        ),
        Paper(
            "会议记录",
            "meeting",
            {
                **_ALWAYS,
                **_MEETING,
                "结束时间": "没有结束就是空的",
                "出席": "到会的人，用顿号隔开",
                "请假": "请假的人",
                "缺席": "没有到的人",
                "早退": "到了又先走的人",
                "会议状态": "已开完、未达法定人数等",
                "议题": Each(
                    "会议的议题",
                    {
                        "序号": "一、二、三",
                        "标题": "",
                        "结果": "这一项的结论",
                        "方式": "表决方式，没有表决就是空的",
                        "计票人": "用顿号隔开，没有就是空的",
                        "监票人": "用顿号隔开，没有就是空的",
                        "议案": Each("表决的议案", _MOTION),
                    },
                ),
                "记录": Each("会议纪要的各段", _LINE),
                "签字": Each("已经签了字的人", _SIGNED),
            },
        ),
        Paper(
            "表决票统计",
            "ballot",
            {
                **_ALWAYS,
                **_MEETING,
                "方式": "记名投票、无记名投票、纸质票、举手表决",
                "选举": ELECTION,
                "结论": "",
                "议案": Each("逐项表决的议案", _MOTION),
                "依据": Each("各个门槛怎样算的", _LINE),
                "投票人": Each(
                    "记名投票时每人怎样投的", {"姓名": "", "票数": "按户计票时的票数", "意见": ""}
                ),
                "计票人": "用顿号隔开，没有就是空的",
                "监票人": "用顿号隔开，没有就是空的",
            },
            public=True,
        ),
        Paper(
            "决议",
            "ballot",
            {
                **_ALWAYS,
                **_MEETING,
                "方式": "表决方式",
                "结论": "",
                "选举": ELECTION,
                "当选人": "选举时各轮当选的人，用顿号隔开",
                "通过的": Each("形成决议的议案；选举时是各轮", _MOTION),
                "未通过的": Each("没有通过的议案", _MOTION),
                "依据": Each("各个门槛怎样算的", _LINE),
                "签字": Each("在会议记录上签了字的人", _SIGNED),
            },
            public=True,
        ),
        Paper(
            "公示",
            "notice",
            {
                **_ALWAYS,
                "标题": "公示的标题",
                "正文": Each("公示内容的各段", _LINE),
                "公示期": "从哪天到哪天；还没有发布就是空的",
                "公示渠道": "用顿号隔开",
                "落款日期": "发布的日期",
            },
        ),
        Paper(
            "选票",
            "ballot",
            {
                **_ALWAYS,
                **_MEETING,
                "每页": "一页几张：1、2 或 4",
                "选举": ELECTION,
                "份数": "要印几张票：应到人数；按户计票时是户数",
                "页数": "要印几页",
                "各排": Each("剪开以前的一排", {"左": _TICKET, "右": _TICKET}),
            },
        ),
        Paper(
            "计票单",
            "ballot",
            {
                **_ALWAYS,
                **_MEETING,
                "方式": "表决方式",
                "选举": ELECTION,
                "议案": Each("逐项计票的议案", _MOTION),
                "计票人": "已经定了的，没有就是空的",
                "监票人": "已经定了的，没有就是空的",
            },
        ),
    )
}
