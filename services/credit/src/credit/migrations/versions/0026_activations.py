"""Drafts of every subject, and those that were made law."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SUBJECTS = (
    "'conversion', 'entry', 'conventional', 'integration', 'promotion', 'days', 'professionalism', 'results', 'returns', 'waiting',"
    " 'calendar', 'leases', 'appeals', 'data_fixes', 'conflicts', 'second_checks', 'one_step'"
)


def upgrade() -> None:
    op.add_column("drafts", sa.Column("subject", sa.Text(), nullable=False, server_default="conversion"))
    op.alter_column("drafts", "subject", server_default=None)
    op.create_check_constraint(op.f("ck_drafts_subject"), "drafts", f"subject IN ({SUBJECTS})")
    hands = "of all who loaded it: none of them makes it law"
    op.add_column("drafts", sa.Column("hands", sa.ARRAY(sa.Text()), nullable=True, comment=hands))
    op.execute("UPDATE drafts SET hands = ARRAY[loaded_by]")
    op.alter_column("drafts", "hands", nullable=False)
    op.create_table(
        "activations",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("law_from", sa.Date(), nullable=False),
        sa.Column("replay_id", sa.Uuid(), nullable=True, comment="null: it makes no points"),
        sa.Column("activated_by", sa.Text(), nullable=False),
        sa.Column("hands", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_activations_draft_id_drafts")),
        sa.ForeignKeyConstraint(["replay_id"], ["replays.id"], name=op.f("fk_activations_replay_id_replays")),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_activations")),
    )


def downgrade() -> None:
    op.drop_table("activations")
    op.drop_column("drafts", "hands")
    op.drop_constraint(op.f("ck_drafts_subject"), "drafts")
    op.drop_column("drafts", "subject")
