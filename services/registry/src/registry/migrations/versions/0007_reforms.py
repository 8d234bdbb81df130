"""Jobs, reforms, and which agencies they have closed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.store import kit

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_jobs_v1(op)
    op.add_column("agencies", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("agencies", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_agencies_merged_into_agencies", "agencies", "agencies", ["merged_into"], ["id"])
    op.create_check_constraint(op.f("ck_agencies_closed"), "agencies", "closed_on IS NULL OR NOT active")
    op.create_check_constraint(op.f("ck_agencies_merged"), "agencies", "merged_into IS NULL OR closed_on IS NOT NULL")
    op.create_table(
        "reforms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("shares", JSONB(), nullable=False, comment="agency_id and unit_ids of each"),
        sa.Column("agency_ids", sa.ARRAY(sa.Uuid()), nullable=False, comment="all that take part"),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_reforms_agency_id_agencies"),
        sa.PrimaryKeyConstraint("id", name="pk_reforms"),
    )
    op.create_index("ix_reforms_agency_id", "reforms", ["agency_id"])


def downgrade() -> None:
    op.drop_table("reforms")
    op.drop_column("agencies", "merged_into")
    op.drop_column("agencies", "closed_on")
    kit.drop_jobs_v1(op)
