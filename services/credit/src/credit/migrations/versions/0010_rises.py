"""What rises in level use and lose, in entries of no case; and each entry chained by a hash to the person's one before."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LINK = """
CREATE FUNCTION entry_link(entry entries, before bytea) RETURNS bytea LANGUAGE sql STABLE SET timezone = 'UTC' AS $$
    SELECT sha256(coalesce(before, '') || convert_to(CAST(jsonb_build_array(
        entry.id, entry.number, entry.case_id, entry.segment, entry.rise_on, entry.reverses, entry.person_id,
        entry.agency_id, entry.kind, entry.jenjang, entry.period_start, entry.period_end, entry.months, entry.predikat,
        entry.percent, entry.base, entry.twelfths, entry.rule_pack, entry.source, entry.entered_at,
        (SELECT jsonb_build_array(submitters, checkers, attested_by) FROM cases WHERE cases.id = entry.case_id)
    ) AS text), 'UTF8'))
$$
"""
"""SHA-256 over an entry, who decided it, and the link before."""
CHAIN = """
CREATE FUNCTION chain_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest int;
    link bytea;
BEGIN
    SELECT number, chain INTO newest, link FROM entries WHERE person_id = NEW.person_id ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(newest, 0) + 1;
    NEW.chain := entry_link(NEW, link);
    RETURN NEW;
END $$
"""
GUARD = """
CREATE OR REPLACE FUNCTION guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {when}NOT EXISTS (
        SELECT FROM cases WHERE id = NEW.case_id AND person_id = NEW.person_id AND state = 'attested'
    ) THEN
        RAISE EXCEPTION 'an entry needs an attested case'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_of_attested_case';
    END IF;{reversal}
    RETURN NEW;
END $$
"""
REVERSAL = """
    IF NEW.reverses IS NOT NULL AND NOT EXISTS (
        SELECT FROM entries e WHERE e.id = NEW.reverses AND e.reverses IS NULL
            AND (e.person_id, e.jenjang, e.twelfths) = (NEW.person_id, NEW.jenjang, -NEW.twelfths)
    ) THEN
        RAISE EXCEPTION 'a reversal takes back one entry, whole'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reversal_of_an_entry';
    END IF;"""
FILL = """
DO $$
DECLARE
    known record;
BEGIN
    FOR known IN SELECT id, person_id FROM entries ORDER BY person_id, id LOOP
        UPDATE entries SET number = (SELECT count(*) FROM entries e WHERE e.person_id = known.person_id AND e.number > 0) + 1
            WHERE id = known.id;
        UPDATE entries SET chain = entry_link(entries, (
            SELECT chain FROM entries e WHERE e.person_id = known.person_id AND e.number = entries.number - 1
        )) WHERE id = known.id;
    END LOOP;
END $$
"""
EXACT = "twelfths * 100 = CASE months WHEN 0 THEN 12 ELSE months END * percent * base"
ORIGIN = "num_nonnulls(case_id, rise_on) = 1 AND num_nulls(case_id, segment) IN (0, 2)"
KIND = (
    "CASE kind WHEN 'level-used' THEN twelfths < 0 AND twelfths >= -12 * base WHEN 'level-lost' THEN twelfths < 0"
    " WHEN 'reversal' THEN reverses IS NOT NULL ELSE case_id IS NOT NULL AND reverses IS NULL END"
)


def upgrade() -> None:
    op.create_table(
        "promotions",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("jenjang_before", sa.Text(), nullable=True),
        sa.Column("golongan_before", sa.Text(), nullable=False),
        sa.Column("jenjang", sa.Text(), nullable=True),
        sa.Column("golongan", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('rank', 'level')", name=op.f("ck_promotions_kind")),
        sa.PrimaryKeyConstraint("person_id", "number", name="pk_promotions"),
    )
    op.add_column(
        "entries",
        sa.Column(
            "number", sa.Integer(), nullable=True, comment="its place among all of the person; a trigger gives it"
        ),
    )
    op.add_column(
        "entries",
        sa.Column(
            "rise_on", sa.Date(), nullable=True, comment="of no case: the day of the rise in level that it settles"
        ),
    )
    op.add_column("entries", sa.Column("reverses", sa.Uuid(), nullable=True))
    op.add_column(
        "entries",
        sa.Column(
            "chain",
            sa.LargeBinary(),
            nullable=True,
            comment="SHA-256 of this entry, who decided, and the chain of the one before; a trigger makes it",
        ),
    )
    op.alter_column("entries", "case_id", nullable=True)
    op.alter_column("entries", "segment", nullable=True)
    op.drop_constraint(op.f("ck_entries_exact"), "entries")
    op.create_check_constraint(op.f("ck_entries_exact"), "entries", f"rise_on IS NOT NULL OR {EXACT}")
    op.create_check_constraint(op.f("ck_entries_origin"), "entries", ORIGIN)
    op.create_check_constraint(op.f("ck_entries_kind"), "entries", KIND)
    op.create_foreign_key(op.f("fk_entries_reverses_entries"), "entries", "entries", ["reverses"], ["id"])
    op.create_unique_constraint(op.f("uq_entries_reverses"), "entries", ["reverses"])
    op.create_unique_constraint(op.f("uq_entries_person_id_number"), "entries", ["person_id", "number"])
    op.execute(LINK)
    op.execute(CHAIN)
    op.execute(GUARD.format(when="NEW.rise_on IS NULL AND ", reversal=REVERSAL))
    op.execute("ALTER TABLE entries DISABLE TRIGGER refuse_change")
    op.execute(FILL)
    op.execute("ALTER TABLE entries ENABLE TRIGGER refuse_change")
    op.alter_column("entries", "number", nullable=False)
    op.alter_column("entries", "chain", nullable=False)
    op.execute("CREATE TRIGGER chain_entry BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION chain_entry()")


def downgrade() -> None:
    op.execute("DROP TRIGGER chain_entry ON entries")
    op.execute(GUARD.format(when="", reversal=""))
    op.execute("DROP FUNCTION chain_entry")
    op.execute("DROP FUNCTION entry_link(entries, bytea)")
    op.drop_constraint(op.f("ck_entries_exact"), "entries")
    op.create_check_constraint(op.f("ck_entries_exact"), "entries", EXACT)
    op.drop_constraint(op.f("ck_entries_origin"), "entries")
    op.drop_constraint(op.f("ck_entries_kind"), "entries")
    for column in ("chain", "reverses", "rise_on", "number"):
        op.drop_column("entries", column)
    op.alter_column("entries", "segment", nullable=False)
    op.alter_column("entries", "case_id", nullable=False)
    op.drop_table("promotions")
