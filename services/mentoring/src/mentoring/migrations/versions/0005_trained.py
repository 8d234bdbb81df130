"""What people have been trained in."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trained",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("competency", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("jp", sa.Numeric(precision=8, scale=3), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "competency", name=op.f("pk_trained")),
    )
    op.create_index(op.f("ix_trained_person_id"), "trained", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("trained")
