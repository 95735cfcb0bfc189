"""A county in one TOML file: checked as a whole, so that all mistakes come at once and nothing is half done.

[[units]]       code, level, name, parent
[[people]]      code, name, unit; gender, born, phone, household, head
[[posts]]       person, post, unit; from, to
[[registers]]   register, unit, people = [codes]; from
[[kinships]]    people = [one, other]
[[representations]]  person, unit, households = [numbers of that unit]; from   (联系户)
[[accounts]]    person, login
[[parameters]]  unit, procedure, values = { … }; open = [names the level below may choose]
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine.people.designations import LEVELS, Designations, Sort


class CountyRefused(ValueError):
    """The file cannot be imported; nothing was. `errors`: Chinese, each with its place in the file."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors
        super().__init__("导入的文件有问题，什么都没有导入：\n" + "\n".join(f"- {one}" for one in errors))


@dataclass(frozen=True)
class Field:
    type: type
    required: bool = True
    pattern: str | None = None
    hint: str = ""


_CODE = Field(str, pattern=r"[A-Za-z0-9_.-]{1,64}", hint="字母、数字、点、横线，最多 64 个")
_TEXT = Field(str, pattern=r"\S(.{0,62}\S)?", hint="1 到 64 个字，首尾没有空格")
_DAY = Field(date, required=False, hint="日期，例如 2024-01-01")
_FLAG = Field(bool, required=False, hint="true 或 false")
_LIST = Field(list, hint='列表，例如 ["a", "b"]')


def _optional(field: Field) -> Field:
    return Field(field.type, False, field.pattern, field.hint)


SHAPE: dict[str, dict[str, Field]] = {
    "units": {"code": _CODE, "level": _TEXT, "name": _TEXT, "parent": _optional(_CODE)},
    "people": {
        "code": _CODE,
        "name": _TEXT,
        "unit": _CODE,
        "gender": Field(str, False, "男|女", "男 或 女"),
        "born": _DAY,
        "phone": Field(str, False, r"[0-9+-]{3,32}", "电话号码"),
        "household": Field(str, False, r"\S.{0,31}", "户编号"),
        "head": _FLAG,
    },
    "posts": {"person": _CODE, "post": _TEXT, "unit": _CODE, "from": _DAY, "to": _DAY},
    "registers": {"register": _TEXT, "unit": _CODE, "people": _LIST, "from": _DAY},
    "kinships": {"people": _LIST},
    "representations": {"person": _CODE, "unit": _CODE, "households": _LIST, "from": _DAY},
    "accounts": {
        "person": _CODE,
        "login": Field(str, True, r"[a-z0-9_.-]{2,64}", "小写字母、数字，2 到 64 个"),
    },
    "parameters": {
        "unit": _CODE,
        "procedure": _CODE,
        "values": Field(dict, hint='例如 { "大额标准" = 3000 }'),
        "open": _optional(_LIST),
    },
}
KEYS = {"units": "code", "people": "code", "accounts": "login"}

County = dict[str, list[dict[str, Any]]]


def read_county(path: Path, known: Designations) -> County:
    """Read and check a file. Raises CountyRefused."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CountyRefused([f"{path}：读不了（{error.strerror}）"]) from error
    except UnicodeDecodeError as error:
        raise CountyRefused([f"{path.name}：不是 UTF-8 编码，请另存为 UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise CountyRefused([f"{path.name}：不是正确的 TOML（{error}）"]) from error
    return check_county(raw, known)


def check_county(raw: Mapping[str, Any], known: Designations) -> County:
    """What can be seen without a database: shapes, references, levels. Raises CountyRefused with every mistake."""
    errors = list(_shape_errors(raw))
    if errors:
        raise CountyRefused(errors)
    county: County = {part: list(raw.get(part, [])) for part in SHAPE}
    errors += _duplicates(county)
    errors += _references(county)
    errors += _levels(county)
    errors += _designations(county, known)
    if errors:
        raise CountyRefused(errors)
    return county


def place(part: str, number: int, entry: Mapping[str, Any]) -> str:
    """Where an entry stands, for a message."""
    label = next((entry[key] for key in ("name", "code", "login", "person", "unit") if entry.get(key)), "")
    return f"{part} 第 {number} 项" + (f"（{label}）" if label else "")


# ------------------------------------------------------------------ checks


def _shape_errors(raw: Mapping[str, Any]) -> Iterator[str]:
    for part in raw.keys() - SHAPE.keys():
        yield f"不认识 [[{part}]]，可以写 {'、'.join(SHAPE)}"
    for part, fields in SHAPE.items():
        entries = raw.get(part, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            yield f"{part} 要写成 [[{part}]]"
            continue
        for number, entry in enumerate(entries, 1):
            for why in _entry_errors(entry, fields):
                yield f"{place(part, number, entry)}：{why}"


def _entry_errors(entry: Mapping[str, Any], fields: Mapping[str, Field]) -> Iterator[str]:
    for name in entry.keys() - fields.keys():
        yield f"不认识 {name}，可以写 {'、'.join(fields)}"
    for name, field in fields.items():
        value = entry.get(name)
        if value is None:
            if field.required:
                yield f"缺 {name}"
        elif not _fits(value, field):
            yield f"{name} 写得不对：{field.hint}"


def _fits(value: Any, field: Field) -> bool:
    if type(value) is not field.type:  # exactly: true is no number, a moment is no day
        return False
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return field.pattern is None or re.fullmatch(field.pattern, str(value)) is not None


def _duplicates(county: County) -> Iterator[str]:
    for part, key in [*KEYS.items(), ("people", "phone"), ("accounts", "person")]:
        first: dict[str, int] = {}
        for number, entry in enumerate(county[part], 1):
            value = entry.get(key)
            if value is not None and first.setdefault(value, number) != number:
                yield f"{place(part, number, entry)}：{key} “{value}”和第 {first[value]} 项重复"


def _references(county: County) -> Iterator[str]:
    units = {entry["code"] for entry in county["units"]}
    people = {entry["code"] for entry in county["people"]}
    homes = {(one["unit"], one["household"]) for one in county["people"] if "household" in one}
    for part, entries in county.items():
        for number, entry in enumerate(entries, 1):
            wanted = [(entry[key], units, "单位") for key in ("unit", "parent") if key in entry]
            wanted += [(entry["person"], people, "人")] if "person" in entry else []
            wanted += [(code, people, "人") for code in entry.get("people", [])]
            for code, there, what in wanted:
                if code not in there:
                    yield f"{place(part, number, entry)}：文件里没有编码为“{code}”的{what}"
            yield from _unknown_households(part, number, entry, homes)
            if part == "kinships" and len(set(entry["people"])) != 2:
                yield f"{place(part, number, entry)}：people 要写两个不同的人"


def _unknown_households(
    part: str, number: int, entry: Mapping[str, Any], homes: set[tuple[str, str]]
) -> Iterator[str]:
    for home in entry.get("households", []):
        if (entry["unit"], home) not in homes:
            yield f"{place(part, number, entry)}：{entry['unit']}里没有编号为“{home}”的户"


def _levels(county: County) -> Iterator[str]:
    units = {entry["code"]: entry for entry in county["units"]}
    for number, entry in enumerate(county["units"], 1):
        parent = units.get(entry.get("parent", ""))
        if entry["level"] not in LEVELS:
            yield f"{place('units', number, entry)}：level 只能写 {'、'.join(LEVELS)}"
        elif parent and parent["level"] in LEVELS[LEVELS.index(entry["level"]) :]:
            yield f"{place('units', number, entry)}：{parent['level']}下面不能设{entry['level']}"
    roots = [entry["name"] for entry in county["units"] if "parent" not in entry]
    if len(roots) != 1:
        yield f"units：最上面的单位（不写 parent 的）要有且只有一个，现在有 {len(roots)} 个{'、'.join(roots)}"


def _designations(county: County, known: Designations) -> Iterator[str]:
    levels = {entry["code"]: entry["level"] for entry in county["units"]}
    for part, key, kind in (("posts", "post", Sort.POST), ("registers", "register", Sort.REGISTER)):
        for number, entry in enumerate(county[part], 1):
            where, name, unit = place(part, number, entry), entry[key], entry["unit"]
            meant = known.get(name)
            if meant is None or meant.kind is not kind or not meant.can_be_held:
                what = "岗位" if kind is Sort.POST else "名册"
                yield f"{where}：posts.toml 里没有“{name}”这个{what}"
            elif unit in levels and levels[unit] not in meant.levels:
                yield f"{where}：{name}设在{'、'.join(meant.levels)}，不能设在{unit}"
