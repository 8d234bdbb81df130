"""Reminders of circles' meetings."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of meetings that were planned before there were reminders nobody is reminded.
    op.add_column("circle_meetings", sa.Column("reminded", sa.Integer(), nullable=False, server_default="2"))
    op.alter_column("circle_meetings", "reminded", server_default=None)
    op.create_index(
        "ix_circle_meetings_ahead",
        "circle_meetings",
        ["starts_at"],
        postgresql_where=sa.text("state = 'planned' AND reminded < 2"),
    )


def downgrade() -> None:
    op.drop_index("ix_circle_meetings_ahead", "circle_meetings")
    op.drop_column("circle_meetings", "reminded")
