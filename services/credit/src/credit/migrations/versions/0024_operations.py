"""How far consumers are, and where the letters lie that they have buried."""

from alembic import op

from common.store import kit

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_operations_v1(op)


def downgrade() -> None:
    kit.drop_operations_v1(op)
