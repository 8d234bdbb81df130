"""The copy of agencies: their regions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name="pk_agencies"),
    )


def downgrade() -> None:
    op.drop_table("agencies")
