"""What is kept of a nation, by unit too, and how many wait for their hours to be verified."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM kept_counts")  # it is made anew within minutes
    op.add_column("kept_counts", sa.Column("by_unit", sa.Boolean(), nullable=False))
    op.add_column("kept_counts", sa.Column("unit_id", sa.Uuid()))
    op.add_column("kept_counts", sa.Column("waiting", sa.Integer(), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM kept_counts WHERE by_unit")
    for column in ("waiting", "unit_id", "by_unit"):
        op.drop_column("kept_counts", column)
