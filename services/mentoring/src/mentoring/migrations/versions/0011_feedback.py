"""What the two of a pair say at the start and at the end."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("levels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content", sa.Integer(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.CheckConstraint("side IN ('mentee', 'mentor')", name=op.f("ck_feedback_side")),
        sa.CheckConstraint("stage IN ('start', 'end')", name=op.f("ck_feedback_stage")),
        sa.CheckConstraint("(stage = 'end') = (content IS NOT NULL)", name=op.f("ck_feedback_content")),
        sa.CheckConstraint("content BETWEEN 1 AND 5", name=op.f("ck_feedback_degree")),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_feedback_pair_id_pairs")),
        sa.PrimaryKeyConstraint("pair_id", "side", "stage", name=op.f("pk_feedback")),
    )


def downgrade() -> None:
    op.drop_table("feedback")
