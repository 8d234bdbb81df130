"""Objections and appeals, and the trigger that keeps their moves and their judges in order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

GUARD = """
CREATE FUNCTION guard_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an appeal is never deleted'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'appeals_are_kept';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF (NEW.state, NEW.version) <> ('filed', 1) THEN
            RAISE EXCEPTION 'an appeal starts as filed'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'appeal_moves';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('filed', 'granted'), ('filed', 'denied'), ('filed', 'held-granted'), ('filed', 'withdrawn'),
        ('filed', 'overtaken'), ('granted', 'issued'), ('held-granted', 'issued')
    ) OR NEW.version <> OLD.version + 1
      OR (NEW.id, NEW.case_id, NEW.case_version, NEW.person_id, NEW.level, NEW.filed_on, NEW.answer_by, NEW.predikat)
        IS DISTINCT FROM
        (OLD.id, OLD.case_id, OLD.case_version, OLD.person_id, OLD.level, OLD.filed_on, OLD.answer_by, OLD.predikat)
      OR (OLD.judges IS NOT NULL AND NEW.judges IS DISTINCT FROM OLD.judges) THEN
        RAISE EXCEPTION 'an appeal cannot move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'appeal_moves';
    END IF;
    IF NEW.state IN ('granted', 'denied') AND EXISTS (
        SELECT FROM case_history h
        WHERE h.case_id = NEW.case_id AND h.version <= NEW.case_version AND h.by <> 'system'
            AND h.to_state IN ('checked', 'attested', 'returned') AND h.from_state <> h.to_state
            AND (h.by = ANY (NEW.judges) OR h.hands && NEW.judges)
    ) THEN
        RAISE EXCEPTION 'whoever has decided a case does not judge what is said against that'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'appeal_judge';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False, comment="of the decision that it is against"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True, comment="of an appeal: the objection that was denied"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("predikat", sa.Text(), nullable=True, comment="which the points should be counted by"),
        sa.Column("rule_pack", sa.Text(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False, comment="the last day to answer; then it is held granted"),
        sa.Column("judged_by", sa.Text(), nullable=True),
        sa.Column(
            "judges", postgresql.ARRAY(sa.Text()), nullable=True, comment="subject and people of who has judged it"
        ),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("issue_by", sa.Date(), nullable=True, comment="the last day to issue what was granted"),
        sa.Column("issued_by", sa.Text(), nullable=True),
        sa.Column("issued_case", sa.Uuid(), nullable=True, comment="the case that has the points it was granted"),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IN ('objection', 'appeal')", name=op.f("ck_appeals_level")),
        sa.CheckConstraint("(level = 'appeal') = (after IS NOT NULL)", name=op.f("ck_appeals_after")),
        sa.CheckConstraint(
            "state IN ('filed', 'granted', 'held-granted', 'denied', 'issued', 'withdrawn', 'overtaken')",
            name=op.f("ck_appeals_state"),
        ),
        sa.CheckConstraint("num_nulls(judged_by, judges, decided_on) IN (0, 3)", name=op.f("ck_appeals_judged")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_appeals_case_id_cases")),
        sa.ForeignKeyConstraint(["after"], ["appeals.id"], name=op.f("fk_appeals_after_appeals")),
        sa.ForeignKeyConstraint(["issued_case"], ["cases.id"], name=op.f("fk_appeals_issued_case_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("case_id", "case_version", "level", name=op.f("uq_appeals_case_id_case_version_level")),
    )
    op.create_index(op.f("ix_appeals_person_id"), "appeals", ["person_id"])
    op.create_index("ix_appeals_waiting", "appeals", ["answer_by"], postgresql_where=sa.text("state = 'filed'"))
    op.execute(GUARD)
    op.execute(
        "CREATE TRIGGER guard_appeal BEFORE INSERT OR DELETE ON appeals FOR EACH ROW EXECUTE FUNCTION guard_appeal()"
    )
    op.execute(
        "CREATE TRIGGER guard_appeal_change BEFORE UPDATE ON appeals FOR EACH ROW"
        " WHEN (NEW.version <> OLD.version OR NOT loses_words(to_jsonb(OLD), to_jsonb(NEW), '{grounds,answer}'))"
        " EXECUTE FUNCTION guard_appeal()"
    )


def downgrade() -> None:
    op.drop_table("appeals")
    op.execute("DROP FUNCTION guard_appeal")
