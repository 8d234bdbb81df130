"""Whose desk is told of people without an address."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("asked_by", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_messages_unreached", "messages", ["asked_by", "id"], postgresql_where=sa.text("state = 'waiting'")
    )


def downgrade() -> None:
    op.drop_index("ix_messages_unreached", "messages")
    op.drop_column("messages", "asked_by")
