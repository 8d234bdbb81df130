"""Files of people's data, and what the services answer for one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False, comment="subject of the caller's token"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why somebody else asks; null where the person did"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asking", sa.Integer(), nullable=False, comment="how often the services were asked"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("json_size", sa.Integer(), nullable=True),
        sa.Column("json_sha256", sa.Text(), nullable=True),
        sa.Column("pdf_size", sa.Integer(), nullable=True),
        sa.Column("pdf_sha256", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('gathering', 'making', 'ready', 'erased')", name=op.f("ck_data_files_state")),
        sa.CheckConstraint("language IN ('id', 'en')", name=op.f("ck_data_files_language")),
        sa.CheckConstraint("(state = 'making') = (job_id IS NOT NULL)", name=op.f("ck_data_files_job")),
        sa.CheckConstraint(
            "num_nonnulls(last_day, json_size, json_sha256, pdf_size, pdf_sha256)"
            " = CASE WHEN state IN ('ready', 'erased') THEN 5 ELSE 0 END",
            name=op.f("ck_data_files_file"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_data_files_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_data_files"),
    )
    op.create_index("ix_data_files_person_id", "data_files", ["person_id"])
    op.create_index(
        "uq_data_files_open",
        "data_files",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('gathering', 'making')"),
    )
    op.create_table(
        "data_parts",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("sections", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["data_files.id"], name="fk_data_parts_file_id_data_files"),
        sa.PrimaryKeyConstraint("file_id", "service", "number", name="pk_data_parts"),
    )


def downgrade() -> None:
    op.drop_table("data_parts")
    op.drop_table("data_files")
