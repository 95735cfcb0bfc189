"""A procedure is a folder: its diagram, `procedure.toml`, and its forms. The folder is the unit of
publishing.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.diagram.examination import Examination, examine
from engine.diagram.finding import DiagramError, Finding, Gate
from engine.diagram.folder import diagrams, form_files
from engine.diagram.model import Diagram
from engine.diagram.parameter import Parameter, read_parameter
from engine.form_shape import shape_problem
from engine.handed_in import NotReadable, json_value, toml

TOML = "procedure.toml"
LEVELS = ("市", "县", "乡镇", "村", "屋场")
MAX_FILES = 500
MAX_FOLDER_BYTES = 32_000_000
_KEYS = frozenset({"title", "level", "starters", "summary", "clauses", "parameters", "inputs", "public"})

Source = Path | str | Mapping[str, bytes]


@dataclass(frozen=True)
class Procedure:
    """A folder that can be executed. `key` is the id of the process it starts, which is how another one
    calls it.

    `inputs` are names whose values the calling procedure provides; a procedure that is only ever started
    has none. `public`: everybody may follow a matter from its first day, not only from a notice on (HW-4.5).
    """

    key: str
    title: str
    level: str
    starters: list[str]
    summary: str
    parameters: dict[str, Parameter]
    clauses: list[str]
    diagram: Diagram
    forms: dict[str, dict[str, Any]]
    files: dict[str, bytes]
    inputs: tuple[str, ...] = ()
    public: bool = False

    @property
    def start_process(self) -> str:
        return self.key

    @property
    def defaults(self) -> dict[str, Any]:
        """The parameters' values where nobody chose others."""
        return {name: parameter.default for name, parameter in self.parameters.items()}

    @property
    def calls(self) -> list[str]:
        """Keys of the other procedures it calls, in the order of the diagram."""
        called = (node.called for node in self.diagram.walk() if node.called is not None)
        return list(dict.fromkeys(key for key in called if key not in self.diagram.processes))


Resolve = Callable[[str], Procedure | None]


class Anything(Container[str]):
    """Calls to other folders are judged when it is published, not when the file is read."""

    def __contains__(self, item: object) -> bool:
        return True


@dataclass
class Folder:
    """A folder as far as it could be read, with what is wrong with it. `procedure` is None where it cannot
    be executed.
    """

    files: dict[str, bytes]
    findings: list[Finding] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)  # procedure.toml as written
    diagram_file: str | None = None
    examination: Examination | None = None
    procedure: Procedure | None = None

    def add(self, code: str, message: str, file: str, gate: Gate = "publishing") -> None:
        self.findings.append(Finding(code, message, gate=gate, file=file or None))


def open_folder(source: Source) -> Folder:
    """Read a folder from disk or from a mapping of names to contents. Never raises for bad content."""
    try:
        folder = Folder(_files(source))
    except DiagramError as error:
        return Folder({}, list(error.findings))
    folder.settings = settings = _settings(folder)
    parameters = _parameters(folder, settings)
    forms = _forms(folder)
    folder.diagram_file = name = _diagram_file(folder)
    if name is None:
        return folder
    try:
        examination = examine(folder.files[name], Anything())
    except DiagramError as error:
        folder.findings += [_in_file(finding, name) for finding in error.findings]
        return folder
    folder.examination = examination
    folder.findings += [_in_file(finding, name) for finding in examination.report.in_order()]
    if examination.diagram is not None and not any(_stops(finding) for finding in folder.findings):
        folder.procedure = _procedure(folder, settings, parameters, forms, examination.diagram)
    return folder


def load_folder(source: Source) -> Procedure:
    """The procedure in a folder, if it can be executed; DiagramError with the findings of the execution gate
    otherwise.
    """
    folder = open_folder(source)
    if folder.procedure is None:
        raise DiagramError([finding for finding in folder.findings if _stops(finding)])
    return folder.procedure


def _stops(finding: Finding) -> bool:
    return finding.gate == "execution" and finding.severity == "error"


def _in_file(finding: Finding, name: str) -> Finding:
    return replace(finding, file=name)


def _procedure(
    folder: Folder,
    settings: dict[str, Any],
    parameters: dict[str, Parameter],
    forms: dict[str, dict[str, Any]],
    diagram: Diagram,
) -> Procedure:
    start = next(iter(diagram.processes.values()))
    return Procedure(
        key=start.id,
        title=_text(settings, "title") or start.name or start.id,
        level=_text(settings, "level"),
        starters=_words(settings, "starters"),
        summary=_text(settings, "summary") or (start.documentation or ""),
        parameters=parameters,
        clauses=_words(settings, "clauses"),
        diagram=diagram,
        forms=forms,
        files=folder.files,
        inputs=tuple(_words(settings, "inputs")),
        public=settings.get("public") is True,
    )


def _text(settings: Mapping[str, Any], key: str) -> str:
    value = settings.get(key, "")
    return value.strip() if isinstance(value, str) else ""


def _words(settings: Mapping[str, Any], key: str) -> list[str]:
    value = settings.get(key, [])
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


# ------------------------------------------------------------------------------------------------ files


def _files(source: Source) -> dict[str, bytes]:
    if isinstance(source, Mapping):
        return _bounded({name.replace("\\", "/"): bytes(data) for name, data in source.items()})
    path = Path(source)
    if path.is_file():
        return {path.name: path.read_bytes()}
    if not path.is_dir():
        raise DiagramError([Finding("no-folder", f"没有文件夹 {path}，请核对路径")])
    return _bounded(dict(_walk(path)))


def _walk(folder: Path) -> Iterator[tuple[str, bytes]]:
    total = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if any(part.startswith(".") for part in name.parts) or path.is_symlink() or not path.is_file():
            continue  # a link could lead out of the folder
        total += path.stat().st_size
        if total > MAX_FOLDER_BYTES:
            break
        yield name.as_posix(), path.read_bytes()
    if total > MAX_FOLDER_BYTES:
        raise _too_big()


def _bounded(files: dict[str, bytes]) -> dict[str, bytes]:
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_FOLDER_BYTES:
        raise _too_big()
    return files


def _too_big() -> DiagramError:
    megabytes = MAX_FOLDER_BYTES // 1_000_000
    message = f"文件夹太大：最多 {MAX_FILES} 个文件、共 {megabytes} MB，请删去不用的文件"
    return DiagramError([Finding("too-big", message)])


def _diagram_file(folder: Folder) -> str | None:
    names = diagrams(folder.files)
    if len(names) == 1:
        return names[0]
    if names:
        folder.add(
            "two-diagrams", f"有几张流程图：{'、'.join(names)}，一个文件夹只能有一张", names[1], "execution"
        )
    else:
        folder.add("no-diagram", "没有流程图：请放进一个 .bpmn 文件", "", "execution")
    return None


def _settings(folder: Folder) -> dict[str, Any]:
    data = folder.files.get(TOML)
    if data is None:
        folder.add("no-toml", f"还没有 {TOML}:请写上名称、层级和由谁发起", TOML)
        return {}
    try:
        settings = toml(data)
    except NotReadable as error:
        hint = '(汉字的名字要加引号，如 [parameters."大额标准"])' if b"[parameters." in data else ""
        folder.add("bad-toml", f"{TOML} 读不懂：{error}{hint}", TOML, "execution")
        return {}
    for key in settings:
        if key not in _KEYS:
            folder.add("unknown-setting", f"不认识的项 {key}，请删去或改正", TOML)
    for key in ("title", "level", "summary"):
        if not isinstance(settings.get(key, ""), str):
            folder.add("bad-setting", f"{key} 要写成文字", TOML)
    if not isinstance(settings.get("public", False), bool):
        folder.add(
            "bad-setting", "public 要写 true（从一开始就公开）或 false（有了公示、征求意见才公开）", TOML
        )
    for key in ("starters", "clauses", "inputs"):
        value = settings.get(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            folder.add("bad-setting", f'{key} 要写成文字的列表，如 ["报账员"]', TOML)
    return settings


def _parameters(folder: Folder, settings: Mapping[str, Any]) -> dict[str, Parameter]:
    tables = settings.get("parameters", {})
    if not isinstance(tables, Mapping):
        folder.add("bad-parameter", "parameters 要写成一节一节的 [parameters.名称]", TOML, "execution")
        return {}
    parameters: dict[str, Parameter] = {}
    for name, table in tables.items():
        parameter, problems = read_parameter(name, table)
        for problem in problems:
            # A rehearsal runs on the defaults: a parameter without a usable one keeps the folder from
            # running.
            usable = parameter is not None and parameter.usable
            folder.add("bad-parameter", problem.message, TOML, "publishing" if usable else "execution")
        if parameter is not None:
            parameters[name] = parameter
    return parameters


def _forms(folder: Folder) -> dict[str, dict[str, Any]]:
    forms: dict[str, dict[str, Any]] = {}
    for form, name in form_files(folder.files).items():
        try:
            schema = json_value(folder.files[name])
        except NotReadable as error:
            folder.add("bad-form", f"表单不是能读的 JSON（{error}），请在表单编辑器里重新保存", name)
            continue
        problem = shape_problem(schema)
        if problem is None:
            forms[form] = schema
        else:
            folder.add("bad-form", problem, name)
    return forms
