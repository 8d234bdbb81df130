"""The outbox: whoever looks at messages to people leaves an entry in the access log."""

from alembic import op

from common.store import kit

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_v1(op, emits=True)


def downgrade() -> None:
    kit.drop_v1(op, emits=True)
