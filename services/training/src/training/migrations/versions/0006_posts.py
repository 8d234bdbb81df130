"""The posts that people held: counts tell them apart by jenjang and position."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "posts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("jenjang", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "number", name="pk_posts"),
    )


def downgrade() -> None:
    op.drop_table("posts")
