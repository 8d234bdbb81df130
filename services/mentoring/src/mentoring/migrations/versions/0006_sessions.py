"""Agreements, sessions with their files, and what was told of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("goals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("confidentiality", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("mentee_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentor_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("proposed_by IN ('mentee', 'mentor')", name=op.f("ck_agreements_proposed_by")),
        sa.CheckConstraint(
            "(CASE proposed_by WHEN 'mentee' THEN mentee_signed_at ELSE mentor_signed_at END) IS NOT NULL",
            name=op.f("ck_agreements_signed"),
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_agreements_pair_id_pairs")),
        sa.PrimaryKeyConstraint("pair_id", "version", name=op.f("pk_agreements")),
    )
    op.create_table(
        "mentoring_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mentee_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentor_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("log", sa.Text(), nullable=True),
        sa.Column("actions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_mentoring_sessions_times")),
        sa.CheckConstraint("way IN ('online', 'onsite')", name=op.f("ck_mentoring_sessions_way")),
        sa.CheckConstraint(
            "state IN ('planned', 'pending', 'confirmed', 'cancelled')", name=op.f("ck_mentoring_sessions_state")
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (expires_at IS NOT NULL)", name=op.f("ck_mentoring_sessions_pending")
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR num_nulls(held_on, mentee_said_at, mentor_said_at) = 0",
            name=op.f("ck_mentoring_sessions_confirmed"),
        ),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_by IS NOT NULL) AND (cancelled_by IS NULL) = (cancel_reason IS NULL)",
            name=op.f("ck_mentoring_sessions_cancelled"),
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_mentoring_sessions_pair_id_pairs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_sessions")),
    )
    op.create_index(
        op.f("ix_mentoring_sessions_pair_id_starts_at"), "mentoring_sessions", ["pair_id", "starts_at"], unique=False
    )
    op.create_index(
        "ix_mentoring_sessions_planned",
        "mentoring_sessions",
        ["starts_at"],
        unique=False,
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_table(
        "session_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("added_by IN ('mentee', 'mentor')", name=op.f("ck_session_files_added_by")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["mentoring_sessions.id"], name=op.f("fk_session_files_session_id_mentoring_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_files")),
    )
    op.create_index(op.f("ix_session_files_session_id"), "session_files", ["session_id"], unique=False)
    op.create_table(
        "completions",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.ARRAY(sa.Date()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_completions_pair_id_pairs")),
        sa.PrimaryKeyConstraint("pair_id", "year", name=op.f("pk_completions")),
        sa.UniqueConstraint("id", name=op.f("uq_completions_id")),
    )
    op.create_index(op.f("ix_completions_record_id"), "completions", ["record_id"], unique=False)


def downgrade() -> None:
    op.drop_table("completions")
    op.drop_table("session_files")
    op.drop_table("mentoring_sessions")
    op.drop_table("agreements")
