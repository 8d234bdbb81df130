"""What is said of people for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("paper", sa.Text(), nullable=False, comment="the decree or letter that says so"),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_tags_dates")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_tags_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", "tag", "valid_from", name="pk_tags"),
    )
    op.create_index("ix_tags_tag_person_id", "tags", ["tag", "person_id"])


def downgrade() -> None:
    op.drop_table("tags")
