"""Reminders of sessions, and pairs that have not met for long."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of sessions that were planned before there were reminders nobody is reminded.
    op.add_column("mentoring_sessions", sa.Column("reminded", sa.Integer(), nullable=False, server_default="2"))
    op.alter_column("mentoring_sessions", "reminded", server_default=None)
    op.create_table(
        "quiet_pairs",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_quiet_pairs_pair_id_pairs")),
        sa.PrimaryKeyConstraint("pair_id", "since", name=op.f("pk_quiet_pairs")),
    )


def downgrade() -> None:
    op.drop_table("quiet_pairs")
    op.drop_column("mentoring_sessions", "reminded")
