"""What units are called: a copy of the registry's, instead of a name in each assignment."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "units",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", name="pk_units"),
    )
    op.create_index("ix_units_agency_id", "units", ["agency_id"], unique=False)
    op.create_table(
        "unit_states",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "number", name="pk_unit_states"),
    )
    op.drop_column("assignments", "unit_name")


def downgrade() -> None:
    op.add_column("assignments", sa.Column("unit_name", sa.Text(), nullable=True))
    op.drop_table("unit_states")
    op.drop_index("ix_units_agency_id", table_name="units")
    op.drop_table("units")
