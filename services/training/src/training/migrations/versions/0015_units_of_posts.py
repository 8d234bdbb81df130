"""The unit of each post: whoever holds it serves there. A known post has none until the registry tells of it again."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post_states", sa.Column("unit_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("post_states", "unit_id")
