"""For whom somebody acts who is logged in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("acting", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "acting")
