"""Sex of people, and whom the figures by sex count."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("sex", sa.Text(), nullable=True))
    op.create_table(
        "told_applicants",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_told_applicants_sex")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_told_applicants_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("programme_id", "person_id", name=op.f("pk_told_applicants")),
    )
    op.create_index(op.f("ix_told_applicants_person_id"), "told_applicants", ["person_id"])


def downgrade() -> None:
    op.drop_table("told_applicants")
    op.drop_column("people", "sex")
