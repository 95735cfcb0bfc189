"""handle 办理: one person of the lane signs for the task (签收) and fills in the form."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine import forms as form_rules
from engine.diagram.model import Node
from engine.steps.declared.answers import HANDLE
from engine.steps.kind import DOERS, Action, Forms, Kind, Problem, Seat, Submission, Words, doers

EMPTY_FORM: Mapping[str, Any] = {"type": "default", "components": []}


class Handle(Kind):
    key = "handle"
    title = "办理"
    help = "一个人签收、填一张表单"
    settings = HANDLE

    def check(self, node: Node, forms: Forms, parameters: Mapping[str, Any]) -> Iterator[Problem]:
        form = node.properties.get("form")
        if not form:
            yield Problem("form-missing", "还没有表单，办理的人没有地方填写。请选一张“表单”（form）")
        elif form not in forms:
            yield Problem(
                "form-unknown", f"表单“{form}”不存在，请在“表单”一页新建（forms/{form}.json），或者改用已有的"
            )

    def freeze(self, node: Node, parameters: Mapping[str, Any]) -> dict[str, Any]:
        words = Words(node, parameters)
        return {
            "form": words.text("form"),
            "button": words.text("button", "提交"),
            "prefill": words.text("prefill", "yes") != "no",
        }

    def fields(self, settings: Mapping[str, Any], forms: Forms) -> dict[str, str]:
        return form_rules.field_types(forms.get(settings["form"], EMPTY_FORM)) | {DOERS: "list"}

    def outcomes(self, settings: Mapping[str, Any]) -> list[str]:
        return []

    def actions(self, settings: Mapping[str, Any], forms: Forms) -> list[Action]:
        return [Action("complete", settings["button"], forms.get(settings["form"], EMPTY_FORM))]

    def result(
        self, settings: Mapping[str, Any], seats: Sequence[Seat], submissions: Sequence[Submission]
    ) -> dict[str, Any] | None:
        if not submissions:
            return None
        people = doers(submissions[-1:])
        return dict(submissions[-1].data) | ({DOERS: people} if people else {})
