"""The forms of a draft: begun, copied, renamed with the steps that use them, taken over from elsewhere, removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from engine.diagram import DiagramError
from engine.diagram.folder import diagrams, form_file, new_form
from engine.diagram.rewriting import form_users, with_form_renamed
from engine.diagram.titles import FORM_NAME
from engine.operations.drafts import change_files
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime

MAX_FORM_BYTES = 500_000


def create_form(
    runtime: Runtime, actor_id: int, draft_id: str, name: str, schema: bytes | None = None
) -> int:
    """A new form, empty or with this schema; the draft's revision. Raises Invalid where the name is taken."""
    file = _file(name)
    data = schema if schema is not None else new_form(name)
    if len(data) > MAX_FORM_BYTES:
        raise Invalid("form-too-big", "这张表单太大，请拆成两张")

    def change(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        _require_free(files, name)
        return {**files, file: data}

    return change_files(runtime, actor_id, draft_id, change, {}, f"新建表单 {name}")


def copy_form(runtime: Runtime, actor_id: int, draft_id: str, source: str, name: str) -> int:
    """A form of the draft once more under another name. Raises Invalid, NotVisible."""
    _file(name)

    def change(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        _require_free(files, name)
        return {**files, form_file(name): _there(files, source)}

    return change_files(runtime, actor_id, draft_id, change, {}, f"复制表单 {source} 为 {name}")


def rename_form(runtime: Runtime, actor_id: int, draft_id: str, before: str, name: str) -> int:
    """A form under another name, in the steps that use it as well. Raises Invalid, NotVisible."""
    _file(name)

    def change(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        data = _there(files, before)
        if name == before:
            return files
        _require_free(files, name)
        kept = {file: content for file, content in files.items() if file != form_file(before)}
        for file in diagrams(files):
            with readable_diagram():
                kept[file] = with_form_renamed(files[file], before, name)
        return kept | {form_file(name): data}

    return change_files(runtime, actor_id, draft_id, change, {}, f"表单 {before} 改名为 {name}")


def remove_form(runtime: Runtime, actor_id: int, draft_id: str, name: str, seen: str) -> int:
    """Take a form away that no step uses. Raises Invalid naming the steps that do, Overtaken, NotVisible."""

    def change(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
        _there(files, name)
        with readable_diagram():
            steps = [label for file in diagrams(files) for _, label in form_users(files[file]).get(name, [])]
        if steps:
            raise Invalid(
                "form-in-use",
                f"“{'”“'.join(dict.fromkeys(steps))}”正用着这张表单，请先在流程图里给它换一张，再来删除",
            )
        return {file: data for file, data in files.items() if file != form_file(name)}

    return change_files(runtime, actor_id, draft_id, change, {form_file(name): seen}, f"删了表单 {name}")


@contextmanager
def readable_diagram() -> Iterator[None]:
    """What looks a name up in the diagram. Raises Invalid where that is too broken to tell who uses the name."""
    try:
        yield
    except DiagramError:
        message = "流程图现在读不懂，不知道哪些地方用着这个名字。请先在“流程图”或“检查”里把它修好"
        raise Invalid("diagram-broken", message) from None


# ---------------------------------------------------------------- parts


def _file(name: str) -> str:
    """Where a form's schema lies in the folder. Raises Invalid for a name that cannot be one."""
    if not FORM_NAME.fullmatch(name):
        message = "表单的名字只能用汉字、字母、数字，最多 40 个字，中间不要空格和标点"
        raise Invalid("bad-form-name", message, {"name": message})
    return form_file(name)


def _require_free(files: Mapping[str, bytes], name: str) -> None:
    if form_file(name) in files:
        message = f"已经有一张叫“{name}”的表单，请换一个名字"
        raise Invalid("form-exists", message, {"name": message})


def _there(files: Mapping[str, bytes], name: str) -> bytes:
    data = files.get(form_file(name))
    if data is None:
        raise NotVisible("form-unknown", f"没有叫“{name}”的表单，可能刚刚被别人改名或删除，请刷新页面")
    return data
