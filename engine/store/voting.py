"""The tables of votes: ballots, motions, elections, votes by name and in secret, and counts of papers and hands.

What must never happen is a constraint: a second vote, a count confirmed by the one who entered it (procedures.md 11.3).
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.store.metadata import metadata
from engine.store.types import Json, Moment

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
    Column("tellers", Json, nullable=False, server_default="[]"),  # likewise; empty: chair and recorder count
    Column("sealing_key", String(64)),  # public half, hexadecimal, while a secret vote is open
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("published", Text),  # the file anybody can recount from, byte for byte, once it is closed
    UniqueConstraint("task_id", "meeting_id"),
    CheckConstraint("method in ('named', 'secret', 'paper', 'hands')", name="method"),
    CheckConstraint("sealing_key IS NULL OR (method = 'secret' AND status = 'open')", name="sealed"),
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
    Column("passed", Boolean),  # once the vote is closed; NULL: nothing was decided, or it elected
)

election_rounds = Table(
    "election_rounds",  # a motion that elects: who stood in a round, for how many seats (YZ-2.2)
    metadata,
    Column("task_id", String(32), primary_key=True),
    Column("motion", Integer, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("seats", Integer, nullable=False),
    Column(
        "candidates", Json, nullable=False
    ),  # place (a vote names it), name, person: null where in no register
    Column("ended_at", Moment),
    Column("elected", Json),  # places, once the round has ended
    Column("attendance", Json),  # who had come by then: what the round was reckoned on
    ForeignKeyConstraint(["task_id", "motion"], ["motions.task_id", "motions.position"]),
    CheckConstraint("seats >= 1", name="seats"),
)

votes = Table(
    "votes",  # one member one vote on each motion (BB-5.3)
    metadata,
    Column("task_id", String(32), primary_key=True),
    Column("motion", Integer, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("person_id", Integer, primary_key=True),
    Column("meeting_id", String(32), nullable=False),
    Column("choice", String(4)),
    Column("chosen", Json),  # in an election: places of candidates
    Column("weight", Integer, nullable=False, server_default="1"),
    ForeignKeyConstraint(["task_id", "motion"], ["motions.task_id", "motions.position"]),
    ForeignKeyConstraint(["task_id", "meeting_id"], ["ballots.task_id", "ballots.meeting_id"]),
    ForeignKeyConstraint(
        ["meeting_id", "person_id"], ["meeting_members.meeting_id", "meeting_members.person_id"]
    ),
    CheckConstraint("choice in ('赞成', '反对', '弃权')", name="choice"),
    CheckConstraint("(choice IS NULL) <> (chosen IS NULL)", name="something"),
)

# A secret vote: a mark says who has voted, a sealed box what somebody chose; only the key tells what is in it, and it
# lies outside the database. Ending the round opens the boxes, shuffles what was in them, writes the marks anew and
# destroys the key: nothing that stays, or lay in a backup, joins a person to a choice.

secret_marks = Table(
    "secret_marks",
    metadata,
    Column("task_id", String(32), primary_key=True),
    Column("motion", Integer, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("person_id", Integer, primary_key=True),
    Column("meeting_id", String(32), nullable=False),
    ForeignKeyConstraint(["task_id", "motion"], ["motions.task_id", "motions.position"]),
    ForeignKeyConstraint(["task_id", "meeting_id"], ["ballots.task_id", "ballots.meeting_id"]),
    ForeignKeyConstraint(
        ["meeting_id", "person_id"], ["meeting_members.meeting_id", "meeting_members.person_id"]
    ),
)

sealed_ballots = Table(
    "sealed_ballots",  # only while the round is open
    metadata,
    Column("id", String(32), primary_key=True),  # random
    Column("task_id", String(32), nullable=False),
    Column("motion", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # all of one length, whatever is in them
    ForeignKeyConstraint(["task_id", "motion"], ["motions.task_id", "motions.position"]),
    Index("ix_sealed_ballots_task_id", "task_id", "motion", "round"),
)

secret_ballots = Table(
    "secret_ballots",  # what was in the boxes, shuffled
    metadata,
    Column("task_id", String(32), primary_key=True),
    Column("motion", Integer, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("choice", String(4)),
    Column("chosen", Json),
    ForeignKeyConstraint(["task_id", "motion"], ["motions.task_id", "motions.position"]),
    CheckConstraint("choice in ('赞成', '反对', '弃权')", name="choice"),
    CheckConstraint("(choice IS NULL) <> (chosen IS NULL)", name="something"),
)

receipts = Table(
    "receipts",  # of the ballots counted, in the order of their text
    metadata,
    Column("task_id", String(32), primary_key=True),
    Column("motion", Integer, primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("receipt", String(32), primary_key=True),
    ForeignKeyConstraint(["task_id", "motion"], ["motions.task_id", "motions.position"]),
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
    Column(
        "households", Integer
    ),  # where they are counted: 户, and 到会户; a weighed vote hands out as many papers
    Column("households_present", Integer),
    Column("issued", Integer, nullable=False),  # 发出
    Column("returned", Integer, nullable=False),  # 收回; more than were issued make the vote void
    Column("valid", Integer, nullable=False),
    Column("invalid", Integer, nullable=False),
    Column("yes", Integer),
    Column("no", Integer),
    Column("abstain", Integer),
    Column("chosen", Json),  # in an election: votes by place of the candidate, instead of the three
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
    CheckConstraint(  # papers to people, or weighed by households; whichever were more (the rule knows which)
        "present <= roll AND (issued <= present OR issued <= coalesce(households_present, 0))",
        name="handed_out",
    ),
    CheckConstraint("roll <= body AND present <= body_present AND body_present <= body", name="body"),
    CheckConstraint("valid + invalid = returned", name="adds_up"),
    CheckConstraint(
        "CASE WHEN chosen IS NULL THEN coalesce(yes + no + abstain = valid, false)"
        " ELSE yes IS NULL AND no IS NULL AND abstain IS NULL END",
        name="votes",
    ),
    CheckConstraint(
        "issued >= 0 AND valid >= 0 AND invalid >= 0 AND yes >= 0 AND no >= 0 AND abstain >= 0",
        name="positive",
    ),
)
