"""Collective steps: meetings, ballots, opinions, notices, ratings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _meetings()
    _taken_part()
    _meeting_members()
    _agenda_items()
    _ballots()
    _notices()
    _opinions()
    _ratings()
    _motions()
    _publications()
    _counts()
    _votes()
    _columns()


def _meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("starts_at", sa.String(27), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=False),
        sa.Column("recorder_id", sa.Integer(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("needs_announcement", sa.Boolean(), nullable=False),
        sa.Column("announced_at", sa.String(27), nullable=True),
        sa.Column("announced_by", sa.Integer(), nullable=True),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("guests", sa.Text(), nullable=False),
        sa.Column("convened_by", sa.Integer(), nullable=False),
        sa.Column("convened_at", sa.String(27), nullable=False),
        sa.Column("opened_at", sa.String(27), nullable=True),
        sa.Column("ended_at", sa.String(27), nullable=True),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("papers", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status in ('convened', 'open', 'held', 'inquorate', 'cancelled')",
            name=op.f("ck_meetings_status"),
        ),
        sa.CheckConstraint(
            "opened_at IS NULL OR NOT needs_announcement OR announced_at IS NOT NULL",
            name=op.f("ck_meetings_announced"),
        ),
        sa.ForeignKeyConstraint(["announced_by"], ["people.id"], name=op.f("fk_meetings_announced_by")),
        sa.ForeignKeyConstraint(["chair_id"], ["people.id"], name=op.f("fk_meetings_chair_id")),
        sa.ForeignKeyConstraint(["convened_by"], ["people.id"], name=op.f("fk_meetings_convened_by")),
        sa.ForeignKeyConstraint(["recorder_id"], ["people.id"], name=op.f("fk_meetings_recorder_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_meetings_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    op.create_index("ix_meetings_unit_id_starts_at", "meetings", ["unit_id", "starts_at"], unique=False)


def _taken_part() -> None:
    op.create_table(
        "taken_part",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_taken_part_person_id")),
        sa.PrimaryKeyConstraint("task_id", "person_id", name=op.f("pk_taken_part")),
    )


def _meeting_members() -> None:
    op.create_table(
        "meeting_members",
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_voter", sa.Boolean(), nullable=False),
        sa.Column("attendance", sa.String(length=8), nullable=False),
        sa.Column("marked_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "attendance in ('unknown', 'present', 'leave', 'absent')",
            name=op.f("ck_meeting_members_attendance"),
        ),
        sa.ForeignKeyConstraint(["marked_by"], ["people.id"], name=op.f("fk_meeting_members_marked_by")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_members_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_meeting_members_person_id")),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_meeting_members")),
    )
    op.create_index(op.f("ix_meeting_members_person_id"), "meeting_members", ["person_id"], unique=False)


def _agenda_items() -> None:
    op.create_table(
        "agenda_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.String(27), nullable=True),
        sa.Column("withdrawn_at", sa.String(27), nullable=True),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_agenda_items_ended")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_agenda_items_instance_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_agenda_items_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_items")),
        sa.UniqueConstraint("meeting_id", "position", name=op.f("uq_agenda_items_meeting_id_position")),
    )
    op.create_index(op.f("ix_agenda_items_instance_id"), "agenda_items", ["instance_id"], unique=False)
    op.create_index(
        "uq_agenda_items_task_id",
        "agenda_items",
        ["task_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _ballots() -> None:
    op.create_table(
        "ballots",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("scrutineers", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.String(27), nullable=False),
        sa.Column("closed_at", sa.String(27), nullable=True),
        sa.CheckConstraint("method in ('named', 'paper')", name=op.f("ck_ballots_method")),
        sa.CheckConstraint("status in ('open', 'closed')", name=op.f("ck_ballots_status")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_ballots_instance_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_ballots_meeting_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_ballots")),
        sa.UniqueConstraint("task_id", "meeting_id", name=op.f("uq_ballots_task_id_meeting_id")),
    )
    op.create_index(op.f("ix_ballots_instance_id"), "ballots", ["instance_id"], unique=False)


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.String(27), nullable=False),
        sa.Column("ends_at", sa.String(27), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.String(27), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_notices_lasts")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_notices_instance_id")),
        sa.ForeignKeyConstraint(["published_by"], ["people.id"], name=op.f("fk_notices_published_by")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_instance_id"), "notices", ["instance_id"], unique=False)


def _opinions() -> None:
    op.create_table(
        "opinions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("stance", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("single", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.String(27), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("withdrawn_at", sa.String(27), nullable=True),
        sa.Column("adopted", sa.String(length=16), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.String(27), nullable=True),
        sa.CheckConstraint("adopted in ('采纳', '部分采纳', '不采纳')", name=op.f("ck_opinions_adopted")),
        sa.CheckConstraint("(adopted IS NULL) = (answered_at IS NULL)", name=op.f("ck_opinions_answered")),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name=op.f("fk_opinions_answered_by")),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_opinions_entered_by")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_opinions_instance_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_opinions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
    )
    op.create_index(
        "ix_opinions_instance_id_element_id", "opinions", ["instance_id", "element_id"], unique=False
    )
    op.create_index(op.f("ix_opinions_person_id"), "opinions", ["person_id"], unique=False)
    op.create_index(op.f("ix_opinions_task_id"), "opinions", ["task_id"], unique=False)
    op.create_index(
        "uq_opinions_task_id_person_id",
        "opinions",
        ["task_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("single AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("single AND withdrawn_at IS NULL"),
    )


def _ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("withdrawn_at", sa.String(27), nullable=True),
        sa.CheckConstraint(
            "number >= 1 AND (person_id IS NULL OR number = 1)", name=op.f("ck_ratings_number")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_ratings_entered_by")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_ratings_instance_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_ratings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
    )
    op.create_index(op.f("ix_ratings_instance_id"), "ratings", ["instance_id"], unique=False)
    op.create_index(op.f("ix_ratings_person_id"), "ratings", ["person_id"], unique=False)
    op.create_index(op.f("ix_ratings_task_id"), "ratings", ["task_id"], unique=False)
    op.create_index(
        "uq_ratings_task_id_person_id",
        "ratings",
        ["task_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("person_id IS NOT NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL AND withdrawn_at IS NULL"),
    )


def _motions() -> None:
    op.create_table(
        "motions",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("revised_at", sa.String(27), nullable=True),
        sa.Column("read_out_at", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["ballots.task_id"], name=op.f("fk_motions_task_id")),
        sa.PrimaryKeyConstraint("task_id", "position", name=op.f("pk_motions")),
    )


def _publications() -> None:
    op.create_table(
        "publications",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_publications_by")),
        sa.ForeignKeyConstraint(["task_id"], ["notices.task_id"], name=op.f("fk_publications_task_id")),
        sa.PrimaryKeyConstraint("task_id", "channel", name=op.f("pk_publications")),
    )


def _counts() -> None:
    op.create_table(
        "counts",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("motion", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("roll", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("body", sa.Integer(), nullable=False),
        sa.Column("body_present", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("valid", sa.Integer(), nullable=False),
        sa.Column("invalid", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("abstain", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("entered_clerk", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.String(27), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_clerk", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.String(27), nullable=True),
        sa.Column("disputed_by", sa.Integer(), nullable=True),
        sa.Column("dispute", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR (confirmed_by <> entered_by AND confirmed_by <> coalesce(entered_clerk, 0))",
            name=op.f("ck_counts_two_people"),
        ),
        sa.CheckConstraint(
            "confirmed_clerk IS NULL OR"
            " (confirmed_clerk <> entered_by AND confirmed_clerk <> coalesce(entered_clerk, 0))",
            name=op.f("ck_counts_two_clerks"),
        ),
        sa.CheckConstraint(
            "issued >= 0 AND valid >= 0 AND invalid >= 0 AND yes >= 0 AND no >= 0 AND abstain >= 0",
            name=op.f("ck_counts_positive"),
        ),
        sa.CheckConstraint("present <= roll AND issued <= present", name=op.f("ck_counts_handed_out")),
        sa.CheckConstraint(
            "roll <= body AND present <= body_present AND body_present <= body", name=op.f("ck_counts_body")
        ),
        sa.CheckConstraint(
            "valid + invalid = returned AND yes + no + abstain = valid", name=op.f("ck_counts_adds_up")
        ),
        sa.ForeignKeyConstraint(["confirmed_clerk"], ["people.id"], name=op.f("fk_counts_confirmed_clerk")),
        sa.ForeignKeyConstraint(["entered_clerk"], ["people.id"], name=op.f("fk_counts_entered_clerk")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.id"], name=op.f("fk_counts_confirmed_by")),
        sa.ForeignKeyConstraint(["disputed_by"], ["people.id"], name=op.f("fk_counts_disputed_by")),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_counts_entered_by")),
        sa.ForeignKeyConstraint(
            ["task_id", "motion"],
            ["motions.task_id", "motions.position"],
            name=op.f("fk_counts_task_id_motion"),
        ),
        sa.PrimaryKeyConstraint("task_id", "motion", "round", name=op.f("pk_counts")),
    )


def _votes() -> None:
    op.create_table(
        "votes",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("motion", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("choice", sa.String(length=4), nullable=False),
        sa.CheckConstraint("choice in ('赞成', '反对', '弃权')", name=op.f("ck_votes_choice")),
        sa.ForeignKeyConstraint(
            ["meeting_id", "person_id"],
            ["meeting_members.meeting_id", "meeting_members.person_id"],
            name=op.f("fk_votes_meeting_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["task_id", "meeting_id"],
            ["ballots.task_id", "ballots.meeting_id"],
            name=op.f("fk_votes_task_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["task_id", "motion"],
            ["motions.task_id", "motions.position"],
            name=op.f("fk_votes_task_id_motion"),
        ),
        sa.PrimaryKeyConstraint("task_id", "motion", "round", "person_id", name=op.f("pk_votes")),
    )


def _columns() -> None:
    op.add_column("assignments", sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("tasks", sa.Column("closes_at", sa.String(27), nullable=True))
    op.create_index("ix_tasks_closes_at", "tasks", ["closes_at"], unique=False)
    for table, column in (
        ("parameter_choices", "since"),
        ("parameter_choices", "opened"),
        ("parameter_sets", "origins"),
    ):
        op.add_column(table, sa.Column(column, sa.Text(), server_default="{}", nullable=False))
