"""计票单: the figures of a vote on paper or by show of hands, entered by one and confirmed by another. More papers back
than were handed out: void, and again (11.3).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.refusal import Forbidden, Invalid, Overtaken
from engine.steps import counting, meeting, officers
from engine.steps.balloting import Ballot, Entered, Motion, name, require_read_out
from engine.steps.counting import Limits, Papers
from engine.steps.kind import CHAIR, RECORDER
from engine.steps.meeting import INQUORATE, MeetingRecord, Settings
from engine.steps.method import COUNTED, HANDS, METHODS, is_weighted

# ---------------------------------------------------------------- what was handed in


def counts_in(data: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """(where its fields stand, figures) of one count, or of several at once."""
    rows = data.get("计票") or []
    return [(f"计票[{place}].", row) for place, row in enumerate(rows)] or [("", data)]


def count_in(
    ballot: Ballot,
    motion: Motion,
    where: str,
    row: Mapping[str, Any],
    settings: Settings,
    there: MeetingRecord,
) -> Papers:
    """The count a form says; `where` its fields stand. Raises Invalid for figures that cannot be, and where too few
    were there to vote: that as many voted as papers were handed out or hands raised, the figures themselves show.
    """
    count: Papers | None
    if motion.election is not None:
        count, errors = counting.read_election(row, motion.election, limits(settings, there))
    elif ballot.method == HANDS:
        count, errors = counting.read_hands(row, limits(settings, there))
    else:
        count, errors = counting.read_count(row, limits(settings, there))
    if count is None or errors:
        fields = {f"{where}{key}": message for key, message in errors.items()}
        raise Invalid("count", "计票单上的数对不上，请看标红的地方", fields)
    if motion.entered is None:
        _require_voters(count, settings, there)
    return count


def limits(settings: Settings, there: MeetingRecord) -> Limits:
    """What a count of this vote is held against."""
    if is_weighted(settings):
        return Limits(there.roll, there.came, there.households_came, "户")
    return Limits(there.roll, there.came, there.came)


def _require_voters(count: Papers, settings: Settings, there: MeetingRecord) -> None:
    """Raises Invalid where neither who is there nor the figures show that enough were there to vote."""
    if not there.left and not there.body_left:
        meeting.require_quorum(settings, there)
        return
    found = meeting.quorum(settings, _when_counted(count, settings, there))
    if not found.holds:
        raise Invalid(
            "inquorate",
            f"有人早退，现在到会的人不够了：{'；'.join(found.reckoned)}，不能计票。投票的时候人数够、投完才离开的，"
            f"请先把他们记回到会，录入计票以后再记早退；投票的时候就不够的，请结束会议，记为“{INQUORATE}”",
        )


def _when_counted(count: Papers, settings: Settings, there: MeetingRecord) -> MeetingRecord:
    """Who was there at least when papers were handed out, though some have gone by the time they are counted."""
    if is_weighted(settings):
        return replace(there, households_present=max(there.households_present, count.issued))
    back = min(max(0, count.issued - there.present), there.left)
    return replace(there, present=there.present + back, body_present=there.body_present + back)


# ---------------------------------------------------------------- entering and confirming


def check_counter(
    ballot: Ballot,
    motion: Motion,
    hands: Collection[int],
    settings: Settings,
    there: MeetingRecord,
    roles: Collection[str] = (CHAIR, RECORDER),
) -> None:
    """Whether these people (who counted, and the clerk who types for him) may enter a count of this motion now. It
    takes the place of one that is not confirmed yet. `roles`: whose voice it is, where nobody was named to count.

    Raises Invalid, Forbidden, Overtaken.
    """
    if ballot.method not in COUNTED:
        raise Invalid("ballot-named", f"这次是{METHODS[ballot.method]}，系统自动计票，不用录入计票单")
    if motion.counted:
        raise Overtaken("count-confirmed", f"{name(motion)}的计票已经核对确认，不能再改")
    require_read_out(motion)
    if motion.entered is None:
        meeting.require_quorum(settings, there.with_all_who_came())
    if set(hands) & set(ballot.scrutineers):
        raise Forbidden("counter-scrutineer", "您是这次的监票人，不能同时计票（兼任-2），请由别人录入")
    why = _involved(ballot, hands, settings)
    if why:
        raise Forbidden("counter-involved", f"您是{why}，不能计票（兼任-3），请由别人录入")
    if ballot.tellers and hands and not set(hands) & set(ballot.tellers):
        raise Forbidden("not-teller", "会上推定了计票人，请由计票人录入，或由文书替他录入")
    if not ballot.tellers and roles and not {CHAIR, RECORDER} & set(roles):
        raise Forbidden("not-teller", "这次没有另外推定计票人，由主持人或记录人录入计票")


def _involved(ballot: Ballot, hands: Collection[int], settings: Settings) -> str:
    """What any of them has to do with what is voted."""
    found = {**officers.involved(settings), **ballot.involved}
    return next((found[person] for person in hands if person in found), "")


def to_confirm(ballot: Ballot, position: Any) -> list[Motion]:
    """The motion that is meant, or all whose counts wait to be confirmed. Raises Invalid where none does, Overtaken
    where all are confirmed already.
    """
    if position not in (None, ""):
        return [ballot.motion(position)]
    found = waiting(ballot)
    if not found and all(motion.counted for motion in ballot.motions.values()):
        raise Overtaken("count-confirmed", "计票都已经核对确认过了，不用再确认")
    if not found:
        raise Invalid("count-missing", "没有等待确认的计票，请先由计票人录入")
    # What somebody disputes waits for its counter, and does not hold up the others.
    return [motion for motion in found if motion.count_stands] or found


def waiting(ballot: Ballot) -> list[Motion]:
    """The motions whose counts are entered and not confirmed."""
    return [m for m in ballot.motions.values() if m.entered is not None and not m.entered.confirmed]


def figures_of(motions: Iterable[Motion]) -> dict[int, dict[str, int]]:
    """The counts of these motions, by motion."""
    return {m.position: m.entered.count.figures() for m in motions if m.entered is not None}


def check_confirmer(ballot: Ballot, motion: Motion, hands: Collection[int]) -> Entered:
    """The count that these people (who confirms, and the clerk who types for him) may confirm or dispute.

    Raises Forbidden, Invalid, Overtaken.
    """
    entered = motion.entered
    if entered is None:
        raise Invalid("count-missing", f"{name(motion)}还没有录入计票，请先由计票人录入")
    if entered.confirmed:
        raise Overtaken("count-confirmed", f"{name(motion)}的计票已经核对确认过了")
    if entered.dispute:
        raise Invalid("count-disputed", f"{name(motion)}的计票有出入，请计票人核对后重新录入，再确认")
    if entered.hands & set(hands):
        raise Forbidden("count-own", "计票要两个人经手：录入的人不能自己确认，请监票人用自己的账号核对确认")
    why = next((ballot.involved[person] for person in hands if person in ballot.involved), None)
    if why is not None:
        raise Forbidden("scrutineer-involved", f"您是{why}，不能监票（兼任-3），请由别人核对确认")
    if ballot.manned and hands and not ballot.scrutineers:
        raise Forbidden(
            "no-scrutineer", "这次会议的监票人现在没有人，谁也不能确认计票。请管理员把监票的岗位补上人"
        )
    if ballot.scrutineers and hands and not set(hands) & set(ballot.scrutineers):
        raise Forbidden("not-scrutineer", "计票由这次会议的监票人核对确认，您不是这次的监票人")
    return entered


def dispute(motion: Motion, entered: Entered, what: str) -> Motion:
    """The motion with what the second person found different; the count is entered again."""
    return replace(motion, entered=replace(entered, dispute=what))


def confirm(motion: Motion, entered: Entered) -> Motion:
    """The motion with its count confirmed. A void vote is taken again: its next round begins."""
    if entered.count.void:
        return replace(motion, round=motion.round + 1, entered=None)
    return replace(motion, entered=replace(entered, confirmed=True, dispute=""))
