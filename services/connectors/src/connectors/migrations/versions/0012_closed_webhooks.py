"""A webhook ends with its agency."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_webhooks_ended"), "webhooks")
    op.create_check_constraint(
        op.f("ck_webhooks_ended"),
        "webhooks",
        "ended IS NULL OR (ended IN ('gone', 'unanswered', 'closed') AND NOT enabled)",
    )
    op.execute(
        "UPDATE webhooks SET enabled = false, ended = 'closed', version = version + 1"
        " WHERE agency_id IN (SELECT agency_id FROM agencies WHERE closed_on IS NOT NULL)"
    )


def downgrade() -> None:
    op.execute("UPDATE webhooks SET ended = NULL WHERE ended = 'closed'")
    op.drop_constraint(op.f("ck_webhooks_ended"), "webhooks")
    op.create_check_constraint(
        op.f("ck_webhooks_ended"), "webhooks", "ended IS NULL OR (ended IN ('gone', 'unanswered') AND NOT enabled)"
    )
