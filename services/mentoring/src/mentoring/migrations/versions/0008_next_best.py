"""Whether the next best was looked for after an offer came to nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pairs", sa.Column("next_sought", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("pairs", "next_sought", server_default=None)
    op.create_index("ix_pairs_unanswered", "pairs", ["answer_by"], postgresql_where=sa.text("state = 'offered'"))
    op.create_index(
        "ix_pairs_unsought",
        "pairs",
        ["id"],
        postgresql_where=sa.text("state IN ('declined', 'lapsed') AND NOT next_sought"),
    )


def downgrade() -> None:
    op.drop_index("ix_pairs_unsought", "pairs")
    op.drop_index("ix_pairs_unanswered", "pairs")
    op.drop_column("pairs", "next_sought")
