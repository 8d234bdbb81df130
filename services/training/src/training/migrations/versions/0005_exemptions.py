"""Exemptions from the yearly duty, and each step of theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exemptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("paper", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("hands", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'approved', 'refused')", name=op.f("ck_exemptions_state")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_exemptions_dates")),
        sa.PrimaryKeyConstraint("id", name="pk_exemptions"),
    )
    op.create_index(op.f("ix_exemptions_person_id"), "exemptions", ["person_id"])
    op.create_table(
        "exemption_changes",
        sa.Column("exemption_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("act IN ('asked', 'approved', 'refused', 'ended')", name=op.f("ck_exemption_changes_act")),
        sa.ForeignKeyConstraint(
            ["exemption_id"], ["exemptions.id"], name="fk_exemption_changes_exemption_id_exemptions"
        ),
        sa.PrimaryKeyConstraint("exemption_id", "version", name="pk_exemption_changes"),
    )


def downgrade() -> None:
    op.drop_table("exemption_changes")
    op.drop_table("exemptions")
