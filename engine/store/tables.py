"""The tables. SQL is unqualified: one county is one SQLite file or one PostgreSQL schema, and nothing joins
across.

What must never happen is a constraint here: two ballots of one person on one step, a post held twice at a
time, a journal entry twice at one place in its chain. Open tasks, assignments, timers and subscriptions are
*derived*: they are replaced together with the state of their instance, in the same transaction.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
    true,
)

from engine.store.metadata import metadata
from engine.store.types import Json, Moment

# ---------------------------------------------------------------- people

units = Table(
    "units",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("parent_id", ForeignKey("units.id"), index=True),
    Column("level", String(8), nullable=False),  # 市 县 乡镇 村 屋场
    Column("code", String(64), nullable=False, unique=True),  # what the API and `publish --unit` call it
    Column("name", String(64), nullable=False),
    Column("path", String(255), nullable=False, unique=True),  # '/1/4/9/': ancestors and subtree by prefix
    CheckConstraint("level in ('市', '县', '乡镇', '村', '屋场')", name="level"),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),  # home: the lowest unit
    Column("code", String(64), unique=True),  # what an import calls the person; NULL when entered by hand
    Column("name", String(64), nullable=False),
    Column("gender", String(4)),
    Column("born", Date),
    Column("phone", String(32), unique=True),
    # raised whenever posts or registers change: an optimistic lock on what one may do
    Column("standing", Integer, nullable=False, default=0, server_default="0"),
    Column("erased_at", Moment),  # personal content erased by law; the row keeps the chain's ids
)

households = Table(
    "households",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False, index=True),
    Column("number", String(32), nullable=False),
    UniqueConstraint("unit_id", "number"),
)

household_members = Table(
    "household_members",
    metadata,
    Column("household_id", ForeignKey("households.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True, unique=True),
    Column("is_head", Boolean, nullable=False, default=False),
)

representations = Table(
    "representations",  # 联系户: which household a 村民代表 speaks for (BB-9.4, FD-4)
    metadata,
    Column("id", Integer, primary_key=True),
    Column("household_id", ForeignKey("households.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Index(  # a household has one
        "uq_representations_current",
        "household_id",
        unique=True,
        sqlite_where=text("ends_on IS NULL"),
        postgresql_where=text("ends_on IS NULL"),
    ),
)

tenures = Table(
    "tenures",  # posts, held from–to (任职)
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("post", String(64), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),  # the last day in office
    Index("ix_tenures_unit_id_post", "unit_id", "post"),
    Index(
        "uq_tenures_current",
        "person_id",
        "unit_id",
        "post",
        unique=True,
        sqlite_where=text("ends_on IS NULL"),
        postgresql_where=text("ends_on IS NULL"),
    ),
)

registrations = Table(
    "registrations",  # registers (名册): 村民代表, 正式党员, 户代表, …
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("register", String(64), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Index("ix_registrations_unit_id_register", "unit_id", "register"),
    Index(
        "uq_registrations_current",
        "person_id",
        "unit_id",
        "register",
        unique=True,
        sqlite_where=text("ends_on IS NULL"),
        postgresql_where=text("ends_on IS NULL"),
    ),
)

kinships = Table(
    "kinships",  # 近亲属, for who may hold what together; stored once, lower id first
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("relative_id", ForeignKey("people.id"), primary_key=True),
    CheckConstraint("person_id < relative_id", name="ordered"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("is_sample", Boolean, nullable=False, default=False),
    Column("must_change", Boolean, nullable=False, default=False),
    Column("generation", Integer, nullable=False, default=0),  # raised to end every session
    Column("disabled_at", Moment),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256 of a 256-bit random token
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
)

sign_in_attempts = Table(
    "sign_in_attempts",  # counted here, so that several processes agree
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", String(128), nullable=False),  # 'login:…' or 'address:…'
    Column("at", Moment, nullable=False),
    Index("ix_sign_in_attempts_subject_at", "subject", "at"),
)

# ---------------------------------------------------------------- procedures

procedure_versions = Table(
    "procedure_versions",  # never changed once written
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("key", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", String(128), nullable=False),
    Column("level", String(8), nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256 of `content`
    Column("content", LargeBinary, nullable=False),  # the folder's files, zipped
    Column("note", Text, nullable=False, default=""),
    Column("published_at", Moment, nullable=False),
    Column("published_by", ForeignKey("people.id")),
    UniqueConstraint("unit_id", "key", "version"),
)

parameter_choices = Table(
    "parameter_choices",  # what a unit set differently from the level above; the newest row counts
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("procedure_key", String(64), nullable=False),
    Column("values", Json, nullable=False),
    Column("since", Json, nullable=False, server_default="{}"),  # {name: moment the value was chosen}
    Column("opened", Json, nullable=False, server_default="{}"),  # {name: may the level below choose}
    Column("at", Moment, nullable=False),
    Column("by", ForeignKey("people.id")),
    Index("ix_parameter_choices_unit_id_procedure_key", "unit_id", "procedure_key"),
)

parameter_sets = Table(
    "parameter_sets",  # what a matter started with; immutable, shared by content
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("values", Json, nullable=False),
    Column("origins", Json, nullable=False, server_default="{}"),  # {name: the unit that chose it, and when}
)

# ---------------------------------------------------------------- matters

instances = Table(
    "instances",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("number", String(64), nullable=False, unique=True),  # 办件编号
    Column("version_id", ForeignKey("procedure_versions.id"), nullable=False),
    Column("closure", Json, nullable=False),  # {called procedure key: version id}, frozen at the start
    Column("process_id", String(255), nullable=False),
    Column("parameter_set_id", ForeignKey("parameter_sets.id"), nullable=False),
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("title", String(255), nullable=False),
    Column("status", String(16), nullable=False),
    Column("outcome", String(255)),  # the name of the end event it came to
    Column("started_by", ForeignKey("people.id")),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("revision", Integer, nullable=False),  # raised by every change: the optimistic lock
    Column("journal_seq", Integer, nullable=False),  # head of its journal chain
    Column("journal_hash", String(64), nullable=False),
    Column("trail", Json, nullable=False),  # the last flow nodes passed, newest last, at most 100
    Column("state", LargeBinary, nullable=False),
    Column("undo", LargeBinary),  # what the last step replaced, while it may be withdrawn
    Column("undo_by", ForeignKey("people.id")),
    Index("ix_instances_unit_id_status_started_at", "unit_id", "status", "started_at"),
    CheckConstraint("status in ('running', 'completed', 'cancelled', 'failed')", name="status"),
)

tasks = Table(
    "tasks",  # open ones; derived
    metadata,
    Column("id", String(32), primary_key=True),
    Column("instance_id", ForeignKey("instances.id"), nullable=False, index=True),
    Column("element_id", String(255), nullable=False),
    Column("name", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("lane", String(64)),  # what the diagram says, for people to read
    Column("unit_id", ForeignKey("units.id"), nullable=False),  # the unit of the instance
    Column("settings", Json, nullable=False),  # frozen when the step opened
    Column("excluded", Json, nullable=False),  # people `not_who` keeps out
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("reminded_at", Moment),
    Column("claimed_by", ForeignKey("people.id"), index=True),
    Column("claimed_at", Moment),
    Column("closes_at", Moment),  # when the clock concludes it (the end of a notice)
    Index("ix_tasks_unit_id_due_at", "unit_id", "due_at"),
    Index("ix_tasks_due_at", "due_at"),
    Index("ix_tasks_closes_at", "closes_at"),
)

assignments = Table(
    # whose an open task is: a seat is filled by the holders of a designation, or by one person; derived
    "assignments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("seat", String(64), nullable=False),
    Column("designation", String(64)),
    Column("unit_id", ForeignKey("units.id")),
    Column("person_id", ForeignKey("people.id"), index=True),
    # whether there is something to do for it now: a member has nothing to do before the vote is open
    Column("active", Boolean, nullable=False, default=True, server_default=true()),
    Index("ix_assignments_unit_id_designation", "unit_id", "designation"),
    CheckConstraint(
        "(designation IS NOT NULL AND unit_id IS NOT NULL) OR person_id IS NOT NULL", name="somebody"
    ),
)

timers = Table(
    "timers",  # derived
    metadata,
    Column("instance_id", ForeignKey("instances.id"), primary_key=True),
    Column("task_id", String(32), primary_key=True),
    Column("due_at", Moment, nullable=False, index=True),
)

subscriptions = Table(
    "subscriptions",  # messages and signals an instance waits for; derived
    metadata,
    Column("instance_id", ForeignKey("instances.id"), primary_key=True),
    Column("task_id", String(32), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("name", String(255), nullable=False),
    Index("ix_subscriptions_kind_name", "kind", "name"),
)

start_subscriptions = Table(
    "start_subscriptions",  # messages, signals and timers a published version starts on
    metadata,
    Column("version_id", ForeignKey("procedure_versions.id"), primary_key=True),
    Column("element_id", String(255), primary_key=True),
    Column("process_id", String(255), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("name", String(255), nullable=False),
    Column("due_at", Moment),
    Index("ix_start_subscriptions_kind_name", "kind", "name"),
)

outbox = Table(
    "outbox",  # messages and signals on their way to other instances
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", ForeignKey("instances.id")),  # the sender; NULL when it came from outside
    Column("unit_id", ForeignKey("units.id"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("name", String(255), nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("delivered_at", Moment),
    Index(
        "ix_outbox_undelivered",
        "kind",
        "name",
        sqlite_where=text("delivered_at IS NULL"),
        postgresql_where=text("delivered_at IS NULL"),
    ),
)

deliveries = Table(
    "deliveries",  # one row a receiver, so that nothing arrives twice
    metadata,
    Column("outbox_id", ForeignKey("outbox.id"), primary_key=True),
    Column("instance_id", ForeignKey("instances.id"), primary_key=True),
    Column("at", Moment, nullable=False),
)

submissions = Table(
    # what people handed in, step by step; the personal content that may be erased stands only here
    "submissions",
    metadata,
    Column("id", String(32), primary_key=True),  # made before the transaction, as everything is
    Column("instance_id", ForeignKey("instances.id"), nullable=False),
    Column("sequence", Integer, nullable=False),  # its place in the matter's journal
    Column("task_id", String(32), nullable=False),
    Column("element_id", String(255), nullable=False),
    Column("step", String(255), nullable=False),  # the step's name when it was handed in
    Column("action", String(32), nullable=False),
    Column("seat", String(64)),  # whose voice it is, where a step has several
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),  # whose act it is
    Column("entered_by", ForeignKey("people.id")),  # the clerk, where it was entered on behalf
    Column("confirmed_at", Moment),  # the person confirmed what the clerk entered
    Column("data", Json, nullable=False),
    Column("salt", String(32), nullable=False),  # of the digest in the journal
    Column("at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Index("ix_submissions_instance_id_sequence", "instance_id", "sequence"),
    Index(  # what a clerk entered: few rows, and every list of one's own asks for it
        "ix_submissions_entered_by",
        "entered_by",
        sqlite_where=text("entered_by IS NOT NULL"),
        postgresql_where=text("entered_by IS NOT NULL"),
    ),
    Index(
        "uq_submissions_task_id_seat",
        "task_id",
        "seat",
        unique=True,
        sqlite_where=text("seat IS NOT NULL AND withdrawn_at IS NULL"),
        postgresql_where=text("seat IS NOT NULL AND withdrawn_at IS NULL"),
    ),
    Index(  # nobody signs one step twice (procedures.md 11.2)
        "uq_submissions_task_id_person_id",
        "task_id",
        "person_id",
        unique=True,
        sqlite_where=text("seat IS NOT NULL AND withdrawn_at IS NULL"),
        postgresql_where=text("seat IS NOT NULL AND withdrawn_at IS NULL"),
    ),
)

incidents = Table(
    "incidents",  # work of the clock or the outbox that failed
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", ForeignKey("instances.id"), nullable=False),
    Column("work", String(32), nullable=False),  # 'timer', 'outbox', 'reminder', …
    Column("message", Text, nullable=False),
    Column("reference", String(32), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("next_try_at", Moment, index=True),  # NULL: given up, waits for the administrator
    Column("resolved_at", Moment),
    Index(
        "uq_incidents_open",
        "instance_id",
        "work",
        unique=True,
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
)

# ---------------------------------------------------------------- record

journal = Table(
    "journal",
    metadata,
    Column("chain", String(48), primary_key=True),  # 'instance:<id>' or 'unit:<id>'
    Column("sequence", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor_id", ForeignKey("people.id")),  # NULL: the clock
    Column("behalf_of_id", ForeignKey("people.id")),
    Column("action", String(32), nullable=False),
    Column("element_id", String(255)),
    Column("task_id", String(32)),
    Column("submission_id", ForeignKey("submissions.id")),
    Column("detail", Json, nullable=False),  # ids, names of steps, numbers; never personal content
    Column("digest", String(64)),  # of the submission's content, salted
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

chain_heads = Table(
    "chain_heads",  # heads of the chains that have no instance row: one a unit
    metadata,
    Column("chain", String(48), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

checkpoints = Table(
    "checkpoints",  # daily, over all heads
    metadata,
    Column("day", Date, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("heads", Json, nullable=False),
    Column("hash", String(64), nullable=False),
)

views = Table(
    "views",  # who looked at what; kept six months
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("instance_id", ForeignKey("instances.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False, index=True),
)

# ---------------------------------------------------------------- the rest

files = Table(
    "files",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of `data`
    Column("media_type", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)

file_uses = Table(
    "file_uses",  # who brought it, and which matter it belongs to: reading follows the matter
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file_id", ForeignKey("files.id"), nullable=False, index=True),
    Column("name", String(255), nullable=False),
    Column("uploaded_by", ForeignKey("people.id")),  # NULL: it came with an opinion from the public side
    Column("uploaded_at", Moment, nullable=False),
    Column("instance_id", ForeignKey("instances.id"), index=True),  # NULL until the step is handed in
    Column("submission_id", ForeignKey("submissions.id")),
)

calendar_days = Table(
    "calendar_days",  # holidays and 调休; what is not here follows the weekday
    metadata,
    Column("day", Date, primary_key=True),
    Column("is_working", Boolean, nullable=False),
    Column("name", String(32), nullable=False),
)

calendar_years = Table(
    "calendar_years",  # years whose holidays have been published
    metadata,
    Column("year", Integer, primary_key=True),
    Column("published_at", Moment, nullable=False),
)
