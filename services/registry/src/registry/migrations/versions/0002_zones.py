"""The zone of an agency: those known before are taken to work by western time until told otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agencies", sa.Column("zone", sa.Text(), nullable=False, server_default="WIB"))
    op.alter_column("agencies", "zone", server_default=None)
    op.create_check_constraint(op.f("ck_agencies_zone"), "agencies", "zone IN ('WIB', 'WITA', 'WIT')")


def downgrade() -> None:
    op.drop_column("agencies", "zone")
