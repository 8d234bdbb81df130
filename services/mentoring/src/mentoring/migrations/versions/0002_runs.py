"""Matching runs and what they found, and the jobs that do them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from common.store import kit

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_jobs_v1(op)
    op.create_table(
        "matching_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=True),
        sa.Column("prices", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("mentors", sa.Integer(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("mentees", sa.Integer(), nullable=True),
        sa.Column("matched", sa.Integer(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("lost_mentees", sa.Integer(), nullable=True),
        sa.Column("lost_points", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_matching_runs_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_runs")),
    )
    op.create_index(op.f("ix_matching_runs_programme_id"), "matching_runs", ["programme_id"], unique=False)
    op.create_table(
        "matching_results",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("limited_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(mentor_id IS NULL) = (score IS NULL) AND (mentor_id IS NULL) = (limited_by IS NOT NULL)",
            name=op.f("ck_matching_results_found"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["matching_runs.id"], name=op.f("fk_matching_results_run_id_matching_runs")
        ),
        sa.PrimaryKeyConstraint("run_id", "mentee_id", name=op.f("pk_matching_results")),
    )


def downgrade() -> None:
    op.drop_table("matching_results")
    op.drop_table("matching_runs")
    kit.drop_jobs_v1(op)
