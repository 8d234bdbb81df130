"""Counts of the nation that are kept for some minutes."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COUNTS = ("active", "met", "short", "exempt", "on_track", "needs_action", "overdue")
HOURS = ("missing", "target", "verified", "unverified")


def upgrade() -> None:
    op.create_table(
        "kept_counts",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("agency_name", "kind", "region", "jenjang", "position")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        *(sa.Column(name, sa.Numeric(), nullable=False) for name in HOURS),
    )


def downgrade() -> None:
    op.drop_table("kept_counts")
