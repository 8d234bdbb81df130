"""Classes, who is in them, who was there, and results."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "classes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Numeric(14, 2), nullable=False),
        sa.Column("outcomes", ARRAY(sa.Text()), nullable=False),
        sa.Column("tags", ARRAY(sa.Text()), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("begins_on <= ends_on", name=op.f("ck_classes_dates")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_classes_seats")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_classes_course_id_courses"),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="fk_classes_provider_id_providers"),
        sa.PrimaryKeyConstraint("id", name="pk_classes"),
    )
    op.create_index("ix_classes_course_id", "classes", ["course_id"])
    op.create_index("ix_classes_ends_on", "classes", ["ends_on"])
    op.create_table(
        "class_sessions",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jp", sa.Numeric(8, 3), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_class_sessions_class_id_classes"),
        sa.PrimaryKeyConstraint("class_id", "number", name="pk_class_sessions"),
    )
    op.create_table(
        "enrolments",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('enrolled', 'waiting', 'withdrawn')", name=op.f("ck_enrolments_state")),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_enrolments_class_id_classes"),
        sa.PrimaryKeyConstraint("class_id", "person_id", name="pk_enrolments"),
        sa.UniqueConstraint("id", name="uq_enrolments_id"),
    )
    op.create_index("ix_enrolments_person_id", "enrolments", ["person_id"])
    op.create_table(
        "class_attendance",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id", "session"],
            ["class_sessions.class_id", "class_sessions.number"],
            name="fk_class_attendance_class_id_session_class_sessions",
        ),
        sa.ForeignKeyConstraint(
            ["class_id", "person_id"],
            ["enrolments.class_id", "enrolments.person_id"],
            name="fk_class_attendance_class_id_person_id_enrolments",
        ),
        sa.PrimaryKeyConstraint("class_id", "person_id", "session", name="pk_class_attendance"),
    )
    op.create_table(
        "class_results",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("jp", sa.Numeric(8, 3), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("passed = (record_id IS NOT NULL)", name=op.f("ck_class_results_record")),
        sa.ForeignKeyConstraint(
            ["class_id", "person_id"],
            ["enrolments.class_id", "enrolments.person_id"],
            name="fk_class_results_class_id_person_id_enrolments",
        ),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_class_results_record_id_records"),
        sa.PrimaryKeyConstraint("class_id", "person_id", name="pk_class_results"),
        sa.UniqueConstraint("record_id", name="uq_class_results_record_id"),
    )
    op.create_index("ix_class_results_person_id", "class_results", ["person_id"])


def downgrade() -> None:
    for name in ("class_results", "class_attendance", "enrolments", "class_sessions", "classes"):
        op.drop_table(name)
