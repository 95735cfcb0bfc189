"""Scenarios of a draft, written down from a rehearsal that went as it should, and called otherwise later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.operations.drafts import Saved, save_file
from engine.queries import drafts
from engine.queries.rehearsing import is_scenario, playable
from engine.refusal import Invalid, NotVisible
from engine.runtime import Runtime
from engine.scenarios import FOLDER
from engine.scenarios.writing import retitled, short_roster, write
from engine.scenarios.written import ScenarioError, load, read

LONGEST_TITLE, LONGEST_NAME = 100, 24
_NUMBER = re.compile(r"(\d+)")
_ODD = re.compile(r"[^\w一-鿿]+")


def save_scenario(
    runtime: Runtime, actor_id: int, draft_id: str, raw: Mapping[str, Any], file: str | None, seen: str | None
) -> tuple[str, Saved]:
    """Write a rehearsal down as a scenario, a new one where no `file` is named; the name of its file.

    `raw` is what a scenario's TOML says; people whom the folder's roster names already are left out of it. Raises what
    `save_file` raises, Invalid for what would not be read again.
    """
    title = _title(raw.get("title"))
    found = playable(
        runtime, drafts.draft(runtime, runtime.database.look(lambda c: runtime.actor(c, actor_id)), draft_id)
    )
    roster = raw.get("roster")
    if not isinstance(roster, Mapping) or not all(isinstance(people, list) for people in roster.values()):
        raise Invalid("scenario", "名单没有传全，请刷新页面再试")
    try:
        read(raw, title)  # before anything it says is left out
        text = write({**raw, "title": title, "roster": short_roster(roster, found.roster)})
        load(text, title, found.roster)
    except (ScenarioError, TypeError, ValueError) as error:
        raise Invalid("scenario", f"这个推演存不成情形：{error}") from error
    name = file or _file(title, [one.file for one in found.scenarios()])
    return name, save_file(runtime, actor_id, draft_id, _path(name), text.encode(), seen)


def retitle_scenario(
    runtime: Runtime, actor_id: int, draft_id: str, file: str, title: str, seen: str
) -> Saved:
    """Call a scenario otherwise; its file keeps its name. Raises what `save_file` raises."""
    draft = drafts.draft(runtime, runtime.database.look(lambda c: runtime.actor(c, actor_id)), draft_id)
    stored = draft.stored.get(_path(file))
    if stored is None:
        raise NotVisible("file-unknown", "没有这个情形，可能已经删除")
    try:
        text = retitled(stored.data.decode("utf-8-sig"), _title(title))
    except UnicodeDecodeError:
        raise Invalid("scenario", "这个情形的文件不是 UTF-8 编码，改不了名称，请另存为 UTF-8") from None
    return save_file(runtime, actor_id, draft_id, _path(file), text.encode(), seen)


def _title(said: Any) -> str:
    title = str(said or "").strip()
    if not title or len(title) > LONGEST_TITLE:
        raise Invalid("title", f"请给情形起个名称，不超过 {LONGEST_TITLE} 个字")
    return title


def _path(file: str) -> str:
    """Raises Invalid for what is no scenario's name."""
    path = f"{FOLDER}/{file}"
    if not is_scenario(path):
        raise Invalid("scenario", f"“{file[:60]}”不是情形的文件名")
    return path


def _file(title: str, known: list[str]) -> str:
    """`07-title.toml`, one number further than the last."""
    numbers = [int(found[1]) for file in known if (found := _NUMBER.match(file)) and len(found[1]) < 4]
    name = _ODD.sub("-", title).strip("-")[:LONGEST_NAME] or "情形"
    return f"{max(numbers, default=0) + 1:02d}-{name}.toml"
