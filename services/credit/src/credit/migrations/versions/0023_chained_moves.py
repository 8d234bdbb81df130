"""Each move of a case is chained by a hash to the one before, so that whoever changes one past every guard is found."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

LINK = """
CREATE FUNCTION move_link(move case_history, before bytea) RETURNS bytea LANGUAGE sql STABLE SET timezone = 'UTC' AS $$
    SELECT sha256(coalesce(before, '') || convert_to(CAST(jsonb_build_array(
        move.case_id, move.version, move.from_state, move.to_state, move.by, move.acting_for, move.hands, move.at,
        move.replaced - 'evidence'
    ) AS text), 'UTF8'))
$$
"""
"""SHA-256 over a move and the link before, without the words that an erasure takes away."""
CHAIN = """
CREATE FUNCTION chain_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.chain := move_link(NEW, (SELECT chain FROM case_history WHERE case_id = NEW.case_id AND version = NEW.version - 1));
    RETURN NEW;
END $$
"""
FILL = """
DO $$
DECLARE
    known record;
BEGIN
    FOR known IN SELECT case_id, version FROM case_history ORDER BY case_id, version LOOP
        UPDATE case_history SET chain = move_link(case_history, (
            SELECT chain FROM case_history h WHERE h.case_id = known.case_id AND h.version = known.version - 1
        )) WHERE case_id = known.case_id AND version = known.version;
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.add_column(
        "case_history",
        sa.Column(
            "chain",
            sa.LargeBinary(),
            nullable=True,
            comment="SHA-256 of this move and the chain of the one before; a trigger makes it",
        ),
    )
    op.execute(LINK)
    op.execute(CHAIN)
    op.execute("ALTER TABLE case_history DISABLE TRIGGER refuse_change")
    op.execute(FILL)
    op.execute("ALTER TABLE case_history ENABLE TRIGGER refuse_change")
    op.alter_column("case_history", "chain", nullable=False)
    op.execute("CREATE TRIGGER chain_move BEFORE INSERT ON case_history FOR EACH ROW EXECUTE FUNCTION chain_move()")


def downgrade() -> None:
    op.execute("DROP TRIGGER chain_move ON case_history")
    op.execute("DROP FUNCTION chain_move")
    op.execute("DROP FUNCTION move_link(case_history, bytea)")
    op.drop_column("case_history", "chain")
