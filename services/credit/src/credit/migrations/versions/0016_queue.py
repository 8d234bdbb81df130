"""The queue: cases that wait for a decision. Those that wait already get a clock of three weeks, and the order of arrival until the next night."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO queue (case_id, person_id, agency_id, kind, jenjang, awaits, since, due_on, wanted_by)
SELECT c.id, c.person_id, p.agency_id, c.kind, s.jenjang, CASE c.state WHEN 'checked' THEN 'attest' ELSE 'check' END, c.moved_at,
    CAST(c.moved_at AT TIME ZONE 'Asia/Jakarta' AS date) + 21, CAST(c.submitted_at AT TIME ZONE 'Asia/Jakarta' AS date) + 60
FROM cases c JOIN people p ON p.person_id = c.person_id
CROSS JOIN LATERAL (
    SELECT jenjang FROM segments WHERE case_id = c.id AND version = c.judged ORDER BY number DESC LIMIT 1
) s
WHERE c.state IN ('submitted', 'checked')
"""


def upgrade() -> None:
    op.create_table(
        "queue",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False, comment="where the person serves now"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("jenjang", sa.Text(), nullable=False),
        sa.Column("awaits", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False, comment="when it came into its state"),
        sa.Column("due_on", sa.Date(), nullable=False, comment="the last day to decide it in time"),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_by", sa.Date(), nullable=False, comment="the order of the queue"),
        sa.Column("period", sa.Date(), nullable=True, comment="of promotion, missed if it waits longer"),
        sa.Column("months_lost", sa.SmallInteger(), nullable=True),
        sa.Column("held_by", sa.Text(), nullable=True),
        sa.Column("held_for", sa.Uuid(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("awaits IN ('check', 'attest')", name=op.f("ck_queue_awaits")),
        sa.CheckConstraint("num_nulls(period, months_lost) IN (0, 2)", name=op.f("ck_queue_period")),
        sa.CheckConstraint("num_nulls(held_by, held_until) IN (0, 2)", name=op.f("ck_queue_held")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_queue_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_queue")),
    )
    op.create_index(op.f("ix_queue_person_id"), "queue", ["person_id"])
    op.create_index(op.f("ix_queue_awaits_wanted_by_case_id"), "queue", ["awaits", "wanted_by", "case_id"])
    op.create_index(
        op.f("ix_queue_agency_id_awaits_wanted_by_case_id"), "queue", ["agency_id", "awaits", "wanted_by", "case_id"]
    )
    op.create_index("ix_queue_due", "queue", ["due_on"], postgresql_where=sa.text("escalated_at IS NULL"))
    op.create_index("ix_queue_held", "queue", ["held_by"], postgresql_where=sa.text("held_by IS NOT NULL"))
    op.create_index("ix_queue_held_for", "queue", ["held_for"], postgresql_where=sa.text("held_for IS NOT NULL"))
    op.execute(FILL)
    op.create_table(
        "waiting_times",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("median_seconds", sa.BigInteger(), nullable=False),
        sa.Column("ninetieth_seconds", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cases > 0 AND median_seconds <= ninetieth_seconds", name=op.f("ck_waiting_times_times")),
        sa.PrimaryKeyConstraint("agency_id", "state", name=op.f("pk_waiting_times")),
    )


def downgrade() -> None:
    op.drop_table("waiting_times")
    op.drop_table("queue")
