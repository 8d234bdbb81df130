"""Which unit was above which, so that a unit is counted with those below; whoever owes nothing is found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("unit_states", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.create_index("ix_unit_states_parent_id", "unit_states", ["parent_id"], unique=False)
    op.create_index(
        "ix_jp_ledger_exempt", "jp_ledger", ["year"], unique=False, postgresql_where=sa.text("duty_months = 0")
    )


def downgrade() -> None:
    op.drop_index("ix_jp_ledger_exempt", table_name="jp_ledger")
    op.drop_index("ix_unit_states_parent_id", table_name="unit_states")
    op.drop_column("unit_states", "parent_id")
