"""Instances (办件): starting one, seeing it, taking a step back, ending it."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from engine import operations
from engine.queries import matters
from engine.queries.record import record
from webui.api import convert
from webui.api.answers import Confirmed, Instance, Listed, Started
from webui.api.endpoint import Call, Page, endpoint
from webui.api.shapes import Doc


@dataclass
class NewInstance:
    """要发起的办件。"""

    procedure: Annotated[str, Doc("流程的 key", at_most=64, at_least=1)]
    unit: Annotated[str, Doc("单位编码", at_most=64, at_least=1)]
    title: Annotated[str, Doc("办件标题，一句话说清是什么事", at_most=255, at_least=1)]
    data: Annotated[dict[str, Any], Doc("流程开始时就有的内容", at_most=500)] = field(default_factory=dict)


@dataclass
class Reason:
    """为什么。"""

    reason: Annotated[str, Doc("理由，大家看得到", at_most=500, at_least=1)]


@dataclass
class InstanceQuery:
    """Which instances."""

    scope: Annotated[Literal["running", "finished", "all"], Doc("在办、已结束、全部")] = "running"
    q: Annotated[str | None, Doc("标题或编号里有这些字", at_most=64)] = None
    cursor: Annotated[str | None, Doc("上一页给的 next", at_most=500)] = None
    limit: Annotated[int, Doc("一页几条", at_most=100, at_least=1)] = 30


@endpoint("POST", "/instances", "发起办件", status=201)
def start_instance(call: Call, body: NewInstance) -> Started:
    """只有流程规定的人可以发起。"""
    done = operations.start_matter(
        call.runtime, call.person_id, body.procedure, body.unit, body.title, body.data
    )
    return convert.started(done, call.person_id)


@endpoint("GET", "/instances", "能看到的办件")
def list_instances(call: Call, query: InstanceQuery) -> Page[Listed]:
    """新的在前。"""
    found = matters.listing(
        call.runtime, call.actor(), query.scope, q=query.q, cursor=query.cursor, limit=query.limit
    )
    return Page([convert.listed(item) for item in found.items], found.next)


@endpoint("GET", "/instances/{instance_id}", "一个办件")
def get_instance(call: Call, instance_id: str) -> Instance:
    """走到哪里、谁在办、每一步的结果。"""
    shown = record(call.runtime, call.actor(), instance_id)
    operations.note_view(call.runtime, call.actor(), instance_id)
    return convert.instance(shown, call.person_id)


@endpoint("POST", "/instances/{instance_id}/withdraw", "撤回自己刚办的一步")
def withdraw_step(call: Call, instance_id: str) -> Instance:
    """只有最后一步、自己办的、后面还没有人办，才能撤回。"""
    return convert.instance(
        operations.withdraw_step(call.runtime, call.person_id, instance_id), call.person_id
    )


@endpoint("POST", "/instances/{instance_id}/cancel", "撤销办件")
def cancel_instance(call: Call, instance_id: str, body: Reason) -> Instance:
    """要写明理由；撤销后不再往下走。"""
    done = operations.cancel_matter(call.runtime, call.person_id, instance_id, body.reason)
    return convert.instance(done, call.person_id)


@endpoint("POST", "/submissions/{submission_id}/confirm", "确认代录")
def confirm_submission(call: Call, submission_id: str) -> Confirmed:
    """本人看过文书替自己录的内容，确认无误。"""
    operations.confirm_submission(call.runtime, call.person_id, submission_id)
    return Confirmed(submission_id, True)
