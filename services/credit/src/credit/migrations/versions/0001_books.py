"""The books: people, cases, ledger, evidence, and the triggers that guard them.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from common.store import kit

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUARDS = (
    # The same moves as credit.domain.cases, for whoever comes around the service.
    """
    CREATE FUNCTION guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a case is never deleted'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cases_are_kept';
        END IF;
        IF TG_OP = 'INSERT' THEN
            IF (NEW.state, NEW.version) <> ('submitted', 1) THEN
                RAISE EXCEPTION 'a case starts as submitted'
                    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'case_moves';
            END IF;
            RETURN NEW;
        END IF;
        IF (OLD.state, NEW.state) NOT IN (
            ('submitted', 'checked'), ('checked', 'attested'),
            ('submitted', 'returned'), ('checked', 'returned'), ('returned', 'submitted'),
            ('submitted', 'submitted'), ('checked', 'checked')
        ) OR NEW.version <> OLD.version + 1
          OR (NEW.state IN (OLD.state, 'attested') AND (NEW.checked_by, NEW.checkers) IS DISTINCT FROM (OLD.checked_by, OLD.checkers))
          OR (OLD.state = 'returned' AND NOT NEW.submitters @> OLD.submitters)
          OR (OLD.state <> 'returned' AND (NEW.submitted_by, NEW.submitters) <> (OLD.submitted_by, OLD.submitters))
        THEN
            RAISE EXCEPTION 'a case cannot move from % to %', OLD.state, NEW.state
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'case_moves';
        END IF;
        IF (NEW.id, NEW.kind, NEW.person_id, NEW.sender_kind, NEW.sender_id, NEW.source_name, NEW.reference,
            NEW.record_id, NEW.degree)
            IS DISTINCT FROM
            (OLD.id, OLD.kind, OLD.person_id, OLD.sender_kind, OLD.sender_id, OLD.source_name, OLD.reference,
            OLD.record_id, OLD.degree)
          OR (OLD.state <> 'returned' AND
            (NEW.period_start, NEW.period_end, NEW.predikat, NEW.hasil_kerja, NEW.perilaku, NEW.evidence)
            IS DISTINCT FROM
            (OLD.period_start, OLD.period_end, OLD.predikat, OLD.hasil_kerja, OLD.perilaku, OLD.evidence)) THEN
            RAISE EXCEPTION 'what a case claims never changes, unless it was returned for repair'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'case_claims';
        END IF;
        IF (OLD.state IN ('returned', NEW.state)) <> (NEW.judged = NEW.version)
          OR (OLD.state NOT IN ('returned', NEW.state)
            AND (NEW.judged, NEW.left_out) IS DISTINCT FROM (OLD.judged, OLD.left_out)) THEN
            RAISE EXCEPTION 'a case is judged anew when it is submitted again, or stays where it is'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'case_judged';
        END IF;
        IF NEW.state IN ('checked', 'attested') AND NEW.state <> OLD.state AND EXISTS (
            SELECT FROM evidence
            WHERE record_id = NEW.record_id AND hands ?| array_append(NEW.checkers, NEW.attested_by)
        ) THEN
            RAISE EXCEPTION 'whoever sent, corrected or verified a degree neither checks nor attests its case'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ck_cases_three_people';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER guard_case BEFORE INSERT OR UPDATE OR DELETE ON cases
        FOR EACH ROW EXECUTE FUNCTION guard_case()
    """,
    """
    CREATE FUNCTION guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM cases WHERE id = NEW.case_id AND person_id = NEW.person_id AND state = 'attested'
        ) THEN
            RAISE EXCEPTION 'an entry needs an attested case'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_of_attested_case';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER guard_entry BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION guard_entry()",
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
    END $$
    """,
    *(
        f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in ("entries", "segments", "case_history")
    ),
)


def upgrade() -> None:
    kit.create_v1(op, emits=True, consumes=True, answers_once=True)
    op.create_table(
        "balances",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("jenjang", sa.Text(), nullable=False),
        sa.Column("twelfths", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "jenjang", name=op.f("pk_balances")),
    )
    op.create_table(
        "booked_months",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False, comment="its first day"),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_booked_months_first_day")),
        sa.PrimaryKeyConstraint("person_id", "month", name=op.f("pk_booked_months")),
    )
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("nip_hash", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("jenjang", sa.Text(), nullable=True),
        sa.Column("golongan", sa.Text(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people")),
    )
    op.create_index(op.f("ix_people_agency_id"), "people", ["agency_id"], unique=False)
    op.create_index(op.f("ix_people_nip_hash"), "people", ["nip_hash"], unique=False)
    op.create_table(
        "former_numbers",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("nip_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_former_numbers")),
    )
    op.create_index(op.f("ix_former_numbers_nip_hash"), "former_numbers", ["nip_hash"], unique=False)
    op.create_table(
        "posts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("jenjang", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_posts")),
    )
    op.create_table(
        "statuses",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('active', 'leave', 'study', 'retired', 'deceased')", name=op.f("ck_statuses_status")
        ),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_statuses")),
    )
    op.create_table(
        "educations",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("degree", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_educations")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "judged", sa.Integer(), nullable=False, comment="the version in which it came to its present segments"
        ),
        sa.Column(
            "rejudged",
            sa.Boolean(),
            nullable=False,
            comment="whether that was after it was last submitted or checked",
        ),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("sender_kind", sa.Text(), nullable=True),
        sa.Column("sender_id", sa.Text(), nullable=True),
        sa.Column("source_name", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("predikat", sa.Text(), nullable=True),
        sa.Column("hasil_kerja", sa.Text(), nullable=True),
        sa.Column("perilaku", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column(
            "left_out",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="months of the period that earn nothing here, and why",
        ),
        sa.Column("record_id", sa.Uuid(), nullable=True, comment="the training record a degree came from"),
        sa.Column("degree", sa.Text(), nullable=True),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column(
            "submitters",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="subjects and people of all who ever submitted it",
        ),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checkers", sa.ARRAY(sa.Text()), nullable=True, comment="subject and people of who has checked it"),
        sa.Column("attested_by", sa.Text(), nullable=True),
        sa.Column("returned_by", sa.Text(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "CASE kind WHEN 'conversion' THEN num_nulls(predikat, sender_kind, sender_id, source_name, reference) = 0 ELSE record_id IS NOT NULL AND degree IS NOT NULL END",
            name=op.f("ck_cases_origin"),
        ),
        sa.CheckConstraint(
            "CASE state WHEN 'submitted' THEN num_nonnulls(checked_by, attested_by, returned_by, return_reason) = 0 WHEN 'checked' THEN checked_by IS NOT NULL AND num_nonnulls(attested_by, returned_by, return_reason) = 0 WHEN 'attested' THEN num_nulls(checked_by, attested_by) = 0 AND num_nonnulls(returned_by, return_reason) = 0 WHEN 'returned' THEN num_nulls(returned_by, return_reason) = 0 AND num_nonnulls(checked_by, attested_by) = 0 ELSE false END",
            name=op.f("ck_cases_state"),
        ),
        sa.CheckConstraint("kind IN ('conversion', 'education')", name=op.f("ck_cases_kind")),
        sa.CheckConstraint(
            "num_nulls(checked_by, checkers) IN (0, 2) AND checked_by = ANY (checkers) AND submitted_by = ANY (submitters)",
            name=op.f("ck_cases_hands"),
        ),
        sa.CheckConstraint(
            "NOT (submitters && checkers) AND attested_by <> ALL (submitters || checkers)",
            name=op.f("ck_cases_three_people"),
        ),
        sa.CheckConstraint("CAST(person_id AS text) <> ALL (submitters || checkers)", name=op.f("ck_cases_own_case")),
        sa.CheckConstraint("period_start <= period_end", name=op.f("ck_cases_period")),
        sa.CheckConstraint("version > 0", name=op.f("ck_cases_version")),
        sa.CheckConstraint("judged BETWEEN 1 AND version", name=op.f("ck_cases_judged")),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_cases_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("record_id", "person_id", "degree", name=op.f("uq_cases_record_id_person_id_degree")),
        sa.UniqueConstraint(
            "sender_kind",
            "sender_id",
            "source_name",
            "reference",
            name=op.f("uq_cases_sender_kind_sender_id_source_name_reference"),
        ),
    )
    op.create_index(op.f("ix_cases_person_id"), "cases", ["person_id"], unique=False)
    op.create_index(op.f("ix_cases_state_id"), "cases", ["state", "id"], unique=False)
    op.create_index(
        "uq_cases_one_bonus_per_degree",
        "cases",
        ["person_id", "degree"],
        unique=True,
        postgresql_where=sa.text("kind = 'education' AND state != 'returned'"),
    )
    op.create_table(
        "case_history",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column(
            "by", sa.Text(), nullable=False, comment="subject of the caller's token; 'system' for the service itself"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "replaced",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="what was claimed before, where a repair has changed it",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_history_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "version", name=op.f("pk_case_history")),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False, comment="where the person served when it was attested"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("jenjang", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("predikat", sa.Text(), nullable=True),
        sa.Column("percent", sa.SmallInteger(), nullable=False),
        sa.Column("base", sa.Numeric(precision=8, scale=4), nullable=False),
        sa.Column("twelfths", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("rule_pack", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="the legal source of the rule pack"),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "twelfths * 100 = CASE months WHEN 0 THEN 12 ELSE months END * percent * base",
            name=op.f("ck_entries_exact"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_entries_case_id_cases")),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_entries_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("case_id", "segment", name=op.f("uq_entries_case_id_segment")),
    )
    op.create_index(op.f("ix_entries_person_id_id"), "entries", ["person_id", "id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False, comment="where the person served on the end date"),
        sa.Column(
            "sequence",
            sa.BigInteger(),
            nullable=False,
            comment="version of the record shown; 0: only its revocation is known",
        ),
        sa.Column("revoked_sequence", sa.BigInteger(), nullable=True, comment="version with which it was revoked"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("jp_counted", sa.Numeric(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=True),
        sa.Column("degree", sa.Text(), nullable=True),
        sa.Column(
            "hands",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="subjects and people who sent, corrected or verified a record that names a degree",
        ),
        sa.Column("rule_pack", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True, comment="the legal source of the reason"),
        sa.Column("revocation", sa.Text(), nullable=True, comment="why it was revoked, in the words of who did"),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("outcome = 'no-points' OR case_id IS NOT NULL", name=op.f("ck_evidence_case")),
        sa.CheckConstraint("outcome IN ('no-points', 'education-case')", name=op.f("ck_evidence_outcome")),
        sa.CheckConstraint("state IN ('active', 'revoked', 'reversal-due')", name=op.f("ck_evidence_state")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_evidence_case_id_cases")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_person_id_record_id"), "evidence", ["person_id", "record_id"], unique=False)
    op.create_index(
        "ix_evidence_claims",
        "evidence",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("degree IS NOT NULL OR case_id IS NOT NULL"),
    )
    op.create_table(
        "segments",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the case, which came to this in it"),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("jenjang", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False, comment="0 for an education bonus"),
        sa.Column("percent", sa.SmallInteger(), nullable=False),
        sa.Column(
            "base",
            sa.Numeric(precision=8, scale=4),
            nullable=False,
            comment="coefficient a year, or the KP need of an education bonus",
        ),
        sa.Column("twelfths", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("rule_pack", sa.Text(), nullable=False),
        sa.CheckConstraint("months BETWEEN 0 AND 12", name=op.f("ck_segments_months")),
        sa.CheckConstraint("number > 0", name=op.f("ck_segments_number")),
        sa.CheckConstraint(
            "twelfths * 100 = CASE months WHEN 0 THEN 12 ELSE months END * percent * base",
            name=op.f("ck_segments_exact"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_segments_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "version", "number", name=op.f("pk_segments")),
    )
    for statement in GUARDS:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("segments")
    op.drop_index(
        "ix_evidence_claims",
        table_name="evidence",
        postgresql_where=sa.text("degree IS NOT NULL OR case_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_evidence_person_id_record_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index(op.f("ix_entries_person_id_id"), table_name="entries")
    op.drop_table("entries")
    op.drop_table("case_history")
    op.drop_index(
        "uq_cases_one_bonus_per_degree",
        table_name="cases",
        postgresql_where=sa.text("kind = 'education' AND state != 'returned'"),
    )
    op.drop_index(op.f("ix_cases_state_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_person_id"), table_name="cases")
    op.drop_table("cases")
    op.drop_table("educations")
    op.drop_table("statuses")
    op.drop_table("posts")
    op.drop_index(op.f("ix_former_numbers_nip_hash"), table_name="former_numbers")
    op.drop_table("former_numbers")
    op.drop_index(op.f("ix_people_nip_hash"), table_name="people")
    op.drop_index(op.f("ix_people_agency_id"), table_name="people")
    op.drop_table("people")
    op.drop_table("booked_months")
    op.drop_table("balances")
    kit.drop_v1(op, emits=True, consumes=True, answers_once=True)
    for function in ("guard_case", "guard_entry", "refuse_change"):
        op.execute(f"DROP FUNCTION {function}")
