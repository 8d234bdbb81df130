"""How often the next step of a job was begun."""

from alembic import op

from common.store import kit

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_tries_v1(op)


def downgrade() -> None:
    kit.drop_tries_v1(op)
