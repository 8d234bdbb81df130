"""Which performance result and outcome a predikat rests on."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("performance_result", "performance_outcome"):
        op.add_column("performances", sa.Column(name, sa.Text(), nullable=True))


def downgrade() -> None:
    for name in ("performance_result", "performance_outcome"):
        op.drop_column("performances", name)
