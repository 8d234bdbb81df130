"""Totals that everybody reads, and the kinds of agencies. A known agency has none until the registry tells of it again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agencies", sa.Column("kind", sa.Text(), nullable=True))
    op.create_table(
        "published_totals",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("year", "period", "level", name="pk_published_totals"),
    )


def downgrade() -> None:
    op.drop_table("published_totals")
    op.drop_column("agencies", "kind")
