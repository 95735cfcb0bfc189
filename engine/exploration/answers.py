"""The answers of a step: every result that some condition further on can tell from another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from engine import forms as form_rules
from engine import steps
from engine.diagram.model import Node
from engine.execution.nodes.step import Step
from engine.execution.script import Script
from engine.exploration.atoms import Path
from engine.exploration.reading import Paths, Reading
from engine.exploration.values import Values, bounds_of, nest, offered
from engine.expressions import normal_name
from engine.steps import SettingError

MOST_ANSWERS = 300  # of one step

Beside = tuple[tuple[Path, tuple[float, ...]], ...]


@dataclass(frozen=True)
class Answer:
    """What is handed in, and the part of it that makes a difference, for people to read."""

    result: Mapping[str, Any]
    shown: Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """A field that conditions read, with the values that make a difference."""

    path: Path
    values: list[Any]


class Answers:
    """The answers of each step; reckoned once for what is still read after it."""

    def __init__(self, script: Script, reading: Reading) -> None:
        self.script, self.reading = script, reading
        self.values = Values(reading)
        self.cut: dict[str, None] = {}
        self._fields: dict[tuple[Step, Beside], list[Field]] = {}
        self._known: dict[tuple[Step, Paths, Beside], list[Answer]] = {}
        self._compared: dict[Step, dict[Path, set[Path]]] = {}
        self._sent: dict[str, list[Answer]] = {}
        for step in reading.steps():
            self._note_bounds(step)

    @property
    def remarks(self) -> list[str]:
        return list(self.values.remarks)

    def of(self, step: Step, read: Paths, data: Mapping[str, Any]) -> list[Answer]:
        """What can be handed in at a step; `read` is what conditions may still read after it, `data` what there is."""
        wanted = frozenset(path for path in read if path[0] == step.node.key) if step.node.kind else read
        beside = self._beside(step, read, data)
        found = self._known.get((step, wanted, beside))
        if found is None:
            found = self._known[step, wanted, beside] = self._reckon(step, wanted, beside)
        return found

    def of_message(self, name: str) -> list[Answer]:
        """What a message can bring: the names it declares."""
        if name not in self._sent:
            heads = {normal_name(head) for head in self.script.definition.payload(name)}
            self._sent[name] = self.brought(heads, f"消息“{name}”")
        return self._sent[name]

    def brought(self, heads: Iterable[str], what: str) -> list[Answer]:
        """Values for names that come from outside; one that a step of the diagram fills in, too, has that step's."""
        fields: list[Field] = []
        for head in sorted(set(heads)):
            like = next((s for s in self.reading.steps() if s.node.kind and s.node.key == head), None)
            if like is not None:
                fields += self._of_step(like)
            elif any(path[0] == head for path in self.reading.needed):
                fields.append(Field((head,), self.values.of_anything((head,))))
        return self._combined(fields, {field.path for field in fields}, what)

    # ------------------------------------------------------------ a step

    def _reckon(self, step: Step, read: Paths, beside: Beside) -> list[Answer]:
        node = step.node
        if node.kind is None:
            told = sorted({path[0] for path in self.reading.told(step)})
            return self.brought(told, f"“{node.label}”")
        answers = self._combined(self._of_step(step, beside), {path[:2] for path in read}, f"“{node.label}”")
        return [Answer(answer.result.get(node.key, {}), answer.shown) for answer in answers]

    def _note_bounds(self, step: Step) -> None:
        """What numbers a step can give: what a form allows, nothing below zero where the kind counts by itself."""
        if not step.node.kind or not any(path[0] == step.node.key for path in self.reading.needed):
            return
        try:
            types, components, _ = self._declaration(step.procedure, step.node)
        except (KeyError, SettingError):
            return  # told when its answers are asked for
        for name in [name for name, type in types.items() if type == "number"]:
            bounds = bounds_of(components[name]) if name in components else (0, None)
            self.values.bounds[(step.node.key, name)] = bounds

    def _beside(self, step: Step, read: Paths, data: Mapping[str, Any]) -> Beside:
        """The numbers, and lengths of lists, that are there already and that a field of this step is compared with."""
        if step not in self._compared:
            own = {path for path in self.reading.needed if path[0] == step.node.key}
            others = {path: self.values.compared_with(path) for path in own}
            self._compared[step] = {path: found for path, found in others.items() if found}
        compared = self._compared[step]
        if not compared:
            return ()
        there = {path: sizes for path, found in compared.items() if (sizes := _sizes(found & read, data))}
        return tuple(sorted(there.items()))

    def _of_step(self, step: Step, beside: Beside = ()) -> list[Field]:
        if (step, beside) not in self._fields:
            found = self._fields[step, beside] = list(self._declared(step, dict(beside)))
            together = [".".join(field.path) for field in found if len(field.values) > 1]
            if len(together) > 1 and step.node.kind != "handle":
                told = f"“{step.node.label}”的{'、'.join(together)}各取各的值；实际由系统一起算出，有些配不到一起"
                self.values.remarks[told] = None
        return self._fields[step, beside]

    def _declared(self, step: Step, beside: Mapping[Path, tuple[float, ...]]) -> Iterable[Field]:
        node = step.node
        needed = sorted({p[1] for p in self.reading.needed if p[0] == normal_name(node.key) and len(p) > 1})
        if not needed:
            return
        try:
            types, components, outcomes = self._declaration(step.procedure, node)
        except (KeyError, SettingError) as error:
            self.values.remarks[f"“{node.label}”的办理方式读不出来（{error}）：按条件里比较的值走"] = None
            for name in needed:
                yield Field((node.key, name), self.values.of_anything((node.key, name)))
            return
        for name in needed:
            if name in types:
                path, component = (node.key, name), components.get(name)
                choices = outcomes if name == "结论" and outcomes else offered(component or {})
                found = self.values.of_field(path, types[name], component, choices, beside.get(path, ()))
                yield Field(path, found)

    def _declaration(
        self, procedure: str | None, node: Node
    ) -> tuple[dict[str, str], dict[str, Mapping[str, Any]], list[str]]:
        """The fields with their types, the components of the forms that fill them, and the outcomes."""
        kind, forms = steps.kind(node.kind or ""), self.script.forms(procedure)
        settings = kind.freeze(node, self.script.parameters)
        components: dict[str, Mapping[str, Any]] = {}
        for action in kind.actions(settings, forms):
            for component in form_rules.fields(action.schema):
                components.setdefault(normal_name(form_rules.key_of(component)), component)
        types = {normal_name(name): type for name, type in kind.fields(settings, forms).items()}
        return types, components, kind.outcomes(settings)

    def _combined(self, fields: list[Field], varied: Iterable[Path], what: str) -> list[Answer]:
        """Every combination of the values that are still read; the others have their first one."""
        shown = set(varied)
        options = [field.values if field.path in shown else field.values[:1] for field in fields]
        answers = []
        combined = product(*options)
        for values in islice(combined, MOST_ANSWERS):
            pairs = list(zip(fields, options, values, strict=True))
            told = {
                ".".join(f.path[1:]) or f.path[0]: value for f, offered_, value in pairs if len(offered_) > 1
            }
            answers.append(Answer(nest({f.path: value for f, _, value in pairs}), told))
        if next(combined, None) is not None:
            self.cut[f"{what}的答法太多，只走了前 {MOST_ANSWERS} 种"] = None
        return answers


def _sizes(paths: Iterable[Path], data: Mapping[str, Any]) -> tuple[float, ...]:
    """The numbers at these paths, of lists their lengths."""
    found: set[float] = set()
    for path in paths:
        here: Any = data
        for name in path:
            here = here.get(name) if isinstance(here, Mapping) else None
        if isinstance(here, list):
            found.add(len(here))
        elif isinstance(here, int | float) and not isinstance(here, bool):
            found.add(here)
    return tuple(sorted(found))
