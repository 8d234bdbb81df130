"""Erasures, and whom nothing names any more."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


FILE = "num_nonnulls(last_day, json_size, json_sha256, pdf_size, pdf_sha256)"
ONLY_WHEN_MADE = f"{FILE} = CASE WHEN state IN ('ready', 'erased') THEN 5 ELSE 0 END"
ALSO_NEVER_MADE = (
    f"{FILE} = ANY(CASE state WHEN 'ready' THEN '{{5}}' WHEN 'erased' THEN '{{0, 5}}' ELSE '{{0}}' END::int[])"
)


def upgrade() -> None:
    op.drop_constraint("ck_data_files_file", "data_files")
    op.create_check_constraint(op.f("ck_data_files_file"), "data_files", ALSO_NEVER_MADE)
    op.add_column("people", sa.Column("erased_on", sa.Date(), nullable=True))
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False, comment="the number of the letter it rests on"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False, comment="how often the services have been asked"),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "hands",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="subject and person of who has asked: another one consents",
        ),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ground IN ('retention', 'request', 'unlawful')", name=op.f("ck_erasures_ground")),
        sa.CheckConstraint("state IN ('asked', 'consented', 'done', 'withdrawn')", name=op.f("ck_erasures_state")),
        sa.CheckConstraint("(job_id IS NOT NULL) = (state IN ('consented', 'done'))", name=op.f("ck_erasures_job")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_erasures_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
    )
    op.create_index(
        "uq_erasures_under_way",
        "erasures",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'consented')"),
    )
    op.create_table(
        "erasure_answers",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("against", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasures.id"], name="fk_erasure_answers_erasure_id_erasures"),
        sa.PrimaryKeyConstraint("erasure_id", "service", name="pk_erasure_answers"),
    )


def downgrade() -> None:
    op.execute("DELETE FROM data_files WHERE state = 'erased' AND last_day IS NULL")
    op.drop_constraint("ck_data_files_file", "data_files")
    op.create_check_constraint(op.f("ck_data_files_file"), "data_files", ONLY_WHEN_MADE)
    op.drop_table("erasure_answers")
    op.drop_table("erasures")
    op.drop_column("people", "erased_on")
