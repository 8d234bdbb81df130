"""What is sealed of an entry and of a move can be asked for word for word, so that others can verify it."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ENTRY = """
    CAST(jsonb_build_array(
        entry.id, entry.number, entry.case_id, entry.segment, entry.rise_on, entry.reverses, entry.person_id,
        entry.agency_id, entry.kind, entry.jenjang, entry.period_start, entry.period_end, entry.months, entry.predikat,
        entry.percent, entry.base, entry.twelfths, entry.rule_pack, entry.source, entry.entered_at,
        (SELECT jsonb_build_array(submitters, checkers, attested_by) FROM cases WHERE cases.id = entry.case_id)
    ) AS text)
"""
MOVE = """
    CAST(jsonb_build_array(
        move.case_id, move.version, move.from_state, move.to_state, move.by, move.acting_for, move.hands, move.at,
        move.replaced - 'evidence'
    ) AS text)
"""
TOLD = "CREATE FUNCTION {name}_told({name} {table}) RETURNS text LANGUAGE sql STABLE SET timezone = 'UTC' AS $$ SELECT {told} $$"
LINK = (
    "CREATE OR REPLACE FUNCTION {name}_link({name} {table}, before bytea) RETURNS bytea LANGUAGE sql STABLE"
    " SET timezone = 'UTC' AS $$ SELECT sha256(coalesce(before, '') || convert_to({told}, 'UTF8')) $$"
)
SEALED = (("entry", "entries", ENTRY), ("move", "case_history", MOVE))


def upgrade() -> None:
    for name, table, told in SEALED:
        op.execute(TOLD.format(name=name, table=table, told=told))
        op.execute(LINK.format(name=name, table=table, told=f"{name}_told({name})"))


def downgrade() -> None:
    for name, table, told in SEALED:
        op.execute(LINK.format(name=name, table=table, told=told))
        op.execute(f"DROP FUNCTION {name}_told({table})")
