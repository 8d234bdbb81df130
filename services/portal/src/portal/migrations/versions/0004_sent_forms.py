"""Forms that were sent, so that the same is done once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent_forms",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sent_forms"),
    )
    op.create_index("ix_sent_forms_ends_at", "sent_forms", ["ends_at"])


def downgrade() -> None:
    op.drop_table("sent_forms")
