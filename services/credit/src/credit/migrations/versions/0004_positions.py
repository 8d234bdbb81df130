"""The copy of people: as what somebody served. A known person has none until the registry tells of them again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("position", sa.Text(), nullable=False, server_default=""))
    op.alter_column("posts", "position", server_default=None)


def downgrade() -> None:
    op.drop_column("posts", "position")
