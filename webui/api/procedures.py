"""Procedures this user may start or see."""

from engine.queries import procedures
from webui.api.answers import Procedure
from webui.api.endpoint import Call, Page, endpoint


@endpoint("GET", "/procedures", "可以发起或查看的流程")
def list_procedures(call: Call) -> Page[Procedure]:
    """每个流程给出在您的单位生效的那一版：本单位的，没有就向上找最近的。"""
    actor = call.actor()
    rows = procedures.startable(call.runtime, actor)
    return Page([_procedure(row) for row in rows], None)
