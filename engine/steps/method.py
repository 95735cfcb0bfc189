"""How people vote: on their phones, by name or in secret; on paper; by show of hands.

A diagram writes `method` in words of its own (`phone paper hands`, `any` for all that fit) and `secrecy`; what a vote
was opened with is one of METHODS. Where `secrecy` is a parameter, 记名 or 无记名 is the township's to choose, and no
choice of theirs may leave a vote that cannot be held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

NAMED, SECRET, PAPER, HANDS = "named", "secret", "paper", "hands"
METHODS = {NAMED: "记名投票", SECRET: "无记名投票", PAPER: "纸质票", HANDS: "举手表决"}
ON_PHONE = (NAMED, SECRET)  # a vote is cast by the member alone
SECRECY = {
    NAMED: NAMED,
    SECRET: SECRET,
    "记名": NAMED,
    "无记名": SECRET,
}  # as written, or as a parameter says it
COUNTED = (PAPER, HANDS)  # two people stand for the figures (11.3)
METHOD = "方式"  # the field of 开会

PHONE, ANY = "phone", "any"
WORDS = (PHONE, PAPER, HANDS, ANY, NAMED)  # `named` is what `phone` was called before votes could be secret

Settings = Mapping[str, Any]


def methods(settings: Settings) -> tuple[str, ...]:
    """The ways a vote with these settings may be taken, the one on phones first."""
    words = str(settings["method"]).split()
    phone = SECRET if is_secret(settings) else NAMED
    every = {PHONE: phone, PAPER: PAPER} | ({} if _no_hands(settings) else {HANDS: HANDS})
    wanted = every if ANY in words else [PHONE if word == NAMED else word for word in words]
    return tuple(row for word, row in every.items() if word in wanted)


def chosen(settings: Settings, data: Mapping[str, Any]) -> str:
    """The way that was chosen when the meeting opened; it need not be, where there is only one."""
    return str(data.get(METHOD) or methods(settings)[0])


def is_secret(settings: Settings) -> bool:
    return settings.get("secrecy") == SECRET


def is_weighted(settings: Settings) -> bool:
    """Whether a vote counts as many times as its member represents households (FD-4)."""
    return bool(settings.get("weights"))


def is_election(settings: Settings) -> bool:
    return bool(settings.get("elect"))


def problems(settings: Settings) -> Iterator[tuple[str, str]]:
    """What does not go together, as (code, what to do)."""
    words = str(settings["method"]).split()
    if HANDS in words and _no_hands(settings):
        yield "ballot-hands", f"{_no_hands(settings)}，“怎么投票”（method）里请不要选举手表决"
    if NAMED in words and is_secret(settings):
        yield (
            "ballot-secrecy",
            "“怎么投票”（method）写了记名（named），“手机投票记名不记名”（secrecy）又选了无记名，请把前者改成手机投票（phone）",
        )
    if is_weighted(settings) and is_secret(settings):
        yield (
            "ballot-weights",
            "按户数加权的票，一票顶几户一看就知道是谁投的，不能无记名，请去掉“一票顶几户”（weights），或者改成记名（secrecy）",
        )


def problems_of_choices(settings: Settings) -> Iterator[tuple[str, str]]:
    """What would not go together whichever a township chooses; in secret no show of hands is offered, that is all."""
    found = [*problems(dict(settings) | {"secrecy": NAMED})]
    left = " ".join(word for word in str(settings["method"]).split() if word != HANDS)
    found += problems(dict(settings) | {"secrecy": SECRET, "method": left})
    if not left:
        found.append(
            (
                "ballot-hands",
                "只能举手的表决不能选无记名，请在“怎么投票”（method）里加上手机投票或纸质票，或者把“手机投票记名不记名”（secrecy）定为记名",
            )
        )
    yield from dict.fromkeys(found)


def _no_hands(settings: Settings) -> str:
    """Why nobody may vote by show of hands; empty where they may."""
    if is_secret(settings):
        return "无记名表决不能举手"
    if is_election(settings):
        return "选举要用票，不能举手"
    return "一人的票顶几户，举手数不出来" if is_weighted(settings) else ""
