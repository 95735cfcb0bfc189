"""计票人 and 监票人: who counts, and who sees to the count. They are chosen among those present, who approve them by
show of hands; nobody is both (兼任-2), and neither has to do with what is voted (兼任-3).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.refusal import Invalid
from engine.steps.method import COUNTED

TELLERS, SCRUTINEERS, APPROVED = "计票人", "监票人", "已举手通过"  # fields of 开会
_BESIDE = re.compile(r"[（(].*")


@dataclass(frozen=True)
class Officers:
    """Without tellers, chair and recorder count."""

    tellers: tuple[int, ...] = ()
    scrutineers: tuple[int, ...] = ()


@dataclass(frozen=True)
class People:
    """Whom the officers may be chosen from. `leaders`: chair and recorder; `present`: who is there of the body."""

    present: frozenset[int]
    leaders: frozenset[int] = frozenset()
    scrutineers: tuple[int, ...] = ()  # on the posts the diagram names; they serve where nobody else is named
    tellers: tuple[int, ...] = ()


def involved(settings: Mapping[str, Any], called: Collection[int] = ()) -> dict[int, str]:
    """Who has to do with what is voted, and how: 承办人, 候选人. `called`: people of the names of candidates that were
    typed (`typed`), for nobody can tell that it is not they.
    """
    found = dict.fromkeys(settings["handlers"], "这件事的承办人")
    return found | dict.fromkeys([*standing(settings), *called], "候选人")


def with_kin(involved: Mapping[int, str], kin: Mapping[int, Collection[int]]) -> dict[int, str]:
    """The same with near relatives of each, and who lives in the same household; `kin`: a person's."""
    found = dict(involved)
    for person, what in involved.items():
        for relative in kin.get(person, ()):
            found.setdefault(relative, f"{what}的近亲属或同户的人")
    return found


def standing(settings: Mapping[str, Any]) -> list[int]:
    """The candidates of an election who are in some register."""
    candidates = settings.get("candidates") or []
    listed = candidates if isinstance(candidates, list) else []
    return [one["person"] for one in listed if one["person"] is not None]


def typed(settings: Mapping[str, Any]) -> list[str]:
    """The names of candidates nobody picked from a register, without what tells those of one name apart."""
    candidates = settings.get("candidates") or []
    listed = candidates if isinstance(candidates, list) else []
    names = [_BESIDE.sub("", one["name"]) for one in listed if one["person"] is None]
    return ["".join(name.split()) for name in names]


def appoint(
    method: str, data: Mapping[str, Any], people: People | None, involved: Mapping[int, str]
) -> Officers:
    """Who counts and who sees to it, as the chair named them when the meeting opened. Raises Invalid.

    `people` is None without a roster: nobody is checked. On phones nobody counts.
    """
    if method not in COUNTED:
        return Officers()
    by_hand = Officers(tuple(data.get(TELLERS) or ()), tuple(data.get(SCRUTINEERS) or ()))
    if people is None:
        return by_hand
    errors = _named_wrong(by_hand, people, involved)
    found = Officers(
        by_hand.tellers or _free(people.tellers, involved),
        by_hand.scrutineers or _free(people.scrutineers, involved),
    )
    if not found.scrutineers:
        errors[SCRUTINEERS] = _missing(people, involved)
    if by_hand != Officers() and not data.get(APPROVED):
        errors[APPROVED] = "监票人、计票人要由到会的人当场举手通过。通过了请勾选，没有通过请换人"
    if errors:
        raise Invalid("officers", "；".join(dict.fromkeys(errors.values())), errors)
    tellers = tuple(person for person in found.tellers if person not in found.scrutineers)
    return Officers(tellers, found.scrutineers)


def able(
    chosen: Sequence[int], seated: Collection[int], posted: Sequence[int], involved: Mapping[int, str]
) -> tuple[int, ...]:
    """Who serves now: those chosen when it opened who still may; if none of them does, whoever is on the post by now
    and has nothing to do with what is voted (兼任-3). `seated`: people named for this vote.
    """
    still = tuple(person for person in chosen if person in seated or person in posted)
    return still or _free(posted, involved)


def _free(people: Sequence[int], involved: Mapping[int, str]) -> tuple[int, ...]:
    return tuple(person for person in people if person not in involved)


def _named_wrong(by_hand: Officers, people: People, involved: Mapping[int, str]) -> dict[str, str]:
    errors: dict[str, str] = {}
    there = people.present | {*people.scrutineers, *people.tellers}
    for field, named, may in (
        (SCRUTINEERS, by_hand.scrutineers, there),
        (TELLERS, by_hand.tellers, there | people.leaders),
    ):
        why = next((involved[person] for person in named if person in involved), None)
        if set(named) - may:
            errors[field] = f"{field}要从到会的人里推定，有人还没有到会，请换一个人，或先记他到会"
        elif why is not None:
            errors[field] = f"{field}里有{why}，按规定要回避（兼任-3），请换一个人"
    if set(by_hand.tellers) & set(by_hand.scrutineers or people.scrutineers):
        errors[TELLERS] = "计票人不能同时是监票人（兼任-2），请换一个人"
    return errors


def _missing(people: People, involved: Mapping[int, str]) -> str:
    why = next((involved[person] for person in people.scrutineers if person in involved), None)
    if why is not None:
        return f"按岗位监票的人是{why}，按规定要回避（兼任-3），请从到会的人里推定{SCRUTINEERS}，写在这里"
    return f"计票要有{SCRUTINEERS}，请从到会的人里推定，并写在这里"
