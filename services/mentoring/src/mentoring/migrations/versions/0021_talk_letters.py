"""Talks that wait for an answer, in the order of their last moment."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_talks_unanswered", "talks", ["answer_by"], postgresql_where=sa.text("state = 'requested'"))


def downgrade() -> None:
    op.drop_index("ix_talks_unanswered", "talks")
