"""Spreadsheets that are imported; predikat that were told to credit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.store import kit

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_jobs_v1(op)
    kit.create_tries_v1(op)
    kit.create_imports_v1(op)
    op.create_table(
        "performances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("predikat", sa.Text(), nullable=False),
        sa.Column("hasil_kerja", sa.Text(), nullable=True),
        sa.Column("perilaku", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.Column("refused_field", sa.Text(), nullable=True),
        sa.Column("refused_words", JSONB(), nullable=True),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_performances"),
    )
    op.create_index("ix_performances_person_id", "performances", ["person_id"])


def downgrade() -> None:
    op.drop_table("performances")
    kit.drop_imports_v1(op)
    kit.drop_tries_v1(op)
    kit.drop_jobs_v1(op)
