"""Conflicts of interest, and the line of superiors. Posts that are known have none until the registry tells of them again."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conflicts",
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("judge_id", "person_id", name=op.f("pk_conflicts")),
    )
    op.create_index(op.f("ix_conflicts_person_id"), "conflicts", ["person_id"])
    op.add_column("post_states", sa.Column("superior_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_post_states_superior_id"), "post_states", ["superior_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_post_states_superior_id"), table_name="post_states")
    op.drop_column("post_states", "superior_id")
    op.drop_table("conflicts")
