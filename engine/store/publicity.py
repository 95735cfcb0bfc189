"""The tables of the public side, and of the papers a matter leaves: links of QR codes, uses of the seal, filings."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, text

from engine.store.metadata import metadata
from engine.store.types import Json, Moment

public_links = Table(
    "public_links",  # what a QR code leads to: a matter's public page, or one household's way to answer on a step
    metadata,
    Column("code", String(32), primary_key=True),  # random; a household's is a secret like a key
    Column("instance_id", ForeignKey("instances.id"), nullable=False),
    Column("task_id", String(32)),  # with a household: the step it may answer
    Column("household_id", ForeignKey("households.id")),
    Column("person_id", ForeignKey("people.id")),  # who answers for the household
    Column("created_at", Moment, nullable=False),
    Column("created_by", ForeignKey("people.id")),  # NULL: the clock
    Column("revoked_at", Moment),
    Column("taken_down_at", Moment),  # a matter's page that is down: the code stays, and can be put up again
    Column("taken_down_by", ForeignKey("people.id")),
    Column("taken_down_why", String(255)),
    CheckConstraint(
        "(taken_down_at IS NULL) = (taken_down_why IS NULL) AND (taken_down_at IS NULL) = (taken_down_by IS NULL)",
        name="taken_down",
    ),
    CheckConstraint(
        "(task_id IS NULL) = (household_id IS NULL) AND (household_id IS NULL) = (person_id IS NULL)",
        name="household",
    ),
    Index(  # a matter has one page
        "uq_public_links_instance_id",
        "instance_id",
        unique=True,
        sqlite_where=text("task_id IS NULL AND revoked_at IS NULL"),
        postgresql_where=text("task_id IS NULL AND revoked_at IS NULL"),
    ),
    Index(  # one household, one answer
        "uq_public_links_task_id_household_id",
        "task_id",
        "household_id",
        unique=True,
        sqlite_where=text("task_id IS NOT NULL AND revoked_at IS NULL"),
        postgresql_where=text("task_id IS NOT NULL AND revoked_at IS NULL"),
    ),
)

public_attempts = Table(
    "public_attempts",  # what came in from outside, by a keyed digest of the address: several processes agree on limits
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_public_attempts_subject_at", "subject", "at"),
    Index("ix_public_attempts_at", "at"),
)

seal_uses = Table(
    "seal_uses",  # 用印登记 (procedures.md 11.5); the seal often lies with the township
    metadata,
    Column("id", String(32), primary_key=True),
    Column("instance_id", ForeignKey("instances.id"), nullable=False, index=True),
    Column("document", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
    Column("copies", Integer, nullable=False),
    Column("used_on", Date, nullable=False),
    Column("approved_by", String(64), nullable=False),
    Column("kept_by", String(64), nullable=False, default=""),  # who put it under the paper
    Column("evidence", Json, nullable=False),
    Column("entered_by", ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("copies >= 1", name="copies"),
)

filings = Table(
    "filings",  # 备案: handed to an office above, with its receipt
    metadata,
    Column("id", String(32), primary_key=True),
    Column("instance_id", ForeignKey("instances.id"), nullable=False, index=True),
    Column("document", String(64), nullable=False),
    Column("authority", String(64), nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("received_on", Date),
    Column("receipt_number", String(64), nullable=False, default=""),
    Column("evidence", Json, nullable=False),
    Column("entered_by", ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("received_on IS NULL OR received_on >= sent_on", name="order"),
)
