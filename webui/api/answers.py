"""What the API answers with. The names are a contract (design §6): none is changed once released."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from webui.api.proceedings import Proceeding
from webui.api.shapes import Doc


@dataclass
class Procedure:
    """一个流程在您的一个单位里有效的那一版。"""

    key: str
    title: str
    version: int
    level: Annotated[str, Doc("在哪一级办：县、乡镇、村或屋场")]
    unit: Annotated[str, Doc("单位编码，发起办件时用它")]
    unit_name: str
    summary: str
    may_start: Annotated[bool, Doc("您能不能在这个单位发起")]


@dataclass
class Task:
    """一个办件里的一步。"""

    id: str
    instance: str
    element_id: str
    name: str
    kind: str
    post: Annotated[str | None, Doc("由谁办：岗位、名册或会次职务")]
    due_at: datetime | None
    status: Annotated[
        str, Doc("mine 归您办，claimable 您可以签收，open 等别人，claimed 别人已签收，done 已办")
    ]


@dataclass
class ListedTask(Task):
    """列表里的一步，连同它所在的办件。"""

    title: Annotated[str, Doc("办件标题")] = ""
    number: Annotated[str, Doc("办件编号")] = ""
    procedure: Annotated[str, Doc("流程名称")] = ""
    unit: str = ""
    overdue: bool = False
    claimed_by: str | None = None
    done_at: Annotated[datetime | None, Doc("什么时候办的；只有已办的有")] = None


@dataclass
class Action:
    """这一步上您可以做的一件事。"""

    name: str
    title: str
    schema: Annotated[dict[str, Any], Doc("form-js 表单：要填什么")]


@dataclass
class Clause:
    """政策依据的一条。"""

    id: str
    text: str


@dataclass
class Person:
    """文书可以替他录入的一个人。"""

    id: Annotated[int, Doc("写进 on_behalf_of")]
    name: str
    seat: Annotated[str, Doc("以什么身份")]


@dataclass
class OpenTask(Task):
    """一步的全部：怎么办、填什么、依据什么。"""

    guidance: str = ""
    actions: list[Action] = field(default_factory=list)
    data: Annotated[dict[str, Any], Doc("预先填好的内容")] = field(default_factory=dict)
    clauses: list[Clause] = field(default_factory=list)
    may: Annotated[list[str], Doc("您现在可以做的：claim、release、complete、act、behalf、reassign")] = field(
        default_factory=list
    )
    on_behalf_of: Annotated[list[Person], Doc("您可以替谁代录")] = field(default_factory=list)
    roles: Annotated[list[str], Doc("会议、票决这些步骤上，您是什么角色：主持、记录、成员……")] = field(
        default_factory=list
    )
    proceeding: Annotated[
        Proceeding | None, Doc("会议、票决、征求意见、公示、测评现在进行到哪里；别的步骤为 null")
    ] = None
    receipt: Annotated[str, Doc("无记名投票的回执号，只在投票的回答里有，只给这一次")] = ""


@dataclass
class Started:
    """刚发起的办件。"""

    id: str
    status: str
    open_tasks: list[Task]


@dataclass
class Instance:
    """一个办件走到了哪里。"""

    id: str
    status: Annotated[str, Doc("running 在办，completed 办结，cancelled 撤销，failed 出错终止")]
    outcome: Annotated[str | None, Doc("结果；在办时为 null")]
    title: str
    procedure: str
    version: int
    trace: Annotated[list[str], Doc("依次走过的图上元素；办理后的回答里最多 100 个，查询办件时是全部")]
    open_tasks: list[Task]
    results: Annotated[dict[str, Any], Doc("每一步的结果，在这一步自己的键下")]


@dataclass
class Listed:
    """列表里的一个办件。"""

    id: str
    number: str
    title: str
    status: str
    outcome: str | None
    procedure: str
    unit: str
    started_at: datetime
    ended_at: datetime | None
    steps: Annotated[list[str], Doc("现在开着的步骤")]


@dataclass
class File:
    """上传好的一个文件。"""

    id: Annotated[str, Doc("填进表单的附件项：{id, name}")]
    name: str
    size: Annotated[int, Doc("字节")]
    media_type: str


@dataclass
class Confirmed:
    """一份确认过的代录。"""

    id: str
    confirmed: bool
