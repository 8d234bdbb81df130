"""Records that SIASN itself has told are found, so that none goes back."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_reports_from_siasn", "reports", ["record_id"], postgresql_where=sa.text("source_name = 'siasn'")
    )


def downgrade() -> None:
    op.drop_index("ix_reports_from_siasn", "reports")
