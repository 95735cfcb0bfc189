"""Where a finding of the check stands: what people call the place, and the page that mends it."""

from collections.abc import Callable
from typing import Any

from flask import url_for

from engine.diagram import Finding
from engine.diagram.folder import diagrams, form_name
from engine.diagram.procedure import TOML
from engine.diagram.titles import form_titles
from engine.queries.drafts import Draft


def places(draft: Draft) -> dict[str, Callable[[Finding], Any]]:
    """For a template: `said(finding)`, and `link(finding)`, None where no page of its own mends it."""
    titles = form_titles(draft.files[name] for name in diagrams(draft.files))
    return {
        "said": lambda finding: _said(finding, titles),
        "link": lambda finding: _link(draft.id, finding),
    }


def _link(draft_id: str, finding: Finding) -> str | None:
    file = finding.file or ""
    if finding.element_id and (file.endswith(".bpmn") or not file):
        return url_for("studio.drawing", draft_id=draft_id, _anchor=finding.element_id)
    if file == TOML:
        return url_for("studio.settings", draft_id=draft_id)
    if (name := form_name(file)) is not None:
        return url_for("studio.form", draft_id=draft_id, name=name)
    return None


def _said(finding: Finding, titles: dict[str, str]) -> str:
    """An id some tool made up tells nobody anything."""
    file = finding.file or ""
    if finding.label and finding.label != finding.element_id:
        return finding.label
    if finding.element_id:
        return "没有名称的一处"
    if (name := form_name(file)) is not None:
        return f"表单“{titles.get(name, name)}”"
    return {TOML: "流程设置"}.get(file, "整个流程" if not file or file.endswith(".bpmn") else file)
