"""What hangs on a message goes with it: letters go when their time is over, or when their person is erased."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

HANGS = ("attachments", "attempts", "resends")


def upgrade() -> None:
    for table in HANGS:
        op.drop_constraint(f"fk_{table}_message_id_messages", table, type_="foreignkey")
        op.create_foreign_key(
            f"fk_{table}_message_id_messages", table, "messages", ["message_id"], ["id"], ondelete="CASCADE"
        )


def downgrade() -> None:
    for table in HANGS:
        op.drop_constraint(f"fk_{table}_message_id_messages", table, type_="foreignkey")
        op.create_foreign_key(f"fk_{table}_message_id_messages", table, "messages", ["message_id"], ["id"])
