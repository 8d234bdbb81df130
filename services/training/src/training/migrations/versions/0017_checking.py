"""Records in the hands of verifiers, and the copy of deputies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deputies",
        sa.Column("delegation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("named_by", JSONB(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("delegation_id", name="pk_deputies"),
    )
    op.create_index("ix_deputies_person_id", "deputies", ["person_id"])
    op.create_index("ix_deputies_deputy_id", "deputies", ["deputy_id"])
    op.create_table(
        "checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=False),
        sa.Column("acting_for", sa.Uuid(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("verdict IN ('confirmed', 'refused')", name=op.f("ck_checks_verdict")),
        sa.CheckConstraint("(verdict IS NULL) = (decided_at IS NULL)", name=op.f("ck_checks_decided")),
        sa.CheckConstraint("(verdict = 'refused') = (reason IS NOT NULL)", name=op.f("ck_checks_reason")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_checks_record_id_records"),
        sa.PrimaryKeyConstraint("id", name="pk_checks"),
    )
    op.create_index("ix_checks_record_id", "checks", ["record_id"])
    is_open = sa.text("verdict IS NULL")
    op.create_index("uq_checks_open", "checks", ["record_id"], unique=True, postgresql_where=is_open)
    op.create_index("ix_checks_held", "checks", ["held_by"], postgresql_where=is_open)
    waiting = sa.text("state = 'valid' AND NOT verified")
    op.create_index("ix_records_unchecked", "records", ["agency_id", "id"], postgresql_where=waiting)


def downgrade() -> None:
    op.drop_index("ix_records_unchecked", "records")
    op.drop_table("checks")
    op.drop_table("deputies")
