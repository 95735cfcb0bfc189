"""流程设计's entrance: the unit's procedures, their versions and the drafts."""

from flask import render_template

from webui.sessions import signed_in
from webui.studio import blueprint


@blueprint.get("")
@signed_in
def entrance() -> str:
    return render_template("studio/entrance.html")
