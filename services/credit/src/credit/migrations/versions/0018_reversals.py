"""Reversals: cases that take back what another has given; and who all had a hand in a move."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CHANGE = """
DO $change$
DECLARE
    before text := pg_get_functiondef('guard_case'::regproc);
BEGIN
    IF strpos(before, $was${was}$was$) = 0 THEN
        RAISE EXCEPTION 'guard_case is not as this migration knows it';
    END IF;
    EXECUTE replace(before, $was${was}$was$, $now${now}$now$);
END $change$
"""
GUARD = (
    ("('submitted', 'submitted'), ('checked', 'checked')", ", ('attested', 'reversed')"),
    ("NEW.state IN (OLD.state, 'attested'", ", 'reversed'"),
    ("NEW.record_id, NEW.degree", ", NEW.reverses"),
    ("OLD.record_id, OLD.degree", ", OLD.reverses"),
)
"""What the trigger says, and what is added behind it."""
KINDS = "kind IN ('conversion', 'education', 'opening'{more})"
ORIGIN = (
    "CASE kind WHEN 'conversion' THEN num_nulls(predikat, sender_kind, sender_id, source_name, reference) = 0"
    " WHEN 'education' THEN record_id IS NOT NULL AND degree IS NOT NULL"
    "{opening} claim IS NOT NULL AND paper_date IS NOT NULL{reversal} END"
)
STATE = (
    "CASE state"
    " WHEN 'submitted' THEN num_nonnulls(checked_by, attested_by, returned_by, return_reason) = 0"
    " WHEN 'checked' THEN checked_by IS NOT NULL AND num_nonnulls(attested_by, returned_by, return_reason) = 0"
    " WHEN 'attested' THEN attested_by IS NOT NULL AND (checked_by IS NOT NULL OR one_step)"
    " AND num_nonnulls(returned_by, return_reason) = 0"
    "{reversed}"
    " WHEN 'returned' THEN num_nulls(returned_by, return_reason) = 0"
    " AND num_nonnulls(checked_by, attested_by) = 0"
    " ELSE false END"
)
LIVE = (
    ("education", "uq_cases_one_bonus_per_degree", "degree"),
    ("opening", "uq_cases_one_opening_per_paper", "paper"),
)


def upgrade() -> None:
    op.add_column(
        "case_history", sa.Column("hands", postgresql.ARRAY(sa.Text()), nullable=True, comment="of all who acted")
    )
    op.add_column(
        "cases",
        sa.Column("reverses", sa.Uuid(), nullable=True, comment="the case whose points a reversal takes back"),
    )
    op.create_foreign_key(op.f("fk_cases_reverses_cases"), "cases", "cases", ["reverses"], ["id"])
    _checks(
        KINDS.format(more=", 'reversal'"),
        ORIGIN.format(opening=" WHEN 'opening' THEN", reversal=" ELSE reverses IS NOT NULL"),
        STATE.format(
            reversed=" WHEN 'reversed' THEN attested_by IS NOT NULL AND (checked_by IS NOT NULL OR one_step)"
            " AND num_nonnulls(returned_by, return_reason) = 0"
        ),
    )
    _live("state NOT IN ('returned', 'reversed')")
    op.drop_constraint(op.f("uq_cases_record_id_person_id_degree"), "cases")
    op.create_index(
        "uq_cases_one_bonus_per_record",
        "cases",
        ["record_id", "person_id", "degree"],
        unique=True,
        postgresql_where=sa.text("state != 'reversed'"),
    )
    op.create_index(
        "uq_cases_one_reversal_per_case",
        "cases",
        ["reverses"],
        unique=True,
        postgresql_where=sa.text("kind = 'reversal'"),
    )
    for before, more in GUARD:
        op.execute(CHANGE.format(was=before, now=before + more))


def downgrade() -> None:
    for before, more in GUARD:
        op.execute(CHANGE.format(was=before + more, now=before))
    op.drop_index("uq_cases_one_reversal_per_case", table_name="cases")
    op.drop_index("uq_cases_one_bonus_per_record", table_name="cases")
    op.create_unique_constraint(
        op.f("uq_cases_record_id_person_id_degree"), "cases", ["record_id", "person_id", "degree"]
    )
    _live("state != 'returned'")
    _checks(KINDS.format(more=""), ORIGIN.format(opening=" ELSE", reversal=""), STATE.format(reversed=""))
    op.drop_column("cases", "reverses")
    op.drop_column("case_history", "hands")


def _live(states: str) -> None:
    for kind, index, column in LIVE:
        op.drop_index(index, table_name="cases")
        op.create_index(
            index,
            "cases",
            ["person_id", column],
            unique=True,
            postgresql_where=sa.text(f"kind = '{kind}' AND {states}"),
        )


def _checks(kinds: str, origin: str, state: str) -> None:
    for name, check in (("ck_cases_kind", kinds), ("ck_cases_origin", origin), ("ck_cases_state", state)):
        op.drop_constraint(op.f(name), "cases")
        op.create_check_constraint(op.f(name), "cases", check)
