"""The tables of collective steps: meetings, opinions, notices and ratings; those of votes stand in engine.store.voting.

They hang on the id of a task, which outlives its row in `tasks`. A vote, an opinion or an attendance touches only
these rows; the matter's state does not grow by them. What must never happen is a constraint: a meeting opened without
its announcement (LB-2.1), a second vote, a count confirmed by the one who entered it (procedures.md 11.3).
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from engine.store.metadata import metadata
from engine.store.types import Json, Moment

# ---------------------------------------------------------------- meetings

meetings = Table(
    "meetings",  # a meeting is its own aggregate: several tasks of several matters may stand on its agenda
    metadata,
    Column("id", String(32), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("name", String(64), nullable=False),  # 村民代表会议, 支委会会议, …
    Column("place", String(255), nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("status", String(16), nullable=False),
    Column("chair_id", ForeignKey("people.id"), nullable=False),
    Column("recorder_id", ForeignKey("people.id")),
    Column("terms", Json, nullable=False),  # roll, also, announce: who meets, and how it is made known before
    Column("needs_announcement", Boolean, nullable=False),
    Column("announced_at", Moment),
    Column("announced_by", ForeignKey("people.id")),
    Column("channels", Json, nullable=False),  # where it was announced, by name
    Column("evidence", Json, nullable=False),  # of the announcement: file ids
    Column("guests", Json, nullable=False),  # people without a seat: experts, by name
    Column("convened_by", ForeignKey("people.id"), nullable=False),
    Column("convened_at", Moment, nullable=False),
    Column("opened_at", Moment),  # the roll is frozen from here on
    Column("households", Integer),  # of the unit, frozen with the roll where they are asked for (HW-3.2)
    Column("ended_at", Moment),
    Column("minutes", Text, nullable=False, default=""),
    Column("papers", Json, nullable=False),  # photos of the sign-in sheet and the minutes: file ids
    CheckConstraint("status in ('convened', 'open', 'held', 'inquorate', 'cancelled')", name="status"),
    CheckConstraint(
        "opened_at IS NULL OR NOT needs_announcement OR announced_at IS NOT NULL", name="announced"
    ),
    Index("ix_meetings_unit_id_starts_at", "unit_id", "starts_at"),
)

agenda_items = Table(
    "agenda_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("meeting_id", ForeignKey("meetings.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("instance_id", ForeignKey("instances.id"), nullable=False, index=True),
    Column("task_id", String(32), nullable=False),
    Column("title", String(255), nullable=False),
    Column("outcome", String(64)),  # what this item came to
    Column("ended_at", Moment),
    Column("withdrawn_at", Moment),
    CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended"),
    UniqueConstraint("meeting_id", "position"),
    Index(  # a step is dealt with in one meeting
        "uq_agenda_items_task_id",
        "task_id",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
)

meeting_members = Table(
    "meeting_members",  # the roll as it was frozen when the meeting opened, and who came
    metadata,
    Column("meeting_id", ForeignKey("meetings.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True, index=True),
    Column("is_voter", Boolean, nullable=False),  # the others belong to the 组成人员 and do not vote (FD-1)
    Column("attendance", String(8), nullable=False),  # 'left': came, and went before the end
    Column("marked_by", ForeignKey("people.id")),
    Column("by_code", Boolean, nullable=False, server_default=false()),  # signed in with the code of the hall
    Column("came_at", Moment),
    Column("left_at", Moment),
    Column("weight", Integer, nullable=False, server_default="1"),  # votes: the households represented (FD-4)
    Column("in_place_of", ForeignKey("people.id")),  # who of the register gave this person the seat (委托)
    CheckConstraint("attendance in ('unknown', 'present', 'leave', 'absent', 'left')", name="attendance"),
    CheckConstraint("weight >= 0", name="weight"),
    Index(  # one seat is given to one person
        "uq_meeting_members_in_place_of",
        "meeting_id",
        "in_place_of",
        unique=True,
        sqlite_where=text("in_place_of IS NOT NULL"),
        postgresql_where=text("in_place_of IS NOT NULL"),
    ),
)

meeting_households = Table(
    "meeting_households",  # which households are represented by whom, frozen with the roll (HW-3.2, FD-4)
    metadata,
    Column("meeting_id", String(32), primary_key=True),
    Column("household_id", ForeignKey("households.id"), primary_key=True),
    Column("person_id", Integer, primary_key=True),
    ForeignKeyConstraint(
        ["meeting_id", "person_id"], ["meeting_members.meeting_id", "meeting_members.person_id"]
    ),
    Index("ix_meeting_households_meeting_id_person_id", "meeting_id", "person_id"),
)

meeting_replies = Table(
    "meeting_replies",  # what those invited answered: 到, 请假, 委托
    metadata,
    Column("meeting_id", ForeignKey("meetings.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True, index=True),
    Column("reply", String(8), nullable=False),
    Column("reason", String(255), nullable=False, default=""),
    Column("delegate_id", ForeignKey("people.id")),
    Column("entered_by", ForeignKey("people.id")),  # the clerk, where it was said on the telephone
    Column("at", Moment, nullable=False),
    CheckConstraint("reply in ('coming', 'leave', 'delegate')", name="reply"),
    CheckConstraint("(reply = 'delegate') = (delegate_id IS NOT NULL)", name="delegate"),
    CheckConstraint("delegate_id <> person_id", name="somebody_else"),
)

signatures = Table(
    "signatures",  # under the minutes, on a phone or on paper (BB-6, procedures.md 11.5)
    metadata,
    Column("id", String(32), primary_key=True),
    Column("meeting_id", ForeignKey("meetings.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("role", String(8), nullable=False),  # 主持, 记录, 参加
    Column("digest", String(64), nullable=False),  # of the minutes as they were signed
    Column("evidence", Json, nullable=False),  # the drawn signature, or photos of the signed page: file ids
    Column("entered_by", ForeignKey("people.id")),
    Column("at", Moment, nullable=False),
    UniqueConstraint("meeting_id", "person_id", "digest"),
)

# ---------------------------------------------------------------- opinions, notices, ratings

opinions = Table(
    "opinions",  # 意见 of a consultation, 反馈 on a notice; personal content that may be erased
    metadata,
    Column("id", String(32), primary_key=True),
    Column("task_id", String(32), nullable=False, index=True),
    Column("instance_id", ForeignKey("instances.id"), nullable=False),
    Column("element_id", String(255), nullable=False),
    Column("person_id", ForeignKey("people.id"), index=True),  # NULL: somebody without an entry in a register
    Column("author", String(64), nullable=False, default=""),  # as the paper says, where there is no person
    Column("channel", String(32), nullable=False, default=""),
    Column("stance", String(16), nullable=False, default=""),
    Column("content", Text, nullable=False),
    Column("single", Boolean, nullable=False),  # a person has one only: where a stance is asked for
    Column("evidence", Json, nullable=False),  # file ids
    Column("entered_by", ForeignKey("people.id")),  # the clerk, where it was entered from paper
    Column("confirmed_at", Moment),
    Column("salt", String(32), nullable=False),
    Column(
        "digest", String(64)
    ),  # of what was said, written when the step ends: it stays when the words are erased
    Column("at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Column("adopted", String(16)),
    Column("reply", Text),
    Column("answered_by", ForeignKey("people.id")),
    Column("answered_at", Moment),
    # How it came: by an account, by a household's link, or by the open link of a notice board. Of those from the open
    # link only what somebody admitted counts and is shown.
    Column("source", String(12), nullable=False, server_default="account"),
    Column("household_id", ForeignKey("households.id")),
    Column("contact", String(32), nullable=False, server_default=""),  # where a stranger wants to be reached
    Column("admitted", Boolean),  # NULL while it waits
    Column("moderated_by", ForeignKey("people.id")),
    Column("moderated_at", Moment),
    Column("moderation", Text, nullable=False, server_default=""),  # why it was not admitted
    CheckConstraint("source in ('account', 'household', 'open')", name="source"),
    CheckConstraint("(source = 'household') = (household_id IS NOT NULL)", name="household"),
    CheckConstraint("admitted IS NULL OR source = 'open'", name="moderated"),
    CheckConstraint("adopted in ('采纳', '部分采纳', '不采纳')", name="adopted"),
    CheckConstraint("(adopted IS NULL) = (answered_at IS NULL)", name="answered"),
    Index("ix_opinions_instance_id_element_id", "instance_id", "element_id"),
    Index("ix_opinions_at", "at"),  # figures of a period cost what the period holds, not all years
    Index(
        "uq_opinions_task_id_person_id",
        "task_id",
        "person_id",
        unique=True,
        sqlite_where=text("single AND withdrawn_at IS NULL"),
        postgresql_where=text("single AND withdrawn_at IS NULL"),
    ),
    Index(  # one household, one answer
        "uq_opinions_task_id_household_id",
        "task_id",
        "household_id",
        unique=True,
        sqlite_where=text("household_id IS NOT NULL AND withdrawn_at IS NULL"),
        postgresql_where=text("household_id IS NOT NULL AND withdrawn_at IS NULL"),
    ),
)

notices = Table(
    "notices",
    metadata,
    Column("task_id", String(32), primary_key=True),
    Column("instance_id", ForeignKey("instances.id"), nullable=False, index=True),
    Column("element_id", String(255), nullable=False),
    Column("content", Text, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("published_by", ForeignKey("people.id"), nullable=False),
    Column("ended_at", Moment),
    CheckConstraint("ends_at > starts_at", name="lasts"),
)

publications = Table(
    "publications",  # through which channel a notice went out, with the proof of it (LB-7.1)
    metadata,
    Column("task_id", ForeignKey("notices.task_id"), primary_key=True),
    Column("channel", String(32), primary_key=True),
    Column("evidence", Json, nullable=False),  # file ids
    Column("by", ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("task_id", String(32), nullable=False, index=True),
    Column("instance_id", ForeignKey("instances.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), index=True),  # NULL: papers without a name
    Column("score", String(32), nullable=False),
    Column("number", Integer, nullable=False),  # how many papers say so
    Column("comment", Text, nullable=False, default=""),
    Column("evidence", Json, nullable=False),
    Column("entered_by", ForeignKey("people.id")),
    Column("source", String(12), nullable=False, server_default="account"),
    Column("household_id", ForeignKey("households.id")),
    Column("at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    CheckConstraint("source in ('account', 'household', 'open')", name="source"),
    CheckConstraint("(source = 'household') = (household_id IS NOT NULL)", name="household"),
    CheckConstraint("number >= 1 AND (person_id IS NULL OR number = 1)", name="number"),
    Index(
        "uq_ratings_task_id_person_id",
        "task_id",
        "person_id",
        unique=True,
        sqlite_where=text("person_id IS NOT NULL AND withdrawn_at IS NULL"),
        postgresql_where=text("person_id IS NOT NULL AND withdrawn_at IS NULL"),
    ),
    Index(
        "uq_ratings_task_id_household_id",
        "task_id",
        "household_id",
        unique=True,
        sqlite_where=text("household_id IS NOT NULL AND withdrawn_at IS NULL"),
        postgresql_where=text("household_id IS NOT NULL AND withdrawn_at IS NULL"),
    ),
)

notice_photos = Table(
    "notice_photos",  # of the board on the first day and the last, and whenever somebody looked (11.4, LB-7.1)
    metadata,
    Column("task_id", ForeignKey("notices.task_id"), primary_key=True),
    Column("file_id", String(64), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("by", ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

taken_part = Table(
    "taken_part",  # who has nothing more to do on an open collective step: it leaves that person's list
    metadata,
    Column("task_id", String(32), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
)

asked = Table(
    "asked",  # who was asked on a collective step that is over: they may see what became of it, though they kept silent
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", ForeignKey("instances.id"), nullable=False, index=True),
    Column("task_id", String(32), nullable=False),
    Column("designation", String(64)),
    Column("unit_id", ForeignKey("units.id")),
    Column("person_id", ForeignKey("people.id"), index=True),
    Index("ix_asked_unit_id_designation", "unit_id", "designation"),
    CheckConstraint(
        "(designation IS NOT NULL AND unit_id IS NOT NULL) OR person_id IS NOT NULL", name="somebody"
    ),
)
