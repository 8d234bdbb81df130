"""Since when an agency is no more, and who has today what it had."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agencies", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("agencies", sa.Column("successors", JSONB(), nullable=False, server_default="[]"))
    op.alter_column("agencies", "successors", server_default=None)


def downgrade() -> None:
    op.drop_column("agencies", "successors")
    op.drop_column("agencies", "closed_on")
