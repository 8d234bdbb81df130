"""Opening balances: cases of a paper. A known person's posts have no golongan until the registry tells of them again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CHANGE_OF_CASE = """
CREATE TRIGGER guard_case_change BEFORE UPDATE ON cases FOR EACH ROW
    WHEN (NEW.version <> OLD.version OR NOT loses_words(to_jsonb(OLD), to_jsonb(NEW), '{{{words}}}'))
    EXECUTE FUNCTION guard_case()
"""
CHANGE_OF_PAPER = """
CREATE TRIGGER guard_paper BEFORE UPDATE ON cases FOR EACH ROW
    WHEN ((NEW.claim, NEW.paper_date) IS DISTINCT FROM (OLD.claim, OLD.paper_date) OR NEW.paper <> OLD.paper)
    EXECUTE FUNCTION refuse_change()
"""
"""What a paper says never changes; its number may be lost."""
KINDS = "kind IN ('conversion', 'education'{more})"
ORIGIN = (
    "CASE kind WHEN 'conversion' THEN num_nulls(predikat, sender_kind, sender_id, source_name, reference) = 0"
    "{degree} record_id IS NOT NULL AND degree IS NOT NULL{paper} END"
)


def upgrade() -> None:
    op.add_column("posts", sa.Column("golongan", sa.Text(), nullable=True))
    op.add_column(
        "cases", sa.Column("claim", JSONB(), nullable=True, comment="what the paper of an opening balance says")
    )
    op.add_column("cases", sa.Column("paper", sa.Text(), nullable=True, comment="its number"))
    op.add_column("cases", sa.Column("paper_date", sa.Date(), nullable=True))
    _checks(
        KINDS.format(more=", 'opening'"),
        ORIGIN.format(degree=" WHEN 'education' THEN", paper=" ELSE claim IS NOT NULL AND paper_date IS NOT NULL"),
    )
    op.create_index(
        "uq_cases_one_opening_per_paper",
        "cases",
        ["person_id", "paper"],
        unique=True,
        postgresql_where=sa.text("kind = 'opening' AND state != 'returned'"),
    )
    _guard("evidence,return_reason,paper")
    op.execute(CHANGE_OF_PAPER)


def downgrade() -> None:
    op.execute("DROP TRIGGER guard_paper ON cases")
    _guard("evidence,return_reason")
    op.drop_index("uq_cases_one_opening_per_paper", table_name="cases")
    _checks(KINDS.format(more=""), ORIGIN.format(degree=" ELSE", paper=""))
    for column in ("paper_date", "paper", "claim"):
        op.drop_column("cases", column)
    op.drop_column("posts", "golongan")


def _checks(kinds: str, origin: str) -> None:
    for name, check in (("ck_cases_kind", kinds), ("ck_cases_origin", origin)):
        op.drop_constraint(op.f(name), "cases")
        op.create_check_constraint(op.f(name), "cases", check)


def _guard(words: str) -> None:
    op.execute("DROP TRIGGER guard_case_change ON cases")
    op.execute(CHANGE_OF_CASE.format(words=words))
