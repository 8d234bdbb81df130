"""Records drawn by lot for an audit, and what was found of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_samples",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("strata", JSONB(), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("since <= until", name=op.f("ck_record_samples_dates")),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name="fk_record_samples_audit_id_audits"),
        sa.PrimaryKeyConstraint("id", name="pk_record_samples"),
    )
    op.create_index("ix_record_samples_audit_id", "record_samples", ["audit_id"])
    op.create_table(
        "audited_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("auditor_id", sa.Uuid(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("finding IN ('proved', 'not-proved', 'unclear')", name=op.f("ck_audited_records_finding")),
        sa.CheckConstraint("num_nulls(finding, words, found_at) IN (0, 3)", name=op.f("ck_audited_records_found")),
        sa.CheckConstraint("finding IS NULL OR auditor_id IS NOT NULL", name=op.f("ck_audited_records_auditor")),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["record_samples.id"], name="fk_audited_records_sample_id_record_samples"
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_audited_records_record_id_records"),
        sa.PrimaryKeyConstraint("id", name="pk_audited_records"),
        sa.UniqueConstraint("sample_id", "record_id", name="uq_audited_records_sample_id_record_id"),
    )
    op.create_index("ix_audited_records_record_id", "audited_records", ["record_id"])
    op.create_index("ix_audited_records_auditor_id", "audited_records", ["auditor_id"])


def downgrade() -> None:
    op.drop_table("audited_records")
    op.drop_table("record_samples")
