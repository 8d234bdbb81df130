"""Requests to mend data of the registry."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_fixes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False, comment="what is wrong, and what would be right"),
        sa.Column("due_on", sa.Date(), nullable=False, comment="the last day to mend it in time"),
        sa.Column("rule_pack", sa.Text(), nullable=False),
        sa.Column(
            "fingerprint",
            sa.Text(),
            nullable=False,
            comment="of what the registry had then: another one closes the request",
        ),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True, comment="why it was refused"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'mended', 'refused', 'withdrawn')", name=op.f("ck_data_fixes_state")),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_data_fixes_closed")),
        sa.CheckConstraint("state = 'refused' OR answer IS NULL", name=op.f("ck_data_fixes_answer")),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=op.f("fk_data_fixes_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_fixes")),
    )
    op.create_index(
        "uq_data_fixes_one_open",
        "data_fixes",
        ["person_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("data_fixes")
