"""Requests about one's own data: corrections and restrictions."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("wrong", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('correction', 'restriction')", name=op.f("ck_data_requests_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'refused', 'withdrawn') OR kind = 'correction' AND state = 'done'"
            " OR kind = 'restriction' AND state IN ('in_force', 'lifted')",
            name=op.f("ck_data_requests_state"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_data_requests_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_data_requests"),
    )
    op.create_index("ix_data_requests_person_id", "data_requests", ["person_id"])
    op.create_index("ix_data_requests_open", "data_requests", ["due_at"], postgresql_where=sa.text("state = 'open'"))
    op.create_table(
        "data_request_steps",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=False, comment="subject of the caller's token"),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["data_requests.id"], name="fk_data_request_steps_request_id_data_requests"
        ),
        sa.PrimaryKeyConstraint("request_id", "version", name="pk_data_request_steps"),
    )


def downgrade() -> None:
    op.drop_table("data_request_steps")
    op.drop_table("data_requests")
