"""What was decided of each part of a returned case."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "part_decisions",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="of the case: the return that decided it, or the repair that opened it",
        ),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True, comment="of what is wrong, as the rule pack of returns has it"),
        sa.CheckConstraint("verdict IN ('open', 'right', 'wrong')", name=op.f("ck_part_decisions_verdict")),
        sa.CheckConstraint("(verdict = 'wrong') = (code IS NOT NULL)", name=op.f("ck_part_decisions_code")),
        sa.ForeignKeyConstraint(
            ["case_id", "version"],
            ["case_history.case_id", "case_history.version"],
            name=op.f("fk_part_decisions_case_id_version_case_history"),
        ),
        sa.PrimaryKeyConstraint("case_id", "part", "version", name=op.f("pk_part_decisions")),
    )
    op.execute(
        "CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON part_decisions"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("part_decisions")
