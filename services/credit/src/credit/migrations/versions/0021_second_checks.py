"""Decisions that were drawn to be made again by somebody who does not see the first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the case, with the decision that was drawn"),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False, comment="where the person served when it was drawn"),
        sa.Column("first", sa.Text(), nullable=False, comment="what the first checker found"),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("judged_by", sa.Text(), nullable=True),
        sa.Column("judges", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number IN (2, 3)", name=op.f("ck_second_checks_number")),
        sa.CheckConstraint("verdict IN ('right', 'wrong')", name=op.f("ck_second_checks_verdict")),
        sa.CheckConstraint(
            "num_nulls(verdict, judged_by, judges, judged_at) IN (0, 4)", name=op.f("ck_second_checks_judged")
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "version"],
            ["case_history.case_id", "case_history.version"],
            name=op.f("fk_second_checks_case_id_version_case_history"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_checks")),
        sa.UniqueConstraint("case_id", "version", "number", name=op.f("uq_second_checks_case_id_version_number")),
    )
    op.create_index(op.f("ix_second_checks_agency_id"), "second_checks", ["agency_id"])


def downgrade() -> None:
    op.drop_table("second_checks")
