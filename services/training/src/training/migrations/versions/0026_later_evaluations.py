"""What attendees say of classes once more, some weeks later."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KEY, TABLE = "pk_class_evaluations", "class_evaluations"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("later", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column(TABLE, "later", server_default=None)
    op.drop_constraint(KEY, TABLE, type_="primary")
    op.create_primary_key(KEY, TABLE, ["class_id", "person_id", "later"])


def downgrade() -> None:
    # There was no place for a second word of one person.
    op.execute("DELETE FROM class_evaluations WHERE later")
    op.drop_constraint(KEY, TABLE, type_="primary")
    op.drop_column(TABLE, "later")
    op.create_primary_key(KEY, TABLE, ["class_id", "person_id"])
