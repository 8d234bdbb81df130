"""People, catalogue, records, ledger, and the tables of the kit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from common.store import kit

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_v1(op, emits=True, consumes=True, answers_once=True)
    op.create_table(
        "absences",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "number", name="pk_absences"),
    )
    op.create_table(
        "assignments",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("unit_name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "number", name="pk_assignments"),
    )
    op.create_index("ix_assignments_agency_id", "assignments", ["agency_id"], unique=False)
    op.create_table(
        "former_numbers",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("nip_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "number", name="pk_former_numbers"),
    )
    op.create_index("ix_former_numbers_nip_hash", "former_numbers", ["nip_hash"], unique=False)
    op.create_table(
        "jp_ledger",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("floor", sa.Numeric(precision=8, scale=3), nullable=True),
        sa.Column("ceiling", sa.Numeric(precision=8, scale=3), nullable=True),
        sa.Column("yearly", sa.Numeric(precision=8, scale=3), nullable=False),
        sa.Column("target", sa.Numeric(precision=8, scale=3), nullable=False),
        sa.Column("duty_months", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("unverified", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "year", name="pk_jp_ledger"),
    )
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("nip_hash", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("staff_type", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("staff_type IN ('PNS', 'PPPK')", name=op.f("ck_people_staff_type")),
        sa.PrimaryKeyConstraint("person_id", name="pk_people"),
    )
    op.create_index("ix_people_agency_id", "people", ["agency_id"], unique=False)
    op.create_index("ix_people_nip_hash", "people", ["nip_hash"], unique=False)
    op.create_table(
        "providers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_providers"),
        sa.UniqueConstraint("code", name="uq_providers_code"),
    )
    op.create_table(
        "records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_kind", sa.Text(), nullable=False),
        sa.Column("sender_id", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("course_id", sa.Uuid(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("jp_stated", sa.Numeric(precision=8, scale=3), nullable=True),
        sa.Column("jp_counted", sa.Numeric(precision=8, scale=3), nullable=False),
        sa.Column("jp_by_year", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("session_dates", sa.ARRAY(sa.Date()), nullable=False),
        sa.Column("international", sa.Boolean(), nullable=False),
        sa.Column("degree", sa.Text(), nullable=True),
        sa.Column("competencies", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("hands", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule_pack", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "sender_kind IN ('agency', 'provider', 'person', 'connection')", name=op.f("ck_records_sender_kind")
        ),
        sa.CheckConstraint("source_kind IN ('system', 'provider', 'self')", name=op.f("ck_records_source_kind")),
        sa.CheckConstraint("state IN ('valid', 'revoked')", name=op.f("ck_records_state")),
        sa.PrimaryKeyConstraint("id", name="pk_records"),
        sa.UniqueConstraint(
            "sender_kind",
            "sender_id",
            "source_name",
            "reference",
            name="uq_records_sender_kind_sender_id_source_name_reference",
        ),
    )
    op.create_index("ix_records_person_id_year", "records", ["person_id", "year"], unique=False)
    op.create_table(
        "accreditations",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="fk_accreditations_provider_id_providers"),
        sa.PrimaryKeyConstraint("provider_id", "form", "valid_from", name="pk_accreditations"),
    )
    op.create_table(
        "courses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("jp", sa.Numeric(precision=8, scale=3), nullable=True),
        sa.Column("competencies", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="fk_courses_provider_id_providers"),
        sa.PrimaryKeyConstraint("id", name="pk_courses"),
        sa.UniqueConstraint("code", name="uq_courses_code"),
    )
    op.create_index("ix_courses_provider_id", "courses", ["provider_id"], unique=False)
    op.create_table(
        "record_versions",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_record_versions_record_id_records"),
        sa.PrimaryKeyConstraint("record_id", "version", name="pk_record_versions"),
    )


def downgrade() -> None:
    op.drop_table("record_versions")
    op.drop_index("ix_courses_provider_id", table_name="courses")
    op.drop_table("courses")
    op.drop_table("accreditations")
    op.drop_index("ix_records_person_id_year", table_name="records")
    op.drop_table("records")
    op.drop_table("providers")
    op.drop_index("ix_people_nip_hash", table_name="people")
    op.drop_index("ix_people_agency_id", table_name="people")
    op.drop_table("people")
    op.drop_table("jp_ledger")
    op.drop_index("ix_former_numbers_nip_hash", table_name="former_numbers")
    op.drop_table("former_numbers")
    op.drop_index("ix_assignments_agency_id", table_name="assignments")
    op.drop_table("assignments")
    op.drop_table("absences")
    kit.drop_v1(op, emits=True, consumes=True, answers_once=True)
