"""Procedures this user may start or see."""

from engine.queries import procedures
from webui.api.answers import Procedure
from webui.api.endpoint import Call, Page, endpoint


@endpoint("GET", "/procedures", "可以发起或查看的流程")
def list_procedures(call: Call) -> Page[Procedure]:
    """您任职的每个单位里有效的那一版：本单位发布的，没有就向上找最近的。"""
    rows = procedures.in_force(call.runtime, call.actor())
    return Page([_procedure(row) for row in rows], None)


def _procedure(row: procedures.InForce) -> Procedure:
    return Procedure(
        row.key, row.title, row.version, row.level, row.unit.code, row.unit.name, row.summary, row.may_start
    )
