"""What courses give, ask and cost; who changed accreditations; records whose provider was not accredited."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accreditation_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("before", JSONB(), nullable=False),
        sa.Column("after", JSONB(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changer_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name="fk_accreditation_changes_provider_id_providers"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_accreditation_changes"),
    )
    op.create_index("ix_accreditation_changes_provider_id", "accreditation_changes", ["provider_id"])
    op.add_column("courses", sa.Column("outcomes", ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.alter_column("courses", "outcomes", server_default=None)
    op.add_column("courses", sa.Column("mode", sa.Text(), nullable=True))
    op.add_column("courses", sa.Column("seats", sa.Integer(), nullable=True))
    op.add_column("courses", sa.Column("cost", sa.Numeric(14, 2), nullable=True))
    op.create_check_constraint(op.f("ck_courses_mode"), "courses", "mode IN ('classical', 'online', 'blended')")
    # Until now a record was refused where its provider was not accredited.
    op.add_column("records", sa.Column("accredited", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.alter_column("records", "accredited", server_default=None)


def downgrade() -> None:
    op.drop_column("records", "accredited")
    for name in ("cost", "seats", "mode", "outcomes"):
        op.drop_column("courses", name)
    op.drop_table("accreditation_changes")
