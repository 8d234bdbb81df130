"""Agencies, connections with their credentials, statements with what comes with them, documents, and the tables of the kit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from common.store import kit

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_v1(op, emits=True, consumes=True)
    op.create_table(
        "agencies",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("successors", postgresql.JSONB(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_agencies")),
    )
    op.create_table(
        "connections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("num_nonnulls(agency_id, provider_id) = 1", name=op.f("ck_connections_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
    )
    op.create_index(op.f("ix_connections_agency_id"), "connections", ["agency_id"], unique=False)
    op.create_index(op.f("ix_connections_provider_id"), "connections", ["provider_id"], unique=False)
    op.create_table(
        "credentials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_credentials_connection_id_connections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
    )
    op.create_index(op.f("ix_credentials_connection_id"), "credentials", ["connection_id"], unique=False)
    op.create_table(
        "statements",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("stored", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("target", sa.Uuid(), nullable=True),
        sa.Column("voids", sa.Boolean(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_statements_connection_id_connections")
        ),
        sa.PrimaryKeyConstraint("connection_id", "id", name=op.f("pk_statements")),
    )
    op.create_index(
        op.f("ix_statements_connection_id_stored_position"), "statements", ["connection_id", "stored", "position"]
    )
    op.create_index(op.f("ix_statements_keys"), "statements", ["keys"], postgresql_using="gin")
    op.create_index(
        op.f("ix_statements_connection_id_target"),
        "statements",
        ["connection_id", "target"],
        postgresql_where=sa.text("target IS NOT NULL"),
    )
    op.create_index(
        "ix_statements_referring",
        "statements",
        ["connection_id", "stored", "position"],
        postgresql_where=sa.text("target IS NOT NULL"),
    )
    op.create_table(
        "activities",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_activities_connection_id_connections")
        ),
        sa.PrimaryKeyConstraint("connection_id", "key", name=op.f("pk_activities")),
    )
    op.create_table(
        "attachments",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("sha2", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_attachments_connection_id_connections")
        ),
        sa.PrimaryKeyConstraint("connection_id", "sha2", name=op.f("pk_attachments")),
    )
    op.create_table(
        "documents",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_documents_connection_id_connections")
        ),
        sa.PrimaryKeyConstraint("connection_id", "key", name=op.f("pk_documents")),
    )
    op.create_index(
        op.f("ix_documents_connection_id_owner_updated"), "documents", ["connection_id", "owner", "updated"]
    )


def downgrade() -> None:
    for table in ("documents", "attachments", "activities", "statements", "credentials", "connections", "agencies"):
        op.drop_table(table)
    kit.drop_v1(op, emits=True, consumes=True)
