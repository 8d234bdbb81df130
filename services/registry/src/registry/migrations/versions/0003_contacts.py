"""Contacts, and who has changed them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_key", sa.Text(), nullable=True, comment="one for all spellings of the address"),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_id", sa.Uuid(), nullable=True),
        sa.Column("check_email", sa.Text(), nullable=True, comment="nobody's until the link to it is followed"),
        sa.Column("check_token", sa.Text(), nullable=True),
        sa.Column("check_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=True, comment="null where the NIP tells it rightly"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(email IS NULL) = (checked_at IS NULL) AND (email IS NULL) = (email_key IS NULL)",
            name=op.f("ck_contacts_email"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(check_id, check_email, check_token, check_expires_at) IN (0, 4)",
            name=op.f("ck_contacts_address_check"),
        ),
        sa.CheckConstraint("language IN ('id', 'en')", name=op.f("ck_contacts_language")),
        sa.CheckConstraint("zone IN ('WIB', 'WITA', 'WIT')", name=op.f("ck_contacts_zone")),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_contacts_sex")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_contacts_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", name="pk_contacts"),
        sa.UniqueConstraint("email_key", name="uq_contacts_email_key"),
    )
    op.create_table(
        "contact_changes",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False, comment="what was changed, separated by blanks"),
        sa.Column("recorded_by", sa.Text(), nullable=False, comment="subject of the caller's token"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_contact_changes_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", "version", name="pk_contact_changes"),
    )


def downgrade() -> None:
    op.drop_table("contact_changes")
    op.drop_table("contacts")
