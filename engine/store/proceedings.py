"""The tables of collective steps: meetings, ballots, opinions, notices and ratings.

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
    Column("attendance", String(8), nullable=False),
    Column("marked_by", ForeignKey("people.id")),
    CheckConstraint("attendance in ('unknown', 'present', 'leave', 'absent')", name="attendance"),
)

# ---------------------------------------------------------------- ballots

ballots = Table(
    "ballots",
    metadata,
    Column("task_id", String(32), primary_key=True),
    Column("instance_id", ForeignKey("instances.id"), nullable=False, index=True),
    Column("element_id", String(255), nullable=False),
    Column("meeting_id", ForeignKey("meetings.id"), nullable=False),
    Column("method", String(8), nullable=False),
    Column(
        "status", String(8), nullable=False
    ),  # casting takes a shared lock on this row, closing an exclusive one
    Column("scrutineers", Json, nullable=False),  # named and approved at the meeting: ids of people
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    UniqueConstraint("task_id", "meeting_id"),
    CheckConstraint("method in ('named', 'paper')", name="method"),
    CheckConstraint("status in ('open', 'closed')", name="status"),
)

motions = Table(
    "motions",
    metadata,
    Column("task_id", ForeignKey("ballots.task_id"), primary_key=True),
    Column("position", Integer, primary_key=True),  # from 1
    Column("text", Text, nullable=False),
    Column("original", Text, nullable=False),
    Column("round", Integer, nullable=False),  # from 1; raised when a vote was void (procedures.md 11.3)
    Column("revised_at", Moment),
    Column("read_out_at", Moment),  # the final text was read out after it was revised (BB-5.4)
)

votes = Table(
    "votes",  # one member one vote on each motion (BB-5.3)
    metadata,
    Column("task_id", String(32), primary_key=True),
    Column("motion", Integer, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("person_id", Integer, primary_key=True),
    Column("meeting_id", String(32), nullable=False),
    Column("choice", String(4), nullable=False),
    ForeignKeyConstraint(["task_id", "motion"], ["motions.task_id", "motions.position"]),
    ForeignKeyConstraint(["task_id", "meeting_id"], ["ballots.task_id", "ballots.meeting_id"]),
    ForeignKeyConstraint(
        ["meeting_id", "person_id"], ["meeting_members.meeting_id", "meeting_members.person_id"]
    ),
    CheckConstraint("choice in ('赞成', '反对', '弃权')", name="choice"),
)

counts = Table(
    "counts",  # 计票单: the nine figures of procedures.md 11.3, entered by one and confirmed by another
    metadata,
    Column("task_id", String(32), primary_key=True),
    Column("motion", Integer, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("roll", Integer, nullable=False),  # 应到
    Column("present", Integer, nullable=False),  # 实到
    Column("body", Integer, nullable=False),  # 组成人员, and how many of them were there
    Column("body_present", Integer, nullable=False),
    Column("issued", Integer, nullable=False),  # 发出
    Column("returned", Integer, nullable=False),  # 收回; more than were issued make the vote void
    Column("valid", Integer, nullable=False),
    Column("invalid", Integer, nullable=False),
    Column("yes", Integer, nullable=False),
    Column("no", Integer, nullable=False),
    Column("abstain", Integer, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("entered_by", ForeignKey("people.id"), nullable=False),
    Column("entered_clerk", ForeignKey("people.id")),  # who typed it in, where that was somebody else
    Column("entered_at", Moment, nullable=False),
    Column("confirmed_by", ForeignKey("people.id")),
    Column("confirmed_clerk", ForeignKey("people.id")),
    Column("confirmed_at", Moment),
    Column("disputed_by", ForeignKey("people.id")),
    Column("dispute", Text),  # what the second person found different
    ForeignKeyConstraint(["task_id", "motion"], ["motions.task_id", "motions.position"]),
    CheckConstraint(
        "confirmed_by IS NULL OR (confirmed_by <> entered_by AND confirmed_by <> coalesce(entered_clerk, 0))",
        name="two_people",
    ),
    CheckConstraint(
        "confirmed_clerk IS NULL OR"
        " (confirmed_clerk <> entered_by AND confirmed_clerk <> coalesce(entered_clerk, 0))",
        name="two_clerks",
    ),
    CheckConstraint("present <= roll AND issued <= present", name="handed_out"),
    CheckConstraint("roll <= body AND present <= body_present AND body_present <= body", name="body"),
    CheckConstraint("valid + invalid = returned AND yes + no + abstain = valid", name="adds_up"),
    CheckConstraint(
        "issued >= 0 AND valid >= 0 AND invalid >= 0 AND yes >= 0 AND no >= 0 AND abstain >= 0",
        name="positive",
    ),
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
    CheckConstraint("adopted in ('采纳', '部分采纳', '不采纳')", name="adopted"),
    CheckConstraint("(adopted IS NULL) = (answered_at IS NULL)", name="answered"),
    Index("ix_opinions_instance_id_element_id", "instance_id", "element_id"),
    Index(
        "uq_opinions_task_id_person_id",
        "task_id",
        "person_id",
        unique=True,
        sqlite_where=text("single AND withdrawn_at IS NULL"),
        postgresql_where=text("single AND withdrawn_at IS NULL"),
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
    Column("at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    CheckConstraint("number >= 1 AND (person_id IS NULL OR number = 1)", name="number"),
    Index(
        "uq_ratings_task_id_person_id",
        "task_id",
        "person_id",
        unique=True,
        sqlite_where=text("person_id IS NOT NULL AND withdrawn_at IS NULL"),
        postgresql_where=text("person_id IS NOT NULL AND withdrawn_at IS NULL"),
    ),
)

taken_part = Table(
    "taken_part",  # who has nothing more to do on an open collective step: it leaves that person's list
    metadata,
    Column("task_id", String(32), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
)
