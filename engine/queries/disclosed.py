"""What the public side shows of a matter and of a unit: the shapes only, for pages that need no account.

Nothing here holds personal data: people appear by their post, or by a masked name (张*国) where they gave one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

LINKED = 10  # characters of a public code


@dataclass(frozen=True)
class Photo:
    """A proof that may be looked at under `/p/<code>/…`: `id` goes to `public.file` and `public.thumbnail`."""

    id: str
    name: str
    is_image: bool


@dataclass(frozen=True)
class Fact:
    """One line of a stage: `应到 47 人，实到 42 人`. `label` may be empty."""

    label: str
    text: str


@dataclass(frozen=True)
class Gathered:
    """The meeting a stage was dealt with in; before it was held time, place and items, afterwards who came, in figures.

    `came` is a sentence (`应到 47 人，实到 42 人`), empty before the meeting has ended.
    """

    name: str
    place: str
    starts_at: datetime
    is_over: bool
    came: str
    items: Sequence[str]
    announced_at: datetime | None
    photos: Sequence[Photo]


@dataclass(frozen=True)
class BallotFile:
    """The file with which anybody can recount a vote: `public.ballot_file(rt, code, task_id)`; `papers`: what can be
    printed of it for everybody (`engine.documents.disclose`).
    """

    task_id: str
    name: str
    papers: Sequence[str] = ()


@dataclass(frozen=True)
class Stage:
    """A stage of the way a matter came (BB-6), the first one first.

    `kind` is 提出, 征求意见, 审议, 票决, 公示, 测评, 办理 or 办结; `step` what the procedure calls it; `by` the post
    that did it; `outcome` what it came to (通过, 无异议), empty while it is open. `text` is the digest of opinions.
    """

    kind: str
    step: str
    by: str
    at: datetime
    is_open: bool
    until: datetime | None = None
    outcome: str = ""
    facts: Sequence[Fact] = ()
    text: str = ""
    meeting: Gathered | None = None
    ballot: BallotFile | None = None


@dataclass(frozen=True)
class Publication:
    """One of the four publications of LB-7 (决议事项, 实施方案, 落实情况, 实施结果)."""

    item: str
    is_done: bool
    at: datetime | None = None
    where: Sequence[str] = ()
    photos: Sequence[Photo] = ()


@dataclass(frozen=True)
class Notice:
    """A notice that is or was up. `first` and `last` are its first and last day's photos."""

    task_id: str
    step: str
    text: str
    starts_at: datetime
    ends_at: datetime
    is_running: bool
    outcome: str
    channels: Sequence[str]
    photos: Sequence[Photo]
    by: str


@dataclass(frozen=True)
class Participation:
    """What a visitor without an account may do on an open step now: `sort` 意见 (a consultation), 反馈 (a notice:
    opinion or objection) or 评价 (a rating).

    `choices` are what must be chosen from: stances, 意见/异议, scores; with `needs_text` the text must be there.
    `until` is the end, None where none is fixed. `about` is what a consultation is about, where its diagram shows it.
    """

    task_id: str
    sort: str
    step: str
    ask: str
    choices: Sequence[str]
    needs_text: bool
    until: datetime | None
    takes_photo: bool = True
    about: str = ""


@dataclass(frozen=True)
class Voice:
    """Something villagers said and what was answered. `author` is masked, and empty where none is shown. `number` said
    the same and were answered the same.
    """

    step: str
    sort: str
    author: str
    at: datetime
    content: str
    adopted: str
    reply: str
    answered_at: datetime | None
    number: int = 1


@dataclass(frozen=True)
class MatterPage:
    """A matter's public page. `state` in words (`正在公示，到 3 月 9 日止`); `unadopted` says why some words are not
    shown (`未采用 2 条（与本事项无关等）`), `waiting` how many are still to be checked.
    """

    code: str
    number: str
    title: str
    unit: str
    unit_code: str
    above: Sequence[str]  # the units above, the county first
    procedure: str
    state: str
    status: str  # running, completed, cancelled, failed
    outcome: str
    started_at: datetime
    ended_at: datetime | None
    way: Sequence[Stage]
    publications: Sequence[Publication]
    notices: Sequence[Notice]
    participations: Sequence[Participation]
    voices: Sequence[Voice]
    more_voices: int
    waiting: int
    unadopted: str


@dataclass(frozen=True)
class HouseholdPage:
    """What a household sees behind its own link. `answer` is what it said, None before.

    `closed` says in Chinese why nothing can be said any more, empty while it can.
    """

    code: str
    page_code: str  # the matter's own page, empty where it has none
    title: str
    unit: str
    household: str  # its number
    group: str  # the group or 屋场 that numbered it; empty where it is the matter's own unit
    participation: Participation
    closed: str
    answer: HouseholdAnswer | None


@dataclass(frozen=True)
class HouseholdAnswer:
    choice: str
    content: str
    at: datetime
    may_withdraw: bool


@dataclass(frozen=True)
class MatterLine:
    """A line of a village's notice board. `until` belongs to a notice or a consultation that is open."""

    code: str
    title: str
    procedure: str
    state: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class UnitPage:
    """A unit's notice board: what is up now, what is under way, what is finished; of a 屋场 the list of problems
    (HW-4.5) stands in the same lists, `is_problem_list` tells.
    """

    code: str
    name: str
    level: str
    above: Sequence[str]
    is_problem_list: bool
    notices: Sequence[MatterLine]
    under_way: Sequence[MatterLine]
    finished: Sequence[MatterLine]
    more: int
    below: Sequence[
        tuple[str, str]
    ] = ()  # code and name of the 屋场 or villages under it that show something


@dataclass(frozen=True)
class Slip:
    """One household's slip of paper, for who hands them out. `answered` without saying what. Every group numbers its
    households anew: only `group` and `household` together are one (`group` is empty for the matter's own unit).
    """

    group: str
    household: str
    name: str
    code: str
    answered: bool
