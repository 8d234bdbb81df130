"""Certificates, and how far they are numbered."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_series",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name="fk_certificate_series_provider_id_providers"),
        sa.PrimaryKeyConstraint("provider_id", "year", name="pk_certificate_series"),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id", "person_id"],
            ["class_results.class_id", "class_results.person_id"],
            name="fk_certificates_class_id_person_id_class_results",
        ),
        sa.ForeignKeyConstraint(
            ["provider_id", "year"],
            ["certificate_series.provider_id", "certificate_series.year"],
            name="fk_certificates_provider_id_year_certificate_series",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_certificates"),
        sa.UniqueConstraint("class_id", "person_id", name="uq_certificates_class_id_person_id"),
        sa.UniqueConstraint("provider_id", "year", "number", name="uq_certificates_provider_id_year_number"),
        sa.UniqueConstraint("token", name="uq_certificates_token"),
    )
    op.create_index("ix_certificates_person_id", "certificates", ["person_id"])


def downgrade() -> None:
    op.drop_table("certificates")
    op.drop_table("certificate_series")
