"""Cases that one person alone decides: attested where they were submitted."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOVES = "IF (OLD.state, NEW.state) NOT IN ("
ONE_STEP = (
    "IF NEW.one_step AND NOT OLD.one_step"
    " OR NOT (OLD.one_step AND (OLD.state, NEW.state) = ('submitted', 'attested')) AND (OLD.state, NEW.state) NOT IN ("
)
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
STATE = (
    "CASE state WHEN 'submitted' THEN num_nonnulls(checked_by, attested_by, returned_by, return_reason) = 0"
    " WHEN 'checked' THEN checked_by IS NOT NULL AND num_nonnulls(attested_by, returned_by, return_reason) = 0"
    " WHEN 'attested' THEN {attested} AND num_nonnulls(returned_by, return_reason) = 0"
    " WHEN 'returned' THEN num_nulls(returned_by, return_reason) = 0 AND num_nonnulls(checked_by, attested_by) = 0"
    " ELSE false END"
)


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column(
            "one_step",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="whether one person alone decides it",
        ),
    )
    op.alter_column("cases", "one_step", server_default=None)
    _state("attested_by IS NOT NULL AND (checked_by IS NOT NULL OR one_step)")
    op.execute(CHANGE.format(was=MOVES, now=ONE_STEP))


def downgrade() -> None:
    op.execute(CHANGE.format(was=ONE_STEP, now=MOVES))
    _state("num_nulls(checked_by, attested_by) = 0")
    op.drop_column("cases", "one_step")


def _state(attested: str) -> None:
    op.drop_constraint(op.f("ck_cases_state"), "cases")
    op.create_check_constraint(op.f("ck_cases_state"), "cases", STATE.format(attested=attested))
