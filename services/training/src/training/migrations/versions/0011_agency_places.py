"""Where an agency was and by which clock it worked, with dates: what was known before is taken to have always been so."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency_places",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.CheckConstraint("zone IN ('WIB', 'WITA', 'WIT')", name=op.f("ck_agency_places_zone")),
        sa.PrimaryKeyConstraint("agency_id", "number", name="pk_agency_places"),
    )
    op.create_index("ix_agency_places_region", "agency_places", ["region"])
    op.execute(
        "INSERT INTO agency_places (agency_id, number, valid_from, region, zone)"
        " SELECT agency_id, 1, DATE '1900-01-01', region, zone FROM agencies"
    )
    op.drop_column("agencies", "region")
    op.drop_column("agencies", "zone")


def downgrade() -> None:
    op.add_column("agencies", sa.Column("region", sa.Text(), nullable=True))
    op.add_column("agencies", sa.Column("zone", sa.Text(), nullable=False, server_default="WIB"))
    op.alter_column("agencies", "zone", server_default=None)
    op.create_check_constraint(op.f("ck_agencies_zone"), "agencies", "zone IN ('WIB', 'WITA', 'WIT')")
    op.execute(
        "UPDATE agencies SET region = p.region, zone = p.zone FROM agency_places p"
        " WHERE p.agency_id = agencies.agency_id AND p.valid_to IS NULL"
    )
    op.drop_table("agency_places")
