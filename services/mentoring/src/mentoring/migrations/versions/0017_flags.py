"""Flags: what points at sessions that were not held as they were told."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pair_flags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("figure", sa.Integer(), nullable=False),
        sa.Column("found_in", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("rule_pack", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('overlap', 'rhythm', 'long-day', 'mutual', 'at-once', 'same-log')",
            name=op.f("ck_pair_flags_kind"),
        ),
        sa.CheckConstraint("verdict IN ('plausible', 'implausible')", name=op.f("ck_pair_flags_verdict")),
        sa.CheckConstraint(
            "num_nulls(verdict, reason, settled_by, settled_at) IN (0, 4)", name=op.f("ck_pair_flags_settled")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_pair_flags_pair_id_pairs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_flags")),
    )
    op.create_index(op.f("ix_pair_flags_pair_id"), "pair_flags", ["pair_id"], unique=False)
    op.create_index(
        "uq_pair_flags_open",
        "pair_flags",
        ["pair_id", "kind"],
        unique=True,
        postgresql_where=sa.text("verdict IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("pair_flags")
