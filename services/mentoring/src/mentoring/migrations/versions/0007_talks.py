"""Private notes, reports of problems, and single talks."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "private_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_private_notes_pair_id_pairs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_notes")),
    )
    op.create_index(op.f("ix_private_notes_author_id"), "private_notes", ["author_id"], unique=False)
    op.create_table(
        "confidants",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_confidants_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("programme_id", "person_id", name=op.f("pk_confidants")),
    )
    op.create_table(
        "problem_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("concerns_id", sa.Uuid(), nullable=False),
        sa.Column("handler_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "about IN ('conduct', 'absence', 'confidentiality', 'conflict_of_interest', 'other')",
            name=op.f("ck_problem_reports_about"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (handled_at IS NULL)", name=op.f("ck_problem_reports_handled")),
        sa.CheckConstraint(
            "handler_id NOT IN (reporter_id, concerns_id) AND reporter_id <> concerns_id",
            name=op.f("ck_problem_reports_outside"),
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_problem_reports_pair_id_pairs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_reports")),
    )
    op.create_index(op.f("ix_problem_reports_reporter_id"), "problem_reports", ["reporter_id"], unique=False)
    op.create_index(op.f("ix_problem_reports_handler_id"), "problem_reports", ["handler_id"], unique=False)
    op.create_table(
        "report_notices",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["problem_reports.id"], name=op.f("fk_report_notices_report_id_problem_reports")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_notices")),
    )
    op.create_index(op.f("ix_report_notices_person_id"), "report_notices", ["person_id"], unique=False)
    op.create_table(
        "talk_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('talk', 'guidance')", name=op.f("ck_talk_slots_kind")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_talk_slots_times")),
        sa.CheckConstraint("way IN ('online', 'onsite')", name=op.f("ck_talk_slots_way")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_slots")),
    )
    op.create_index(op.f("ix_talk_slots_mentor_id"), "talk_slots", ["mentor_id"], unique=False)
    op.create_index(op.f("ix_talk_slots_starts_at_id"), "talk_slots", ["starts_at", "id"], unique=False)
    op.create_table(
        "talks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'accepted', 'rejected', 'expired', 'cancelled')", name=op.f("ck_talks_state")
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["talk_slots.id"], name=op.f("fk_talks_slot_id_talk_slots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talks")),
    )
    op.create_index(op.f("ix_talks_mentee_id"), "talks", ["mentee_id"], unique=False)
    op.create_index(
        "uq_talks_one_live",
        "talks",
        ["slot_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('requested', 'accepted')"),
    )


def downgrade() -> None:
    op.drop_table("talks")
    op.drop_table("talk_slots")
    op.drop_table("report_notices")
    op.drop_table("problem_reports")
    op.drop_table("confidants")
    op.drop_table("private_notes")
