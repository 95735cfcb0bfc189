"""A consultation in a rehearsal: its acts replayed into the figures that the rules read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.steps import answers
from engine.steps.kind import MEMBER, Seat, Submission
from engine.steps.opinion import (
    PHOTOS,
    Opinion,
    nothing_to_withdraw,
    read_batch,
    read_opinion,
    require_first,
    require_once_each,
    require_paper,
)
from engine.steps.summing_up import Heard


class Said:
    """The opinions and answers of a rehearsal, act by act."""

    def __init__(self, settings: Mapping[str, Any], seats: Sequence[Seat]) -> None:
        self.settings = settings
        self.asked = {person for seat in seats if seat.name == MEMBER for person in seat.people}
        self.opinions: list[Opinion | None] = []  # None: withdrawn; the others keep their numbers
        self.verdicts: dict[int, str] = {}

    def add(self, submission: Submission) -> None:
        """Raises Refusal where it does not fit."""
        if submission.action == "add_opinion":
            opinion = read_opinion(submission.data, submission.person)
            mine = opinion.person is not None and opinion.person in self._heads()
            require_first(self.settings, mine)
            self.opinions.append(opinion)
        elif submission.action == "add_batch":
            batch = read_batch(submission.data)
            persons = [one.person for _, one in batch if one.person is not None]
            require_paper(persons, submission.data.get(PHOTOS) or ())
            require_once_each(self.settings, batch, dict.fromkeys(self._heads(), ""))
            self.opinions += [opinion for _, opinion in batch]
        elif submission.action == "withdraw":
            self._withdraw(submission)
        elif submission.action == "answer":
            self._answer(submission)

    def _heads(self) -> set[int]:
        return {one.person for one in self.opinions if one is not None and one.person is not None}

    def _withdraw(self, submission: Submission) -> None:
        text = str(submission.data.get("编号") or "")
        own = [n for n, one in enumerate(self.opinions, 1) if one and one.person == submission.person]
        wanted = [int(text)] if text.isdigit() else own[-1:] if not text else []
        if not wanted or not 1 <= wanted[0] <= len(self.opinions) or self.opinions[wanted[0] - 1] is None:
            raise nothing_to_withdraw()
        if submission.seat == MEMBER and wanted[0] not in own:
            raise nothing_to_withdraw()
        self.opinions[wanted[0] - 1] = None

    def _answer(self, submission: Submission) -> None:
        items = int(self.settings.get("items", 0))
        waiting = [number for number in range(1, items + 1) if number not in self.verdicts]
        for answer in answers.read(submission.data[answers.ROWS], items, waiting):
            self.verdicts[answer.number] = answer.verdict

    def heard(self) -> Heard:
        kept = [one for one in self.opinions if one is not None]
        people = self._heads()
        authors = {one.author for one in kept if one.author}
        stances = {word: sum(one.stance == word for one in kept) for word in self.settings["stances"]}
        done = answers.tally(int(self.settings.get("items", 0)), self.verdicts.values())
        return Heard(
            len(kept), len(people) + len(authors), len(self.asked), len(people & self.asked), stances, done
        )


def replay(settings: Mapping[str, Any], seats: Sequence[Seat], submissions: Iterable[Submission]) -> Said:
    said = Said(settings, seats)
    for submission in submissions:
        said.add(submission)
    return said
