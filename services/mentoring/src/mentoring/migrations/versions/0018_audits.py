"""Audits: samples of confirmed sessions, and what was found."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_samples",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("since <= until", name=op.f("ck_audit_samples_dates")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_audit_samples_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_samples")),
    )
    op.create_index(op.f("ix_audit_samples_programme_id"), "audit_samples", ["programme_id"], unique=False)
    op.create_table(
        "audited_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("auditor_id", sa.Uuid(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("finding IN ('held', 'not-held', 'unclear')", name=op.f("ck_audited_sessions_finding")),
        sa.CheckConstraint("num_nulls(finding, words, found_at) IN (0, 3)", name=op.f("ck_audited_sessions_found")),
        sa.CheckConstraint("finding IS NULL OR auditor_id IS NOT NULL", name=op.f("ck_audited_sessions_auditor")),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["audit_samples.id"], name=op.f("fk_audited_sessions_sample_id_audit_samples")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["mentoring_sessions.id"], name=op.f("fk_audited_sessions_session_id_mentoring_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audited_sessions")),
        sa.UniqueConstraint("sample_id", "session_id", name=op.f("uq_audited_sessions_sample_id_session_id")),
    )
    op.create_index(op.f("ix_audited_sessions_session_id"), "audited_sessions", ["session_id"], unique=False)
    op.create_index(op.f("ix_audited_sessions_auditor_id"), "audited_sessions", ["auditor_id"], unique=False)


def downgrade() -> None:
    op.drop_table("audited_sessions")
    op.drop_table("audit_samples")
