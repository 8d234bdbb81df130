"""Units with a dated history; what a person served as is called a grade, so that a post can be a post."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

GRADES = (
    "ALTER TABLE {0} RENAME TO {1}",
    "ALTER TABLE {1} RENAME CONSTRAINT pk_{0} TO pk_{1}",
    "ALTER TABLE {1} RENAME CONSTRAINT ck_{0}_dates TO ck_{1}_dates",
    "ALTER TABLE {1} RENAME CONSTRAINT fk_{0}_person_id_people TO fk_{1}_person_id_people",
)


def upgrade() -> None:
    for rename in GRADES:
        op.execute(rename.format("posts", "grades"))
    op.alter_column("changes", "subject_id", comment="the agency, unit, post or person that was changed")
    op.create_table(
        "unit_states",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_unit_states_dates")),
        sa.ForeignKeyConstraint(
            ["agency_id", "unit_id"], ["units.agency_id", "units.id"], name="fk_unit_states_agency_id_unit_id_units"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "parent_id"], ["units.agency_id", "units.id"], name="fk_unit_states_agency_id_parent_id_units"
        ),
        sa.PrimaryKeyConstraint("unit_id", "valid_from", name="pk_unit_states"),
    )
    op.create_index("ix_unit_states_parent_id", "unit_states", ["parent_id"], unique=False)
    op.execute(
        "INSERT INTO unit_states (unit_id, valid_from, agency_id, name, parent_id)"
        " SELECT id, DATE '1900-01-01', agency_id, name, parent_id FROM units"
    )
    op.drop_constraint("fk_units_agency_id_parent_id_units", "units")
    op.drop_column("units", "parent_id")
    op.drop_column("units", "name")
    op.create_table(
        "successors",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["successor_id"], ["units.id"], name="fk_successors_successor_id_units"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_successors_unit_id_units"),
        sa.PrimaryKeyConstraint("unit_id", "successor_id", name="pk_successors"),
    )


def downgrade() -> None:
    op.drop_table("successors")
    op.add_column("units", sa.Column("name", sa.Text(), nullable=True))
    op.add_column("units", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE units SET name = last.name, parent_id = last.parent_id FROM"
        " (SELECT DISTINCT ON (unit_id) * FROM unit_states ORDER BY unit_id, valid_from DESC) last WHERE unit_id = id"
    )
    op.alter_column("units", "name", nullable=False)
    op.create_foreign_key(
        "fk_units_agency_id_parent_id_units", "units", "units", ["agency_id", "parent_id"], ["agency_id", "id"]
    )
    op.drop_table("unit_states")
    op.alter_column("changes", "subject_id", comment="the agency, unit or person that was changed")
    for rename in GRADES:
        op.execute(rename.format("grades", "posts"))
