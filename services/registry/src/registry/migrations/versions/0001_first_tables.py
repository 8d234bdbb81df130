"""Agencies, units, PICs, people with their histories, and the outbox."""

import sqlalchemy as sa
from alembic import op

from common.store import kit

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_v1(op, emits=True)
    op.create_table(
        "agencies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('K', 'L', 'D')", name=op.f("ck_agencies_kind")),
        sa.ForeignKeyConstraint(["parent_id"], ["agencies.id"], name="fk_agencies_parent_id_agencies"),
        sa.PrimaryKeyConstraint("id", name="pk_agencies"),
        sa.UniqueConstraint("code", name="uq_agencies_code"),
    )
    op.create_table(
        "changes",
        sa.Column("subject_id", sa.Uuid(), nullable=False, comment="the agency, unit or person that was changed"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False, comment="what was changed, separated by blanks"),
        sa.Column("recorded_by", sa.Text(), nullable=False, comment="subject of the caller's token"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", "version", name="pk_changes"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("staff_type", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False, comment="first day of the four histories"),
        sa.Column("announced_on", sa.Date(), nullable=False, comment="date of the last event, in Asia/Jakarta"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("staff_type IN ('PNS', 'PPPK')", name=op.f("ck_people_staff_type")),
        sa.CheckConstraint("joined_on <= begins_on", name=op.f("ck_people_begins_on")),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "nips",
        sa.Column("nip", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("replaced_on", sa.Date(), nullable=True, comment="null for the number in use"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_nips_person_id_people", initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("nip", name="pk_nips"),
    )
    op.create_index("ix_nips_person_id", "nips", ["person_id"], unique=False)
    op.create_index("uq_nips_person_id", "nips", ["person_id"], unique=True, postgresql_where="replaced_on IS NULL")
    op.create_table(
        "mended_numbers",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the person, by which the number was mended"),
        sa.Column("nip", sa.Text(), nullable=False, comment="the wrong number: it names nobody, or whose it is"),
        sa.Column("mended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_mended_numbers_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", "version", name="pk_mended_numbers"),
    )
    op.create_index("ix_mended_numbers_nip", "mended_numbers", ["nip"], unique=False)
    op.create_table(
        "pics",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.CheckConstraint("language IN ('id', 'en')", name=op.f("ck_pics_language")),
        sa.CheckConstraint("rank IN ('main', 'deputy')", name=op.f("ck_pics_rank")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_pics_agency_id_agencies"),
        sa.PrimaryKeyConstraint("agency_id", "rank", name="pk_pics"),
    )
    op.create_table(
        "posts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("jenjang", sa.Text(), nullable=True),
        sa.Column("golongan", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_posts_dates")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_posts_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", "valid_from", name="pk_posts"),
    )
    op.create_table(
        "educations",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("degree", sa.Text(), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_educations_dates")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_educations_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", "valid_from", name="pk_educations"),
    )
    op.create_table(
        "statuses",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decree", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('active', 'leave', 'study', 'retired', 'deceased')", name=op.f("ck_statuses_status")
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_statuses_dates")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_statuses_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", "valid_from", name="pk_statuses"),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "parent_id"], ["units.agency_id", "units.id"], name="fk_units_agency_id_parent_id_units"
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_units_agency_id_agencies"),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
        sa.UniqueConstraint("agency_id", "code", name="uq_units_agency_id_code"),
        sa.UniqueConstraint("agency_id", "id", name="uq_units_agency_id_id"),
    )
    op.create_table(
        "assignments",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_assignments_dates")),
        sa.ForeignKeyConstraint(
            ["agency_id", "unit_id"], ["units.agency_id", "units.id"], name="fk_assignments_agency_id_unit_id_units"
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_assignments_agency_id_agencies"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_assignments_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", "valid_from", name="pk_assignments"),
    )
    op.create_index("ix_assignments_agency_id_person_id", "assignments", ["agency_id", "person_id"], unique=False)
    op.create_index("ix_assignments_unit_id_person_id", "assignments", ["unit_id", "person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("assignments")
    op.drop_table("units")
    op.drop_table("statuses")
    op.drop_table("educations")
    op.drop_table("posts")
    op.drop_table("pics")
    op.drop_table("mended_numbers")
    op.drop_table("nips")
    op.drop_table("people")
    op.drop_table("changes")
    op.drop_table("agencies")
    kit.drop_v1(op, emits=True)
