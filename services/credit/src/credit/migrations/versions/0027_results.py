"""Which performance result and outcome a predikat rests on."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

LINKS = {
    "performance_result": "the id of the result it rests on, where it comes from",
    "performance_outcome": "the id of the outcome that result is for",
}
CHANGE = """
DO $change$
DECLARE
    before text := pg_get_functiondef('guard_case'::regproc);
BEGIN
    IF strpos(before, '{was}') = 0 THEN
        RAISE EXCEPTION 'guard_case is not as this migration knows it';
    END IF;
    EXECUTE replace(before, '{was}', '{now}');
END $change$
"""


def upgrade() -> None:
    for name, comment in LINKS.items():
        op.add_column("cases", sa.Column(name, sa.Text(), nullable=True, comment=comment))
    # Like the rest of what a case claims, they never change but in a repair.
    for row in ("NEW", "OLD"):
        op.execute(CHANGE.format(was=f"{row}.perilaku, {row}.evidence", now=_claimed(row)))


def downgrade() -> None:
    for row in ("NEW", "OLD"):
        op.execute(CHANGE.format(was=_claimed(row), now=f"{row}.perilaku, {row}.evidence"))
    for name in LINKS:
        op.drop_column("cases", name)


def _claimed(row: str) -> str:
    return f"{row}.perilaku, {row}.performance_result, {row}.performance_outcome, {row}.evidence"
