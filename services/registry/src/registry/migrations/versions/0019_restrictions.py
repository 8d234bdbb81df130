"""Whose record rests, as it is told to the services; who asked before is told of with their next step."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restrictions",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("parts", JSONB(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_restrictions"),
    )
    op.execute(
        "INSERT INTO restrictions SELECT person_id, jsonb_agg(DISTINCT part ORDER BY part), 1 FROM data_requests"
        " WHERE state = 'in_force' GROUP BY person_id"
    )


def downgrade() -> None:
    op.drop_table("restrictions")
