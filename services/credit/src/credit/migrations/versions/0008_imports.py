"""Spreadsheets that are imported."""

from alembic import op

from common.store import kit

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_jobs_v1(op)
    kit.create_tries_v1(op)
    kit.create_imports_v1(op)


def downgrade() -> None:
    kit.drop_imports_v1(op)
    kit.drop_tries_v1(op)
    kit.drop_jobs_v1(op)
