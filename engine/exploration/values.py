"""The values that conditions can tell apart: one for each answer a comparison can give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations_with_replacement, pairwise, product
from typing import Any

from engine import forms as form_rules
from engine.exploration.atoms import Atom, Path
from engine.exploration.reading import Reading
from engine.expressions import normal_name

Component = Mapping[str, Any]

OTHER = "其他"
MOST_ITEMS = 50  # of a list; a condition that asks for more is said to be cut
LADDER = (-1, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)  # tried where no constant shows the boundary


class Values:
    """Candidates for what data a condition reads. `remarks` tells what could not be enumerated for certain."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.remarks: dict[str, None] = {}
        self.bounds: dict[Path, tuple[float | None, float | None]] = {}  # of the numbers that forms ask for
        self._atoms: dict[Path, list[Atom]] = {}
        for atom in reading.atoms.values():
            for path in atom.paths:
                self._atoms.setdefault(path, []).append(atom)
            self._remark(atom)

    def of_field(
        self,
        path: Path,
        type: str,
        component: Component | None,
        choices: Sequence[Any],
        beside: Sequence[float] = (),
    ) -> list[Any]:
        """The values a field of a step's result can have, as far as they make a difference; the first one where they
        make none. `beside` are numbers that stand in the data already and that it is compared with.
        """
        optional = component is not None and not _required(component)
        deeper = [p for p in self.reading.needed if p[: len(path)] == path and len(p) > len(path)]
        if type == "record" or (deeper and type != "list"):
            return self._records(path, deeper)
        if type == "list":
            found = self._lists(path, component, choices, beside)
        elif type == "boolean":
            found = [True, False]
        elif type == "number":
            found = [*self._numbers(path, component, choices, beside), *([None] if optional else [])]
        else:
            found = [*self._texts(path, choices), *([""] if optional else [])]
        return self._told_apart(path, found)

    def of_anything(self, path: Path) -> list[Any]:
        """The values of something no form declares: by what it is compared with."""
        deeper = [p for p in self.reading.needed if p[: len(path)] == path and len(p) > len(path)]
        if deeper:
            return self._records(path, deeper)
        if path in self.reading.collections or any(path in a.sized for a in self._on(path)):
            return self._told_apart(path, self._lists(path, None, ()))
        found: list[Any] = []
        for atom in self._on(path):
            compared = [text for text in atom.texts if path not in atom.searched]
            found += [*compared, *([OTHER] if compared else [])]
            found += self._numbers(path, None, ()) if atom.numbers or len(atom.paths) > 1 else []
            if path in atom.searched:
                found += self._lists(path, None, ())
            if not atom.texts and not atom.numbers:
                found += [True, False]
        found += [0, 1, 2] if path in self.reading.counted else []
        return self._told_apart(path, _once(found) or [True])

    def compared_with(self, path: Path) -> set[Path]:
        """The other data that a condition reads together with this."""
        return {other for atom in self._on(path) for other in atom.paths if other != path}

    # ------------------------------------------------------------ by type

    def _on(self, path: Path) -> list[Atom]:
        return self._atoms.get(path, [])

    def _texts(self, path: Path, choices: Sequence[Any]) -> list[Any]:
        if choices:
            return list(choices)
        return _once([text for atom in self._on(path) for text in atom.texts] + [OTHER])

    def _numbers(
        self, path: Path, component: Component | None, choices: Sequence[Any], beside: Sequence[float] = ()
    ) -> list[Any]:
        if choices:
            return list(choices)
        marks = sorted({*beside, *(number for atom in self._on(path) for number in atom.numbers)})
        found: list[float] = [around for mark in marks for around in (mark - 1, mark, mark + 1)]
        found += [(low + high) / 2 for low, high in pairwise(marks) if high - low <= 1]
        if not marks or any(len(atom.paths) > 1 for atom in self._on(path)):
            found += [0, 1, 2]
        least, most = bounds_of(component) if component is not None else self.bounds.get(path, (None, None))
        found += [bound for bound in (least, most) if bound is not None]
        if self._undecided(path, found):
            found += LADDER
        inside = [n for n in found if (least is None or n >= least) and (most is None or n <= most)]
        for atom in self._undecided(path, inside):
            told = f"条件“{atom.text}”：试过的数都是一个结果，边界也许不在这些数里"
            self.remarks[told] = None
        return sorted(set(inside)) or [least if least is not None else 0]

    def _lists(
        self, path: Path, component: Component | None, choices: Sequence[Any], beside: Sequence[float] = ()
    ) -> list[Any]:
        """Empty, one, two, and around every length that is asked for."""
        items = self._items(path, component, choices)
        sizes = {0, 1, 2}
        for atom in self._on(path):
            if path in atom.sized:
                others = [
                    bound for one in atom.paths for bound in self.bounds.get(one, ()) if bound is not None
                ]
                sizes |= {round(n) + step for n in (*atom.numbers, *others, *beside) for step in (-1, 0, 1)}
        if component is not None and _required(component):
            sizes -= {0}
        if max(sizes, default=0) > MOST_ITEMS:
            self.remarks[f"名单“{'.'.join(path)}”只走到 {MOST_ITEMS} 项"] = None
        found: list[Any] = []
        for size in sorted(size for size in sizes if 0 <= size <= MOST_ITEMS):
            if size <= 2:
                found += [list(chosen) for chosen in combinations_with_replacement(items, size)]
            else:
                found.append([items[0]] * size)
        return found

    def _items(self, path: Path, component: Component | None, choices: Sequence[Any]) -> list[Any]:
        nested = _nested(component)
        records: list[Any] = []
        for name in sorted(self.reading.collections.get(path, ())):
            fields = sorted({p[1] for p in self.reading.needed if p[0] == normal_name(name) and len(p) > 1})
            if not fields:
                records += self.of_anything((normal_name(name),)) if (name,) in self._atoms else []
                continue
            options = [self._item_field((normal_name(name), one), nested.get(one)) for one in fields]
            records += [dict(zip(fields, values, strict=True)) for values in product(*options)]
        if records:
            return records
        searched = [text for atom in self._on(path) if path in atom.searched for text in atom.texts]
        plain = _once([*searched, *(choices or [OTHER])]) if searched else list(choices[:1])
        return plain or [{} if nested else OTHER]

    def _item_field(self, path: Path, component: Component | None) -> list[Any]:
        if component is None:
            return self.of_anything(path)
        return self.of_field(path, form_rules.field_types({"components": [component]})[path[1]], component,
                             offered(component))  # fmt: skip

    def _records(self, path: Path, deeper: Iterable[Path]) -> list[Any]:
        keys = sorted({p[len(path)] for p in deeper})
        if not keys:
            return [{}]
        options = [self.of_anything((*path, key)) for key in keys]
        return [dict(zip(keys, values, strict=True)) for values in product(*options)]

    # ------------------------------------------------------------ which of them differ

    def _told_apart(self, path: Path, found: Sequence[Any]) -> list[Any]:
        """One for each answer of all conditions; all of them where two data are compared with each other."""
        if not found:
            return []
        atoms, loops = self._on(path), path in self.reading.collections or path in self.reading.counted
        if not atoms and not loops:
            return [found[0]]
        if loops or any(len(atom.paths) > 1 for atom in atoms):
            return _once(found)
        first: dict[tuple[Any, ...], Any] = {}
        for value in found:
            first.setdefault(tuple(a.value(self._context(path, value)) for a in atoms), value)
        return list(first.values())

    def _undecided(self, path: Path, found: Sequence[Any]) -> list[Atom]:
        """The comparisons that come out the same for all of these numbers: the boundary lies elsewhere."""
        alone = [atom for atom in self._on(path) if len(atom.paths) == 1]
        return [atom for atom in alone if len({atom.value(self._context(path, n)) for n in found}) < 2]

    def _context(self, path: Path, value: Any) -> dict[str, Any]:
        return nest({path: value}) | dict(self.reading.parameters)

    def _remark(self, atom: Atom) -> None:
        if len(atom.paths) > 1:
            names = "、".join(".".join(path) for path in sorted(atom.paths))
            self.remarks[
                f"条件“{atom.text}”把几项数据（{names}）放在一起比：只试了边上的几个数、空的和一两项的名单"
            ] = None
        if atom.by_place:
            self.remarks[f"条件“{atom.text}”按位置取名单里的一项：名单的内容没有一一试过"] = None
        for path in atom.paths:
            if path in self.reading.free:
                self.remarks[
                    f"条件“{atom.text}”读的“{'.'.join(path)}”没有哪一步声明要填：当作前面最近的一步（没有就当作开始时）填的"
                ] = None


def nest(values: Mapping[Path, Any]) -> dict[str, Any]:
    """{("支出", "金额"): 5} as {"支出": {"金额": 5}}."""
    result: dict[str, Any] = {}
    for path, value in values.items():
        here = result
        for name in path[:-1]:
            here = here.setdefault(name, {})
        here[path[-1]] = value
    return result


def offered(component: Component) -> list[Any]:
    """The values a field with options has, in its order."""
    values = component.get("values")
    if not isinstance(values, list):
        return []
    return [one["value"] for one in values if isinstance(one, Mapping) and one.get("value") not in (None, "")]


def _required(component: Component) -> bool:
    """A field that may be hidden may stay empty."""
    hidden = (component.get("conditional") or {}).get("hide")
    return bool((component.get("validate") or {}).get("required")) and not hidden


def bounds_of(component: Component) -> tuple[float | None, float | None]:
    """The least and the most a field for a number accepts."""
    rules = component.get("validate") or {}
    return _number(rules.get("min")), _number(rules.get("max"))


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() else number


def _nested(component: Component | None) -> dict[str, Component]:
    if component is None:
        return {}
    return {normal_name(form_rules.key_of(one)): one for one in form_rules.fields(component)}


def _once(found: Iterable[Any]) -> list[Any]:
    """Each value once, in order; 1 and True are two."""
    seen: dict[str, Any] = {}
    for value in found:
        seen.setdefault(f"{type(value).__name__}:{value!r}", value)
    return list(seen.values())
