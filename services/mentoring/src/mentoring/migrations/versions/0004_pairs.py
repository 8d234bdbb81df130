"""Pairs, why the desk changed one, and who declined one."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pairs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentee_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentor_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("mentee_agency_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_unit_id", sa.Uuid(), nullable=True),
        sa.Column("mentor_agency_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_unit_id", sa.Uuid(), nullable=True),
        sa.Column("review", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'offered', 'active', 'declined', 'lapsed', 'ended', 'completed')",
            name=op.f("ck_pairs_state"),
        ),
        sa.CheckConstraint("mentee_id <> mentor_id", name=op.f("ck_pairs_two")),
        sa.CheckConstraint("(state = 'draft') = (answer_by IS NULL)", name=op.f("ck_pairs_offered")),
        sa.CheckConstraint(
            "state <> 'active' OR num_nulls(mentee_accepted_at, mentor_accepted_at) = 0",
            name=op.f("ck_pairs_accepted"),
        ),
        sa.CheckConstraint(
            "(state IN ('active', 'ended', 'completed')) = (begins_on IS NOT NULL)"
            " AND (begins_on IS NULL) = (ends_on IS NULL)",
            name=op.f("ck_pairs_period"),
        ),
        sa.CheckConstraint("begins_on <= ends_on", name=op.f("ck_pairs_dates")),
        sa.CheckConstraint("(state = 'ended') = (ended_reason IS NOT NULL)", name=op.f("ck_pairs_ended")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_pairs_programme_id_programmes")),
        sa.ForeignKeyConstraint(["run_id"], ["matching_runs.id"], name=op.f("fk_pairs_run_id_matching_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairs")),
    )
    op.create_index(op.f("ix_pairs_programme_id"), "pairs", ["programme_id"], unique=False)
    op.create_index(op.f("ix_pairs_mentee_id"), "pairs", ["mentee_id"], unique=False)
    op.create_index(op.f("ix_pairs_mentor_id"), "pairs", ["mentor_id"], unique=False)
    op.create_index(
        "uq_pairs_one_live",
        "pairs",
        ["programme_id", "mentee_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'offered', 'active')"),
    )
    op.create_table(
        "pair_changes",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_pair_changes_pair_id_pairs")),
        sa.PrimaryKeyConstraint("pair_id", "version", name=op.f("pk_pair_changes")),
    )
    op.create_table(
        "declined_pairs",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_declined_pairs_pair_id_pairs")),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_declined_pairs")),
    )
    op.create_index(op.f("ix_declined_pairs_person_id"), "declined_pairs", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("declined_pairs")
    op.drop_table("pair_changes")
    op.drop_table("pairs")
