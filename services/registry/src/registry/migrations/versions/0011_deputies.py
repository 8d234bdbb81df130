"""Who stands in for whom, in which duty."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("named_by", JSONB(), nullable=False, comment="subject and person of whoever named the deputy"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("person_id <> deputy_id", name=op.f("ck_delegations_two_people")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_delegations_dates")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_delegations_person_id_people"),
        sa.ForeignKeyConstraint(["deputy_id"], ["people.id"], name="fk_delegations_deputy_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_delegations"),
    )
    op.create_index("ix_delegations_person_id", "delegations", ["person_id"])
    op.create_index("ix_delegations_deputy_id", "delegations", ["deputy_id"])


def downgrade() -> None:
    op.drop_table("delegations")
