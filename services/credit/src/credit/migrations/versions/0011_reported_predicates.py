"""Predikat that connectors reports."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reported_predicates",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_reported_predicates_case_id_cases"),
        sa.PrimaryKeyConstraint("report_id", name="pk_reported_predicates"),
    )
    op.create_index("ix_reported_predicates_person_id", "reported_predicates", ["person_id"])


def downgrade() -> None:
    op.drop_table("reported_predicates")
