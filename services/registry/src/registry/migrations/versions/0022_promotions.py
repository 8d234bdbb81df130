"""Rises in rank and in level, by decree."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "promotions",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("jenjang_before", sa.Text(), nullable=True),
        sa.Column("golongan_before", sa.Text(), nullable=False),
        sa.Column("jenjang", sa.Text(), nullable=True),
        sa.Column("golongan", sa.Text(), nullable=False),
        sa.Column("decree", sa.Text(), nullable=False),
        sa.Column("decree_date", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('rank', 'level')", name=op.f("ck_promotions_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_promotions_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", "kind", "valid_from", name="pk_promotions"),
    )


def downgrade() -> None:
    op.drop_table("promotions")
