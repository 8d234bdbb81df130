"""Agencies, rounds with their digests and pages, messages, and the tables of the kit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from common.store import kit

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_v1(op, consumes=True)
    op.create_table(
        "agencies",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("pics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name="pk_agencies"),
    )
    op.create_table(
        "listed_people",
        sa.Column("sweep_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("unit_name", sa.Text(), nullable=True),
        sa.Column("due", sa.Numeric(precision=8, scale=3), nullable=False),
        sa.Column("missing", sa.Numeric(precision=8, scale=3), nullable=False),
        sa.PrimaryKeyConstraint("sweep_id", "agency_id", "person_id", "round_id", name="pk_listed_people"),
    )
    op.create_table(
        "resolutions",
        sa.Column("sweep_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("resolved", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sweep_id", "agency_id", "person_id", name="pk_resolutions"),
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sweep_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('sweep', 'reopened')", name=op.f("ck_rounds_kind")),
        sa.PrimaryKeyConstraint("id", name="pk_rounds"),
    )
    op.create_index("ix_rounds_opened_at_id", "rounds", ["opened_at", "id"], unique=False)
    op.create_table(
        "digests",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("pages_in", sa.Integer(), nullable=False),
        sa.Column("people_total", sa.Integer(), nullable=False),
        sa.Column("short_total", sa.Integer(), nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("resolved", sa.Integer(), nullable=False),
        sa.Column("redeemed", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (reason IS NOT NULL)", name=op.f("ck_digests_reason")),
        sa.CheckConstraint("state IN ('collecting', 'waiting', 'ready', 'met')", name=op.f("ck_digests_state")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.agency_id"], name="fk_digests_agency_id_agencies"),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name="fk_digests_round_id_rounds"),
        sa.PrimaryKeyConstraint("round_id", "agency_id", name="pk_digests"),
    )
    op.create_index("ix_digests_agency_id", "digests", ["agency_id"], unique=False)
    op.create_index("ix_digests_notice_id_agency_id", "digests", ["notice_id", "agency_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("cc", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("refused", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state IN ('failed', 'skipped')) = (reason IS NOT NULL)", name=op.f("ck_messages_reason")),
        sa.CheckConstraint("rank IN ('main', 'deputy')", name=op.f("ck_messages_rank")),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed', 'skipped')", name=op.f("ck_messages_state")),
        sa.ForeignKeyConstraint(
            ["round_id", "agency_id"],
            ["digests.round_id", "digests.agency_id"],
            name="fk_messages_round_id_agency_id_digests",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("dedupe_key", name="uq_messages_dedupe_key"),
    )
    op.create_index("ix_messages_agency_id", "messages", ["agency_id"], unique=False)
    op.create_index(
        "ix_messages_due", "messages", ["due_at"], unique=False, postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index("ix_messages_round_id_agency_id", "messages", ["round_id", "agency_id"], unique=False)
    op.create_index("ix_messages_state_created_at_id", "messages", ["state", "created_at", "id"], unique=False)
    op.create_table(
        "pages",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id", "agency_id"],
            ["digests.round_id", "digests.agency_id"],
            name="fk_pages_round_id_agency_id_digests",
        ),
        sa.PrimaryKeyConstraint("round_id", "agency_id", "page", name="pk_pages"),
        sa.UniqueConstraint("event_id", name="uq_pages_event_id"),
    )
    op.create_table(
        "attempts",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("result IN ('sent', 'deferred', 'failed')", name=op.f("ck_attempts_result")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_attempts_message_id_messages"),
        sa.PrimaryKeyConstraint("message_id", "number", name="pk_attempts"),
    )
    op.create_table(
        "resends",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("after_attempt", sa.Integer(), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_resends_message_id_messages"),
        sa.PrimaryKeyConstraint("message_id", "after_attempt", name="pk_resends"),
    )


def downgrade() -> None:
    op.drop_table("resends")
    op.drop_table("attempts")
    op.drop_table("pages")
    op.drop_index("ix_messages_state_created_at_id", table_name="messages")
    op.drop_index("ix_messages_round_id_agency_id", table_name="messages")
    op.drop_index("ix_messages_due", table_name="messages")
    op.drop_index("ix_messages_agency_id", table_name="messages")
    op.drop_table("messages")
    op.drop_index("ix_digests_notice_id_agency_id", table_name="digests")
    op.drop_index("ix_digests_agency_id", table_name="digests")
    op.drop_table("digests")
    op.drop_index("ix_rounds_opened_at_id", table_name="rounds")
    op.drop_table("rounds")
    op.drop_table("resolutions")
    op.drop_table("listed_people")
    op.drop_table("agencies")
    kit.drop_v1(op, consumes=True)
