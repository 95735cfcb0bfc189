"""The tables of the studio: procedures being drawn, and what happens to published ones.

A draft is a procedure's folder that may still be wrong. Each of its files is a row, so that two designers who change
different files do not meet; `digest` is what a save must have seen.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from engine.store.metadata import metadata
from engine.store.types import Json, Moment

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),  # where it will be published
    Column("title", String(128), nullable=False),  # derived from the files, as `key` is
    Column("key", String(64)),  # what it will be published as; NULL while the diagram cannot tell
    Column("based_on", ForeignKey("procedure_versions.id")),  # the version it was begun from
    Column("revision", Integer, nullable=False),  # raised by every save
    Column("published_revision", Integer),  # what it was when it was last published: the same, nothing is new
    Column("created_at", Moment, nullable=False),
    Column("created_by", ForeignKey("people.id")),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", ForeignKey("people.id")),
    Column("removed_at", Moment),  # in the waste-paper basket: it can be taken out again
    Column("removed_by", ForeignKey("people.id")),
    Index("ix_drafts_unit_id_changed_at", "unit_id", "changed_at"),
)

draft_files = Table(
    "draft_files",
    metadata,
    Column("draft_id", ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(255), primary_key=True),  # its path in the folder
    Column("digest", String(64), nullable=False),  # SHA-256 of `data`
    Column("data", LargeBinary, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", ForeignKey("people.id")),
)

draft_states = Table(
    "draft_states",  # what a draft was like when somebody turned to it: the history one can go back to
    metadata,
    Column("draft_id", ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by", ForeignKey("people.id")),
    Column("note", String(255), nullable=False),  # what was done then, in words
    Column("content", LargeBinary, nullable=False),  # the whole folder, zipped
)

explorations = Table(
    "explorations",  # one walk through a draft, by a process of its own that tells here how far it is
    metadata,
    Column("id", String(32), primary_key=True),
    Column("draft_id", ForeignKey("drafts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),  # of the draft that is walked through
    Column("parameters", Json, nullable=False),  # those that are not at their default
    Column("asked_by", ForeignKey("people.id")),
    Column("asked_at", Moment, nullable=False),
    Column("progress", Json, nullable=False),
    Column("beat_at", Moment, nullable=False),  # last sign of life
    Column("stopping", Boolean, nullable=False, default=False),  # somebody asked it to stop
    Column("ended_at", Moment),
    Column("report", Json),
    Column("failure", Text),  # why there is no report, in Chinese
)

withdrawals = Table(
    "withdrawals",  # a procedure that is offered no longer; matters that run go on
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("key", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", ForeignKey("people.id")),
    Column("lifted_at", Moment),
    Column("lifted_by", ForeignKey("people.id")),
    Index(
        "uq_withdrawals_open",
        "unit_id",
        "key",
        unique=True,
        sqlite_where=text("lifted_at IS NULL"),
        postgresql_where=text("lifted_at IS NULL"),
    ),
)
