"""Addresses for webhooks of platforms, and what arrived there."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receivers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("former", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('standard', 'canvas', 'cornerstone', 'moodle')", name=op.f("ck_receivers_kind")),
        sa.CheckConstraint("(kind = 'canvas') = (secret IS NULL)", name=op.f("ck_receivers_secret")),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_receivers_connection_id_connections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receivers")),
    )
    op.create_index(op.f("ix_receivers_connection_id"), "receivers", ["connection_id"])
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'ignored', 'refused')", name=op.f("ck_arrivals_state")),
        sa.CheckConstraint("(state IN ('waiting', 'refused')) = (body IS NOT NULL)", name=op.f("ck_arrivals_body")),
        sa.CheckConstraint("(state = 'refused') = (code IS NOT NULL)", name=op.f("ck_arrivals_code")),
        sa.ForeignKeyConstraint(["receiver_id"], ["receivers.id"], name=op.f("fk_arrivals_receiver_id_receivers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
        sa.UniqueConstraint("receiver_id", "key", name=op.f("uq_arrivals_receiver_id_key")),
    )
    op.create_index("ix_arrivals_waiting", "arrivals", ["id"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(op.f("ix_arrivals_receiver_id_id"), "arrivals", ["receiver_id", "id"])


def downgrade() -> None:
    op.drop_table("arrivals")
    op.drop_table("receivers")
