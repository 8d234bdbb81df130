"""In which unit somebody serves, for conflicts of interest and counts.

Of who was known before it is not known until the registry tells of them again (`python -m registry tell-again`), and of a post until it changes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "units",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_units")),
    )
    op.create_index(op.f("ix_units_agency_id"), "units", ["agency_id"])
    op.create_table(
        "unit_states",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("unit_id", "number", name=op.f("pk_unit_states")),
    )
    op.create_index(op.f("ix_unit_states_parent_id"), "unit_states", ["parent_id"])
    op.create_table(
        "assignments",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_assignments")),
    )
    op.add_column("post_states", sa.Column("unit_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("post_states", "unit_id")
    for table in ("assignments", "unit_states", "units"):
        op.drop_table(table)
