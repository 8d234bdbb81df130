"""Plans of reforms about which the services were asked, and their answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reform_previews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan", JSONB(), nullable=False, comment="as `reforms` take it"),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reform_previews"),
    )
    op.create_table(
        "reform_answers",
        sa.Column("preview_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("items", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["preview_id"], ["reform_previews.id"], name="fk_reform_answers_preview_id_reform_previews"
        ),
        sa.PrimaryKeyConstraint("preview_id", "service", name="pk_reform_answers"),
    )


def downgrade() -> None:
    op.drop_table("reform_answers")
    op.drop_table("reform_previews")
