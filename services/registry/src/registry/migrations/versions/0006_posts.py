"""Posts with a dated history, and who holds them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_posts_agency_id_agencies"),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.UniqueConstraint("agency_id", "code", name="uq_posts_agency_id_code"),
        sa.UniqueConstraint("agency_id", "id", name="uq_posts_agency_id_id"),
    )
    op.create_table(
        "post_states",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("jenjang", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("superior_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("type IN ('JPT', 'JA', 'JF')", name=op.f("ck_post_states_type")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_post_states_seats")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_post_states_dates")),
        sa.ForeignKeyConstraint(
            ["agency_id", "post_id"], ["posts.agency_id", "posts.id"], name="fk_post_states_agency_id_post_id_posts"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "unit_id"], ["units.agency_id", "units.id"], name="fk_post_states_agency_id_unit_id_units"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "superior_id"],
            ["posts.agency_id", "posts.id"],
            name="fk_post_states_agency_id_superior_id_posts",
        ),
        sa.PrimaryKeyConstraint("post_id", "valid_from", name="pk_post_states"),
    )
    op.create_index("ix_post_states_superior_id", "post_states", ["superior_id"], unique=False)
    op.create_index("ix_post_states_unit_id", "post_states", ["unit_id"], unique=False)
    op.create_table(
        "holdings",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('definitive', 'plt', 'plh')", name=op.f("ck_holdings_kind")),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_holdings_dates")),
        sa.ForeignKeyConstraint(
            ["agency_id", "post_id"], ["posts.agency_id", "posts.id"], name="fk_holdings_agency_id_post_id_posts"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_holdings_person_id_people"),
        sa.PrimaryKeyConstraint("person_id", "post_id", "valid_from", name="pk_holdings"),
    )
    op.create_index("ix_holdings_post_id_person_id", "holdings", ["post_id", "person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("holdings")
    op.drop_table("post_states")
    op.drop_table("posts")
