"""Tags of people, and offers of a mentor to converted staff."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_tags")),
    )
    op.create_table(
        "mentor_offers",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("offered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_mentor_offers_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("programme_id", "person_id", name=op.f("pk_mentor_offers")),
    )
    op.create_index(op.f("ix_mentor_offers_person_id"), "mentor_offers", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("mentor_offers")
    op.drop_table("tags")
