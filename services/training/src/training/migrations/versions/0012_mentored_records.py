"""Which record stands for the sessions that mentoring tells of."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mentored_records",
        sa.Column("completion_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_mentored_records_record_id_records")),
        sa.PrimaryKeyConstraint("completion_id", name=op.f("pk_mentored_records")),
    )
    op.create_index(op.f("ix_mentored_records_person_id"), "mentored_records", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("mentored_records")
