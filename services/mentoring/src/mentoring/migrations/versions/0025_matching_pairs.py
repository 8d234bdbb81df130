"""The pairs that a run was made of."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matching_pairs",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("pairs", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["matching_runs.id"], name=op.f("fk_matching_pairs_run_id_matching_runs")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_matching_pairs")),
    )


def downgrade() -> None:
    op.drop_table("matching_pairs")
