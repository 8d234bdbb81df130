"""What platforms call people and courses, what these are here, and what platforms say of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OF_CONNECTION = ("platform_users", "platform_courses", "course_mappings", "signals", "readings")


def upgrade() -> None:
    op.create_table(
        "platform_users",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("anywhere", sa.BigInteger(), nullable=False),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        sa.Column("nip_hash", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("mapped_by", sa.Text(), nullable=True),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("connection_id", "key", name=op.f("pk_platform_users")),
    )
    op.create_index(op.f("ix_platform_users_connection_id_anywhere"), "platform_users", ["connection_id", "anywhere"])
    op.create_index(op.f("ix_platform_users_person_id"), "platform_users", ["person_id"])
    op.create_index(
        "ix_platform_users_awaited", "platform_users", ["nip_hash"], postgresql_where=sa.text("person_id IS NULL")
    )
    op.create_table(
        "platform_courses",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("connection_id", "key", name=op.f("pk_platform_courses")),
    )
    op.create_table(
        "course_mappings",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("course", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("mapped_by", sa.Text(), nullable=False),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "course", "valid_from", name=op.f("pk_course_mappings")),
    )
    op.create_table(
        "signals",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.LargeBinary(), nullable=False),
        sa.Column("course", sa.LargeBinary(), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.CheckConstraint("says IN ('finished', 'failed', 'revoked')", name=op.f("ck_signals_says")),
        sa.PrimaryKeyConstraint("connection_id", "id", name=op.f("pk_signals")),
    )
    op.create_index(op.f("ix_signals_connection_id_actor_course"), "signals", ["connection_id", "actor", "course"])
    op.create_table(
        "readings",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("stored", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_readings")),
    )
    for table in OF_CONNECTION:
        op.create_foreign_key(
            op.f(f"fk_{table}_connection_id_connections"), table, "connections", ["connection_id"], ["id"]
        )


def downgrade() -> None:
    for table in OF_CONNECTION:
        op.drop_table(table)
