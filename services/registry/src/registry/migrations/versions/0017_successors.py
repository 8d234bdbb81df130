"""Who has today what a closed agency had; of reforms until now, those that took it over then."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "agencies",
        sa.Column(
            "successors",
            JSONB(),
            nullable=False,
            server_default="[]",
            comment="ids of the agencies that have today what it had, its heir first",
        ),
    )
    op.alter_column("agencies", "successors", server_default=None)
    op.execute(
        "UPDATE agencies SET successors = (SELECT jsonb_agg(share -> 'agency_id' ORDER BY share ->> 'unit_ids' IS NOT NULL)"
        "  FROM reforms, jsonb_array_elements(shares) AS share"
        "  WHERE reforms.agency_id = agencies.id AND effective_on = closed_on)"
        " WHERE closed_on IS NOT NULL"
    )
    op.create_check_constraint(op.f("ck_agencies_succeeded"), "agencies", "(closed_on IS NULL) = (successors = '[]')")


def downgrade() -> None:
    op.drop_column("agencies", "successors")
