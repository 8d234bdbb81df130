"""What reports of programmes tell of what mentees have said."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told_figures",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_told_figures_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("programme_id", "person_id", "kind", name=op.f("pk_told_figures")),
    )
    op.create_index(op.f("ix_told_figures_person_id"), "told_figures", ["person_id"])


def downgrade() -> None:
    op.drop_table("told_figures")
