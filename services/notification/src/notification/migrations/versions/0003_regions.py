"""Where agencies are, in their copy: unknown until the registry tells of each again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agencies", sa.Column("region", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("agencies", "region")
