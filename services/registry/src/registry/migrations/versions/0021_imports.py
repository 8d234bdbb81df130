"""Spreadsheets that are imported."""

from alembic import op

from common.store import kit

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_imports_v1(op)


def downgrade() -> None:
    kit.drop_imports_v1(op)
