"""What of the answers after classes was told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TOLD = {
    "class_evaluations": ("true", "true", ", later"),
    "class_reflections": ("served", "true", ""),
    "class_uses": ("used", "used IS NOT NULL", ""),
}


def upgrade() -> None:
    op.add_column(
        "class_evaluations",
        sa.Column(
            "told",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="with others, to the provider",
        ),
    )
    op.add_column(
        "class_reflections",
        sa.Column("told", ARRAY(sa.Text()), nullable=True, comment="what it served, as it was told"),
    )
    op.add_column(
        "class_uses", sa.Column("told", sa.Boolean(), nullable=True, comment="whether they used it, as it was told")
    )
    for name, (said, answered, apart) in TOLD.items():
        op.execute(
            f"UPDATE {name} SET told = {said} WHERE (class_id{apart}) IN"  # noqa: S608 - built of names in this code
            f" (SELECT class_id{apart} FROM {name} WHERE {answered} GROUP BY class_id{apart} HAVING count(*) >= 5)"
        )


def downgrade() -> None:
    for name in TOLD:
        op.drop_column(name, "told")
