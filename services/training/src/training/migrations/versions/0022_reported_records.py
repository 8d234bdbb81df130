"""Which record stands for an activity that connectors has reported."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reported_records",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_reported_records_record_id_records")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_reported_records")),
    )
    op.create_index(op.f("ix_reported_records_person_id"), "reported_records", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("reported_records")
