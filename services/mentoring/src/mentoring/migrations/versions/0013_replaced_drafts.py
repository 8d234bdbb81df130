"""Drafts that were changed by hand stay when drafts are made anew."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _check(
        "state IN ('draft', 'replaced', 'offered', 'active', 'declined', 'lapsed', 'ended', 'completed')",
        "(state IN ('draft', 'replaced')) = (answer_by IS NULL)",
    )


def downgrade() -> None:
    op.execute("DELETE FROM pair_changes WHERE pair_id IN (SELECT id FROM pairs WHERE state = 'replaced')")
    op.execute("DELETE FROM pairs WHERE state = 'replaced'")
    _check(
        "state IN ('draft', 'offered', 'active', 'declined', 'lapsed', 'ended', 'completed')",
        "(state = 'draft') = (answer_by IS NULL)",
    )


def _check(state: str, offered: str) -> None:
    for name, condition in (("ck_pairs_state", state), ("ck_pairs_offered", offered)):
        op.drop_constraint(op.f(name), "pairs", type_="check")
        op.create_check_constraint(op.f(name), "pairs", condition)
