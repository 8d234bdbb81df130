"""Flags of records, and how long a platform says that something took."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KINDS = "'overlap', 'long-day', 'leave', 'too-fast', 'shared-file'"


def upgrade() -> None:
    op.add_column("records", sa.Column("seconds", sa.Integer(), nullable=True))
    op.create_table(
        "record_flags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("figure", sa.Integer(), nullable=False),
        sa.Column("found_in", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("rule_pack", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_record_flags_kind")),
        sa.CheckConstraint("verdict IN ('plausible', 'implausible')", name=op.f("ck_record_flags_verdict")),
        sa.CheckConstraint(
            "num_nulls(verdict, reason, settled_by, settled_at) IN (0, 4)", name=op.f("ck_record_flags_settled")
        ),
        sa.CheckConstraint("num_nulls(answer, answered_at) IN (0, 2)", name=op.f("ck_record_flags_answered")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_record_flags_record_id_records"),
        sa.PrimaryKeyConstraint("id", name="pk_record_flags"),
    )
    op.create_index("ix_record_flags_record_id", "record_flags", ["record_id"])
    op.create_index(
        "uq_record_flags_open",
        "record_flags",
        ["record_id", "kind"],
        unique=True,
        postgresql_where=sa.text("verdict IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("record_flags")
    op.drop_column("records", "seconds")
