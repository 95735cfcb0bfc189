"""The collective steps in full: invitations, secret votes and elections, signatures, the public side."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _representations()
    _meeting_replies()
    _signatures()
    _meeting_households()
    _public_attempts()
    _filings()
    _public_links()
    _seal_uses()
    _notice_photos()
    _election_rounds()
    _receipts()
    _sealed_ballots()
    _secret_ballots()
    _secret_marks()
    _asked()
    _change_ballots()
    _change_counts()
    _change_file_uses()
    _change_meeting_members()
    _change_motions()
    _change_opinions()
    _change_ratings()
    _change_votes()


def _representations() -> None:
    op.create_table(
        "representations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_representations_household_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_representations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representations")),
    )
    with op.batch_alter_table("representations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_representations_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_representations_current",
            ["household_id"],
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )


def _meeting_replies() -> None:
    op.create_table(
        "meeting_replies",
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reply", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.String(27), nullable=False),
        sa.CheckConstraint(
            "(reply = 'delegate') = (delegate_id IS NOT NULL)", name=op.f("ck_meeting_replies_delegate")
        ),
        sa.CheckConstraint("reply in ('coming', 'leave', 'delegate')", name=op.f("ck_meeting_replies_reply")),
        sa.CheckConstraint("delegate_id <> person_id", name=op.f("ck_meeting_replies_somebody_else")),
        sa.ForeignKeyConstraint(["delegate_id"], ["people.id"], name=op.f("fk_meeting_replies_delegate_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_meeting_replies_entered_by")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_replies_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_meeting_replies_person_id")),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_meeting_replies")),
    )
    with op.batch_alter_table("meeting_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_replies_person_id"), ["person_id"], unique=False)


def _signatures() -> None:
    op.create_table(
        "signatures",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_signatures_entered_by")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_signatures_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_signatures_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint(
            "meeting_id", "person_id", "digest", name=op.f("uq_signatures_meeting_id_person_id_digest")
        ),
    )
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signatures_meeting_id"), ["meeting_id"], unique=False)


def _meeting_households() -> None:
    op.create_table(
        "meeting_households",
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_meeting_households_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id", "person_id"],
            ["meeting_members.meeting_id", "meeting_members.person_id"],
            name=op.f("fk_meeting_households_meeting_id_person_id"),
        ),
        sa.PrimaryKeyConstraint(
            "meeting_id", "household_id", "person_id", name=op.f("pk_meeting_households")
        ),
    )
    with op.batch_alter_table("meeting_households", schema=None) as batch_op:
        batch_op.create_index(
            "ix_meeting_households_meeting_id_person_id", ["meeting_id", "person_id"], unique=False
        )


def _public_attempts() -> None:
    op.create_table(
        "public_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_attempts")),
    )
    with op.batch_alter_table("public_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_public_attempts_at", ["at"], unique=False)
        batch_op.create_index("ix_public_attempts_subject_at", ["subject", "at"], unique=False)


def _filings() -> None:
    op.create_table(
        "filings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("authority", sa.String(length=64), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("receipt_number", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.CheckConstraint("received_on IS NULL OR received_on >= sent_on", name=op.f("ck_filings_order")),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_filings_entered_by")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_filings_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filings")),
    )
    with op.batch_alter_table("filings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filings_instance_id"), ["instance_id"], unique=False)


def _public_links() -> None:
    op.create_table(
        "public_links",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.String(27), nullable=True),
        sa.Column("taken_down_at", sa.String(27), nullable=True),
        sa.Column("taken_down_by", sa.Integer(), nullable=True),
        sa.Column("taken_down_why", sa.String(length=255), nullable=True),
        sa.CheckConstraint(
            "(taken_down_at IS NULL) = (taken_down_why IS NULL) AND (taken_down_at IS NULL) = (taken_down_by IS NULL)",
            name=op.f("ck_public_links_taken_down"),
        ),
        sa.CheckConstraint(
            "(task_id IS NULL) = (household_id IS NULL) AND (household_id IS NULL) = (person_id IS NULL)",
            name=op.f("ck_public_links_household"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_public_links_created_by")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_public_links_household_id")
        ),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_public_links_instance_id")),
        sa.ForeignKeyConstraint(["taken_down_by"], ["people.id"], name=op.f("fk_public_links_taken_down_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_public_links_person_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_public_links")),
    )
    with op.batch_alter_table("public_links", schema=None) as batch_op:
        batch_op.create_index(
            "uq_public_links_instance_id",
            ["instance_id"],
            unique=True,
            sqlite_where=sa.text("task_id IS NULL AND revoked_at IS NULL"),
            postgresql_where=sa.text("task_id IS NULL AND revoked_at IS NULL"),
        )
        batch_op.create_index(
            "uq_public_links_task_id_household_id",
            ["task_id", "household_id"],
            unique=True,
            sqlite_where=sa.text("task_id IS NOT NULL AND revoked_at IS NULL"),
            postgresql_where=sa.text("task_id IS NOT NULL AND revoked_at IS NULL"),
        )


def _seal_uses() -> None:
    op.create_table(
        "seal_uses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=False),
        sa.Column("kept_by", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.CheckConstraint("copies >= 1", name=op.f("ck_seal_uses_copies")),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_seal_uses_entered_by")),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_seal_uses_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_uses")),
    )
    with op.batch_alter_table("seal_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seal_uses_instance_id"), ["instance_id"], unique=False)


def _notice_photos() -> None:
    op.create_table(
        "notice_photos",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("file_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_notice_photos_by")),
        sa.ForeignKeyConstraint(["task_id"], ["notices.task_id"], name=op.f("fk_notice_photos_task_id")),
        sa.PrimaryKeyConstraint("task_id", "file_id", name=op.f("pk_notice_photos")),
    )


def _election_rounds() -> None:
    op.create_table(
        "election_rounds",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("motion", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.String(27), nullable=True),
        sa.Column("elected", sa.Text(), nullable=True),
        sa.Column("attendance", sa.Text(), nullable=True),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_election_rounds_seats")),
        sa.ForeignKeyConstraint(
            ["task_id", "motion"],
            ["motions.task_id", "motions.position"],
            name=op.f("fk_election_rounds_task_id_motion"),
        ),
        sa.PrimaryKeyConstraint("task_id", "motion", "round", name=op.f("pk_election_rounds")),
    )


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("motion", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id", "motion"],
            ["motions.task_id", "motions.position"],
            name=op.f("fk_receipts_task_id_motion"),
        ),
        sa.PrimaryKeyConstraint("task_id", "motion", "round", "receipt", name=op.f("pk_receipts")),
    )


def _sealed_ballots() -> None:
    op.create_table(
        "sealed_ballots",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("motion", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id", "motion"],
            ["motions.task_id", "motions.position"],
            name=op.f("fk_sealed_ballots_task_id_motion"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_ballots")),
    )
    with op.batch_alter_table("sealed_ballots", schema=None) as batch_op:
        batch_op.create_index("ix_sealed_ballots_task_id", ["task_id", "motion", "round"], unique=False)


def _secret_ballots() -> None:
    op.create_table(
        "secret_ballots",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("motion", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=4), nullable=True),
        sa.Column("chosen", sa.Text(), nullable=True),
        sa.CheckConstraint("choice in ('赞成', '反对', '弃权')", name=op.f("ck_secret_ballots_choice")),
        sa.CheckConstraint("(choice IS NULL) <> (chosen IS NULL)", name=op.f("ck_secret_ballots_something")),
        sa.ForeignKeyConstraint(
            ["task_id", "motion"],
            ["motions.task_id", "motions.position"],
            name=op.f("fk_secret_ballots_task_id_motion"),
        ),
        sa.PrimaryKeyConstraint("task_id", "motion", "round", "position", name=op.f("pk_secret_ballots")),
    )


def _secret_marks() -> None:
    op.create_table(
        "secret_marks",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("motion", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id", "person_id"],
            ["meeting_members.meeting_id", "meeting_members.person_id"],
            name=op.f("fk_secret_marks_meeting_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["task_id", "meeting_id"],
            ["ballots.task_id", "ballots.meeting_id"],
            name=op.f("fk_secret_marks_task_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["task_id", "motion"],
            ["motions.task_id", "motions.position"],
            name=op.f("fk_secret_marks_task_id_motion"),
        ),
        sa.PrimaryKeyConstraint("task_id", "motion", "round", "person_id", name=op.f("pk_secret_marks")),
    )


def _change_ballots() -> None:
    with op.batch_alter_table("ballots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tellers", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("sealing_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("published", sa.Text(), nullable=True))
        batch_op.drop_constraint(op.f("ck_ballots_method"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_ballots_method"), "method in ('named', 'secret', 'paper', 'hands')"
        )
        batch_op.create_check_constraint(
            op.f("ck_ballots_sealed"), "sealing_key IS NULL OR (method = 'secret' AND status = 'open')"
        )


def _change_counts() -> None:
    with op.batch_alter_table("counts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chosen", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("households", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("households_present", sa.Integer(), nullable=True))
        batch_op.drop_constraint(op.f("ck_counts_handed_out"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_counts_handed_out"),
            "present <= roll AND (issued <= present OR issued <= coalesce(households_present, 0))",
        )
        batch_op.alter_column("yes", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("no", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("abstain", existing_type=sa.INTEGER(), nullable=True)
        batch_op.drop_constraint(op.f("ck_counts_adds_up"), type_="check")
        batch_op.create_check_constraint(op.f("ck_counts_adds_up"), "valid + invalid = returned")
        batch_op.create_check_constraint(
            op.f("ck_counts_votes"),
            "CASE WHEN chosen IS NULL THEN coalesce(yes + no + abstain = valid, false)"
            " ELSE yes IS NULL AND no IS NULL AND abstain IS NULL END",
        )


def _change_meeting_members() -> None:
    op.add_column("meetings", sa.Column("households", sa.Integer(), nullable=True))
    with op.batch_alter_table("meeting_members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_code", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("came_at", sa.String(27), nullable=True))
        batch_op.add_column(sa.Column("left_at", sa.String(27), nullable=True))
        batch_op.add_column(sa.Column("weight", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("in_place_of", sa.Integer(), nullable=True))
        batch_op.create_index(
            "uq_meeting_members_in_place_of",
            ["meeting_id", "in_place_of"],
            unique=True,
            sqlite_where=sa.text("in_place_of IS NOT NULL"),
            postgresql_where=sa.text("in_place_of IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_meeting_members_in_place_of"), "people", ["in_place_of"], ["id"]
        )
        batch_op.drop_constraint(op.f("ck_meeting_members_attendance"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_meeting_members_attendance"),
            "attendance in ('unknown', 'present', 'leave', 'absent', 'left')",
        )
        batch_op.create_check_constraint(op.f("ck_meeting_members_weight"), "weight >= 0")


def _change_motions() -> None:
    op.add_column("motions", sa.Column("passed", sa.Boolean(), nullable=True))
    # Votes of before: exact where all motions of one had the same fate. Of a vote that passed in part it is not known.
    for outcome, passed in (("通过", True), ("未通过", False)):
        items = sa.select(_ITEMS.c.task_id).where(
            _ITEMS.c.outcome == outcome, _ITEMS.c.withdrawn_at.is_(None)
        )
        op.execute(_MOTIONS.update().where(_MOTIONS.c.task_id.in_(items)).values(passed=passed))


_MOTIONS = sa.table("motions", sa.column("task_id", sa.String), sa.column("passed", sa.Boolean))
_ITEMS = sa.table(
    "agenda_items",
    sa.column("task_id", sa.String),
    sa.column("outcome", sa.String),
    sa.column("withdrawn_at", sa.String),
)


def _change_opinions() -> None:
    with op.batch_alter_table("opinions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("source", sa.String(length=12), server_default="account", nullable=False)
        )
        batch_op.add_column(sa.Column("household_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("contact", sa.String(length=32), server_default="", nullable=False))
        batch_op.add_column(sa.Column("admitted", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("moderated_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("moderated_at", sa.String(27), nullable=True))
        batch_op.add_column(sa.Column("moderation", sa.Text(), server_default="", nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_opinions_moderated_by"), "people", ["moderated_by"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_opinions_household_id"), "households", ["household_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_opinions_source"), "source in ('account', 'household', 'open')"
        )
        batch_op.create_check_constraint(
            op.f("ck_opinions_household"), "(source = 'household') = (household_id IS NOT NULL)"
        )
        batch_op.create_check_constraint(op.f("ck_opinions_moderated"), "admitted IS NULL OR source = 'open'")
        batch_op.create_index("ix_opinions_at", ["at"], unique=False)
        _one_a_household(batch_op, "opinions")


def _change_ratings() -> None:
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("source", sa.String(length=12), server_default="account", nullable=False)
        )
        batch_op.add_column(sa.Column("household_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_ratings_household_id"), "households", ["household_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_ratings_source"), "source in ('account', 'household', 'open')"
        )
        batch_op.create_check_constraint(
            op.f("ck_ratings_household"), "(source = 'household') = (household_id IS NOT NULL)"
        )
        _one_a_household(batch_op, "ratings")


def _one_a_household(batch_op: Any, table: str) -> None:
    live = sa.text("household_id IS NOT NULL AND withdrawn_at IS NULL")
    batch_op.create_index(
        f"uq_{table}_task_id_household_id",
        ["task_id", "household_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def _asked() -> None:
    op.create_table(
        "asked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("designation", sa.String(length=64), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(designation IS NOT NULL AND unit_id IS NOT NULL) OR person_id IS NOT NULL",
            name=op.f("ck_asked_somebody"),
        ),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_asked_instance_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_asked_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_asked_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked")),
    )
    with op.batch_alter_table("asked", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asked_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asked_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_asked_unit_id_designation", ["unit_id", "designation"], unique=False)


def _change_file_uses() -> None:
    with op.batch_alter_table("file_uses", schema=None) as batch_op:
        batch_op.alter_column("uploaded_by", existing_type=sa.INTEGER(), nullable=True)


def _change_votes() -> None:
    with op.batch_alter_table("votes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chosen", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("weight", sa.Integer(), server_default="1", nullable=False))
        batch_op.alter_column("choice", existing_type=sa.VARCHAR(length=4), nullable=True)
        batch_op.create_check_constraint(op.f("ck_votes_something"), "(choice IS NULL) <> (chosen IS NULL)")
