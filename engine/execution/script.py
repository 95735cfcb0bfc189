"""What a rehearsal runs: a bare diagram, or a procedure's folder with its forms, its parameters and the
procedures it calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.diagram import Procedure, load_folder, read_diagram
from engine.diagram.model import Diagram
from engine.diagram.parameter import Parameter
from engine.execution.definition import Definition
from engine.execution.error import ExecutionError

Source = bytes | str | Path | Mapping[str, bytes]


class Placed(dict[str, bytes]):
    """A folder's files with the procedures it calls, by key, as they are in force in the unit it belongs to."""

    def __init__(self, files: Mapping[str, bytes], called: Mapping[str, Procedure]) -> None:
        super().__init__(files)
        self.called = dict(called)


@dataclass(frozen=True)
class Script:
    definition: Definition
    parameters: Mapping[str, Any] = field(default_factory=dict)
    procedures: Mapping[str | None, Procedure] = field(default_factory=dict)

    @classmethod
    def load(cls, source: Source, parameters: Mapping[str, Any]) -> Script:
        """Raises engine.diagram.DiagramError for what cannot be executed right, ExecutionError for an unknown
        parameter.
        """
        diagram = _diagram(source)
        if diagram is not None:
            return cls(Definition.compile(diagram), parameters)
        assert not isinstance(source, bytes)
        procedure = load_folder(source if isinstance(source, Mapping) else Path(source))
        called = _called(procedure, source)
        definition = Definition.compile(procedure.diagram, {key: one.diagram for key, one in called.items()})
        procedures: dict[str | None, Procedure] = {None: procedure}
        procedures.update(called)
        script = cls(definition, {}, procedures)
        values = {name: parameter.default for name, parameter in script.known_parameters.items()}
        return replace(script, parameters=values).given(parameters)

    def given(self, parameters: Mapping[str, Any]) -> Script:
        """The same with these parameters instead of what they were; raises ExecutionError for an unknown one."""
        unknown = [name for name in parameters if self.procedures and name not in self.known_parameters]
        if unknown:
            raise ExecutionError(f"程序没有参数“{'、'.join(unknown)}”。请看看 procedure.toml 里写的名称")
        return replace(self, parameters={**self.parameters, **parameters})

    @property
    def known_parameters(self) -> dict[str, Parameter]:
        """Those of the procedure and of all it calls; where two share a name, the caller's counts."""
        found: dict[str, Parameter] = {}
        for procedure in self.procedures.values():
            found = procedure.parameters | found
        return found

    def forms(self, procedure: str | None) -> Mapping[str, Mapping[str, Any]]:
        """The forms of the procedure itself (None) or of one it calls."""
        found = self.procedures.get(procedure)
        return found.forms if found is not None else {}


def _diagram(source: Source) -> Diagram | None:
    """The diagram where the source is one; None for a folder."""
    if isinstance(source, bytes):
        return read_diagram(source)
    if isinstance(source, str) and source.lstrip("\ufeff \t\r\n").startswith("<"):
        return read_diagram(source.encode())
    if isinstance(source, str | Path) and Path(source).is_file():
        return read_diagram(Path(source).read_bytes())
    return None


def _called(procedure: Procedure, source: str | Path | Mapping[str, bytes]) -> dict[str, Procedure]:
    """The procedures it calls and those they call: they were given with its files, or stand beside its folder. One that
    is not there is refused on compiling.
    """
    if isinstance(source, Placed):
        return source.called
    return {} if isinstance(source, Mapping) else _beside(procedure, Path(source).resolve().parent)


def _beside(procedure: Procedure, siblings: Path) -> dict[str, Procedure]:
    found: dict[str, Procedure] = {}
    pending = [procedure]
    while pending:
        caller = pending.pop()
        for node in caller.diagram.walk():
            key = node.called
            if (
                not key
                or key in caller.diagram.processes
                or key in found
                or "/" in key
                or key.startswith(".")
            ):
                continue
            if (siblings / key).is_dir():
                found[key] = load_folder(siblings / key)
                pending.append(found[key])
    return found
