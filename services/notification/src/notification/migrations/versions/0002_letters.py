"""A message is for a person or a PIC, of a template, and may wait for an address; contacts, and files that go with it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPTIONAL = ("round_id", "agency_id", "rank", "recipient", "language", "time_zone")


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("check_id", sa.Uuid(), nullable=True),
        sa.Column("check_email", sa.Text(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_contacts"),
    )
    op.create_table(
        "attachments",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_attachments_message_id_messages"),
        sa.PrimaryKeyConstraint("message_id", "number", name="pk_attachments"),
    )
    for column, kind, default in (
        ("template", sa.Text(), "digest"),
        ("template_version", sa.Integer(), "1"),
        ("why", sa.Text(), "sounding"),
    ):
        op.add_column("messages", sa.Column(column, kind, nullable=False, server_default=default))
        op.alter_column("messages", column, server_default=None)
    op.add_column("messages", sa.Column("person_id", sa.Uuid(), nullable=True))
    op.add_column("messages", sa.Column("traceparent", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("messages", "figures", new_column_name="values")
    for column in OPTIONAL:
        op.alter_column("messages", column, nullable=True)
    op.drop_constraint(op.f("ck_messages_state"), "messages")
    op.drop_constraint(op.f("ck_messages_reason"), "messages")
    for name, condition in (
        ("state", "state IN ('queued', 'waiting', 'sent', 'failed', 'skipped')"),
        ("reason", "(state IN ('waiting', 'failed', 'skipped')) = (reason IS NOT NULL)"),
        ("whom", "(person_id IS NULL) <> (agency_id IS NULL)"),
        (
            "template",
            (
                "CASE template WHEN 'digest' THEN num_nulls(round_id, recipient) = 0"
                " ELSE round_id IS NULL AND num_nulls(values, expires_at) = 0 END"
            ),
        ),
        ("sent", "state <> 'sent' OR num_nulls(recipient, language, time_zone) = 0"),
    ):
        op.create_check_constraint(op.f(f"ck_messages_{name}"), "messages", condition)
    op.drop_index("ix_messages_due", table_name="messages")
    op.create_index(
        "ix_messages_due", "messages", ["due_at"], postgresql_where=sa.text("state IN ('queued', 'waiting')")
    )
    op.create_index("ix_messages_person_id", "messages", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_messages_person_id", table_name="messages")
    op.drop_index("ix_messages_due", table_name="messages")
    op.create_index("ix_messages_due", "messages", ["due_at"], postgresql_where=sa.text("state = 'queued'"))
    op.drop_table("attachments")
    # Letters have no place in what was there before.
    op.execute("DELETE FROM resends USING messages WHERE message_id = messages.id AND round_id IS NULL")
    op.execute("DELETE FROM attempts USING messages WHERE message_id = messages.id AND round_id IS NULL")
    op.execute("DELETE FROM messages WHERE round_id IS NULL")
    for name in ("sent", "template", "whom", "reason", "state"):
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages")
    op.create_check_constraint(
        op.f("ck_messages_reason"), "messages", "(state IN ('failed', 'skipped')) = (reason IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_messages_state"), "messages", "state IN ('queued', 'sent', 'failed', 'skipped')"
    )
    for column in OPTIONAL:
        op.alter_column("messages", column, nullable=False)
    op.alter_column("messages", "values", new_column_name="figures")
    for column in ("expires_at", "traceparent", "person_id", "why", "template_version", "template"):
        op.drop_column("messages", column)
    op.drop_table("contacts")
