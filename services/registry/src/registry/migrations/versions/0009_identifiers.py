"""By which ids other systems know people, agencies and units."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identified",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'agency', 'unit')", name=op.f("ck_identified_kind")),
        sa.PrimaryKeyConstraint("subject_id", name="pk_identified"),
        sa.UniqueConstraint("kind", "subject_id", name="uq_identified_kind_subject_id"),
    )
    op.create_table(
        "identifiers",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kind", "subject_id"],
            ["identified.kind", "identified.subject_id"],
            name="fk_identifiers_kind_subject_id_identified",
        ),
        sa.PrimaryKeyConstraint("subject_id", "system", name="pk_identifiers"),
        sa.UniqueConstraint("kind", "system", "value", name="uq_identifiers_kind_system_value"),
    )
    op.create_table(
        "identifier_changes",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "parts", sa.Text(), nullable=False, comment="the systems whose ids were changed, separated by blanks"
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False, comment="subject of the caller's token"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["identified.subject_id"], name="fk_identifier_changes_subject_id_identified"
        ),
        sa.PrimaryKeyConstraint("subject_id", "version", name="pk_identifier_changes"),
    )


def downgrade() -> None:
    op.drop_table("identifier_changes")
    op.drop_table("identifiers")
    op.drop_table("identified")
