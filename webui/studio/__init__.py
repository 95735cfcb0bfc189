"""流程设计: where designers draw, check, rehearse and publish. One blueprint, a module for each page."""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from engine.authorisation import design_units
from webui import security

blueprint = Blueprint("studio", __name__, url_prefix="/studio")

# The pages of a draft, in the order of their tabs: endpoint and title. A page adds itself here when it exists.
TABS = [
    ("studio.drawing", "流程图"),
    ("studio.forms", "表单"),
    ("studio.settings", "设置"),
    ("studio.repairs", "检查"),
    ("studio.rehearsal", "推演"),
    ("studio.exploration", "走查"),
    ("studio.comparison", "比较"),
    ("studio.clauses", "条款"),
    ("studio.history", "历史"),
    ("studio.publishing", "发布"),
]


@blueprint.app_context_processor
def _designers() -> dict[str, Any]:
    return {"designs": lambda me: bool(design_units(me.actor)), "studio_tabs": TABS}


@blueprint.after_request
def _let_editors_style(response: Response) -> Response:
    for name, value in security.EDITORS.items():
        response.headers.setdefault(name, value)
    return response


# Each of these puts its routes on the blueprint.
from webui.studio import (  # noqa: E402
    beginning,  # noqa: F401
    catalogue,  # noqa: F401
    checking,  # noqa: F401
    clauses,  # noqa: F401
    comparison,  # noqa: F401
    conditions,  # noqa: F401
    drawing,  # noqa: F401
    entrance,  # noqa: F401
    exploration,  # noqa: F401
    files,  # noqa: F401
    forms,  # noqa: F401
    history,  # noqa: F401
    layout,  # noqa: F401
    papers,  # noqa: F401
    parameters,  # noqa: F401
    publishing,  # noqa: F401
    rehearsal,  # noqa: F401
    repairs,  # noqa: F401
    settings,  # noqa: F401
    versions,  # noqa: F401
)
