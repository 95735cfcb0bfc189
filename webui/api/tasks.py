"""Tasks: what is to do, and doing it."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from engine import operations
from engine.queries import tasks
from webui.api import convert
from webui.api.answers import Instance, ListedTask, OpenTask
from webui.api.endpoint import Call, Page, endpoint
from webui.api.shapes import Doc

Data = Annotated[dict[str, Any], Doc("表单内容：只能有表单里的键", at_most=500)]
Behalf = Annotated[int | None, Doc("代录：替谁办，写那个人的编号。只有本单位文书可以", 2**31 - 1, 1)]
Papers = Annotated[list[str], Doc("代录时纸质原件的照片：先上传，再写文件编号", at_most=20)]


@dataclass
class TaskQuery:
    """Which tasks."""

    scope: Annotated[
        Literal["mine", "claimable", "overdue", "done", "behalf"],
        Doc("mine 归我办，claimable 可签收，overdue 快到期和超期，done 我办过的，behalf 可代录的"),
    ] = "mine"
    cursor: Annotated[str | None, Doc("上一页给的 next", at_most=500)] = None
    limit: Annotated[int, Doc("一页几条", at_most=100, at_least=1)] = 30


@dataclass
class Submission:
    """办一步时提交的内容。"""

    data: Data
    on_behalf_of: Behalf = None
    papers: Papers = field(default_factory=list)


@endpoint("GET", "/tasks", "我的待办")
def list_tasks(call: Call, query: TaskQuery) -> Page[ListedTask]:
    """按到期时间排，先到期的在前；已办的按时间倒排。"""
    page = tasks.todo(call.runtime, call.actor(), query.scope, query.cursor, query.limit)
    return Page([convert.listed_task(card) for card in page.items], page.next)


@endpoint("GET", "/tasks/{task_id}", "一步的详情")
def get_task(call: Call, task_id: str) -> OpenTask:
    """怎么办、您可以做什么、要填什么。"""
    shown = tasks.task(call.runtime, call.actor(), task_id)
    operations.note_view(call.runtime, call.actor(), shown.instance_id)
    return convert.open_task(shown)


@endpoint("POST", "/tasks/{task_id}/claim", "签收")
def claim_task(call: Call, task_id: str) -> OpenTask:
    """签收后归您办，别人不能再办。"""
    operations.claim_task(call.runtime, call.person_id, task_id)
    return get_task(call, task_id)


@endpoint("POST", "/tasks/{task_id}/release", "退回签收")
def release_task(call: Call, task_id: str) -> OpenTask:
    """退回后同岗位的人可以再签收。"""
    operations.release_task(call.runtime, call.person_id, task_id)
    return get_task(call, task_id)


@endpoint("POST", "/tasks/{task_id}/complete", "办这一步")
def complete_task(call: Call, task_id: str, body: Submission) -> Instance:
    """没有签收的，办的同时签收。会签的一步，人没有齐时仍然开着。"""
    done = operations.complete_task(
        call.runtime,
        call.person_id,
        task_id,
        body.data,
        on_behalf_of=body.on_behalf_of,
        papers=body.papers,
    )
    return convert.instance(done, call.person_id)


@endpoint("POST", "/tasks/{task_id}/actions/{name}", "在这一步上做一件事")
def act_on_task(call: Call, task_id: str, name: str, body: Submission) -> OpenTask:
    """`name` 是这一步的 `actions` 里列出的一个。投票、签到这些很多人同时做的事，回答里没有 actions 和 proceeding。"""
    before = tasks.outline(call.runtime, task_id)
    done = operations.act_on_task(
        call.runtime,
        call.person_id,
        task_id,
        name,
        body.data,
        on_behalf_of=body.on_behalf_of,
        papers=body.papers,
    )
    if isinstance(done, operations.Done) and any(task["id"] == task_id for task in done.open_tasks):
        return get_task(call, task_id)
    assert before is not None, "an act on a task that is not open is refused"
    answer = convert.outlined(before, "done" if isinstance(done, operations.Done) else "mine")
    return replace(answer, receipt=done.code) if isinstance(done, operations.Receipt) else answer
