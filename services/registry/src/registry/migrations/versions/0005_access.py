"""The access log, and what the registry needs to read events."""

import sqlalchemy as sa
from alembic import op

from common.store import kit

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_v1(op, consumes=True)
    op.create_table(
        "looks",
        sa.Column("id", sa.Uuid(), nullable=False, comment="of the event"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("viewer_id", sa.Uuid(), nullable=False),
        sa.Column("viewer", sa.Text(), nullable=False, comment="subject of the token"),
        sa.Column("viewer_person_id", sa.Uuid(), nullable=True),
        sa.Column("viewer_agency_id", sa.Uuid(), nullable=True),
        sa.Column("client", sa.Text(), nullable=True),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("person_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_looks"),
    )
    op.create_index("ix_looks_person_ids", "looks", ["person_ids"], postgresql_using="gin")
    op.create_index("ix_looks_client_seen_at", "looks", ["client", "seen_at"])
    op.create_index("ix_looks_seen_at", "looks", ["seen_at"])


def downgrade() -> None:
    op.drop_table("looks")
    kit.drop_v1(op, consumes=True)
