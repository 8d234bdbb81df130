"""Courses that superiors have assigned."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assigned_courses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_assigned_courses_course_id_courses"),
        sa.PrimaryKeyConstraint("id", name="pk_assigned_courses"),
    )
    op.create_index("ix_assigned_courses_person_id", "assigned_courses", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("assigned_courses")
