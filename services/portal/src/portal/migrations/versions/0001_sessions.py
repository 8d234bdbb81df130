"""Sessions, and forms that wait for somebody to log in again."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("issuer_session", sa.Text(), nullable=True),
        sa.Column("hat", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    for column in ("whose", "issuer_session", "ends_at"):
        op.create_index(f"ix_sessions_{column}", "sessions", [column])
    op.create_table(
        "parked_forms",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_parked_forms"),
    )
    op.create_index("ix_parked_forms_ends_at", "parked_forms", ["ends_at"])


def downgrade() -> None:
    op.drop_table("parked_forms")
    op.drop_table("sessions")
