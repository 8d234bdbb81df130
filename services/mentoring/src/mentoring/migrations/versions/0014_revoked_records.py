"""What training has revoked while its answer was awaited."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("completions", sa.Column("revoked", sa.ARRAY(sa.Uuid()), nullable=False, server_default="{}"))
    op.alter_column("completions", "revoked", server_default=None)


def downgrade() -> None:
    op.drop_column("completions", "revoked")
