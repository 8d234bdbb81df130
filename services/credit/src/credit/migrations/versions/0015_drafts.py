"""Drafts of rules, and what they would change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False, comment="the id that the pack gives itself"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="the pack, as TOML"),
        sa.Column("loaded_by", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
        sa.UniqueConstraint("pack", name="uq_drafts_pack"),
    )
    op.create_table(
        "replays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("replaces", sa.Text(), nullable=False, comment="the pack that the draft stands for"),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totals", JSONB(), nullable=False, comment="by jenjang: how many gain and lose, and twelfths in all"),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name="fk_replays_draft_id_drafts"),
        sa.PrimaryKeyConstraint("id", name="pk_replays"),
    )
    op.create_index("ix_replays_draft_id", "replays", ["draft_id"])
    op.create_table(
        "replay_changes",
        sa.Column("replay_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("jenjang", sa.Text(), nullable=False),
        sa.Column("was", sa.Numeric(12, 4), nullable=False, comment="twelfths in the ledger"),
        sa.Column("would_be", sa.Numeric(12, 4), nullable=False, comment="twelfths under the draft"),
        sa.CheckConstraint("was <> would_be", name=op.f("ck_replay_changes_differs")),
        sa.ForeignKeyConstraint(["replay_id"], ["replays.id"], name="fk_replay_changes_replay_id_replays"),
        sa.PrimaryKeyConstraint("replay_id", "person_id", "jenjang", name="pk_replay_changes"),
    )


def downgrade() -> None:
    for table in ("replay_changes", "replays", "drafts"):
        op.drop_table(table)
