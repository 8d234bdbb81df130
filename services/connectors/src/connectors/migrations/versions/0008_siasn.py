"""What SIASN is told, and by which ids it knows people and agencies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "siasn_ids",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("siasn_id", sa.Text(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name="pk_siasn_ids"),
    )
    op.create_table(
        "siasn_exports",
        sa.Column("id", sa.Uuid(), nullable=False, comment="of the record or the PAK"),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False, comment="of what was told here last"),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("siasn_id", sa.Text(), nullable=True, comment="which SIASN has given it"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("resource IN ('kursus', 'diklat', 'angkakredit')", name=op.f("ck_siasn_exports_resource")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'refused', 'unfit', 'revoked', 'removed')",
            name=op.f("ck_siasn_exports_state"),
        ),
        sa.CheckConstraint("state <> 'waiting' OR due_at IS NOT NULL", name=op.f("ck_siasn_exports_due")),
        sa.PrimaryKeyConstraint("id", name="pk_siasn_exports"),
    )
    op.create_index(
        "ix_siasn_exports_waiting", "siasn_exports", ["due_at", "id"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index("ix_siasn_exports_agency_id_id", "siasn_exports", ["agency_id", "id"])
    op.create_index("ix_siasn_exports_person_id", "siasn_exports", ["person_id"])


def downgrade() -> None:
    op.drop_table("siasn_exports")
    op.drop_table("siasn_ids")
