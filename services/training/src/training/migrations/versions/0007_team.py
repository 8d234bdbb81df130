"""Who holds which post, which post stands above which, and the reminders of superiors."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "established_posts",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_established_posts"),
    )
    op.create_index("ix_established_posts_agency_id", "established_posts", ["agency_id"], unique=False)
    op.create_table(
        "post_states",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("superior_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("post_id", "number", name="pk_post_states"),
    )
    op.create_index("ix_post_states_superior_id", "post_states", ["superior_id"], unique=False)
    op.create_table(
        "holdings",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('definitive', 'plt', 'plh')", name=op.f("ck_holdings_kind")),
        sa.PrimaryKeyConstraint("person_id", "number", name="pk_holdings"),
    )
    op.create_index("ix_holdings_post_id", "holdings", ["post_id"], unique=False)
    op.create_table(
        "nudges",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("nudged_on", sa.Date(), nullable=False),
        sa.Column("superior_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "nudged_on", name="pk_nudges"),
    )


def downgrade() -> None:
    op.drop_table("nudges")
    op.drop_table("holdings")
    op.drop_table("post_states")
    op.drop_table("established_posts")
