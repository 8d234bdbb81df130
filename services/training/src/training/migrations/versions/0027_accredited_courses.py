"""When a course is accredited itself, and who changed it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("courses", sa.Column("accreditations", JSONB(), nullable=False, server_default="[]"))
    op.alter_column("courses", "accreditations", server_default=None)
    op.add_column(
        "accreditation_changes",
        sa.Column(
            "course_id",
            sa.Uuid(),
            sa.ForeignKey("courses.id", name="fk_accreditation_changes_course_id_courses"),
            nullable=True,
        ),
    )


def downgrade() -> None:
    op.execute("DELETE FROM accreditation_changes WHERE course_id IS NOT NULL")
    op.drop_column("accreditation_changes", "course_id")
    op.drop_column("courses", "accreditations")
