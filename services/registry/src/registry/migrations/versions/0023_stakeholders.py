"""Who takes part in competence development: the table of LAN's page (P3K Bangkom), whose contributions nobody has written yet."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KNOWN = (
    ("P3K Bangkom", "Penanggung jawab"),
    ("Analis Bangkom di seluruh Satker LAN", "Mengarahkan dan melaksanakan"),
    ("K/L/D (Bagian SDM)", "Melaksanakan"),
)


def upgrade() -> None:
    table = op.create_table(
        "stakeholders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("contribution", sa.Text(), nullable=True),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_stakeholders_days")),
        sa.PrimaryKeyConstraint("id", "valid_from", name="pk_stakeholders"),
    )
    op.create_index(
        "uq_stakeholders_now", "stakeholders", ["id"], unique=True, postgresql_where=sa.text("valid_to IS NULL")
    )
    op.bulk_insert(
        table,
        [
            {
                "id": UUID(int=0x0199A000_0000_7000_8000_00000000F000 + number),
                "valid_from": date(2026, 1, 1),
                "valid_to": None,
                "name": name,
                "role": role,
                "contribution": None,
            }
            for number, (name, role) in enumerate(KNOWN, 1)
        ],
    )


def downgrade() -> None:
    op.drop_table("stakeholders")
