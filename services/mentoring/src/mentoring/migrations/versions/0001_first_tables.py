"""People, posts and agencies, programmes, applications and levels, and the tables of the kit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from common.store import kit

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit.create_v1(op, emits=True, consumes=True)
    op.create_table(
        "agencies",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("zone IN ('WIB', 'WITA', 'WIT')", name=op.f("ck_agencies_zone")),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_agencies")),
    )
    op.create_table(
        "assignments",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_agency_id"), "assignments", ["agency_id"], unique=False)
    op.create_table(
        "established_posts",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_established_posts")),
    )
    op.create_index(op.f("ix_established_posts_agency_id"), "established_posts", ["agency_id"], unique=False)
    op.create_table(
        "former_numbers",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("nip_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_former_numbers")),
    )
    op.create_index(op.f("ix_former_numbers_nip_hash"), "former_numbers", ["nip_hash"], unique=False)
    op.create_table(
        "holdings",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('definitive', 'plt', 'plh')", name=op.f("ck_holdings_kind")),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_holdings")),
    )
    op.create_index(op.f("ix_holdings_post_id"), "holdings", ["post_id"], unique=False)
    op.create_table(
        "levels",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("competency", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("stated_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("source IN ('self', 'superior')", name=op.f("ck_levels_source")),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_levels_level")),
        sa.PrimaryKeyConstraint("person_id", "competency", "source", name=op.f("pk_levels")),
    )
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("nip_hash", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people")),
    )
    op.create_index(op.f("ix_people_agency_id"), "people", ["agency_id"], unique=False)
    op.create_index(op.f("ix_people_nip_hash"), "people", ["nip_hash"], unique=False)
    op.create_table(
        "post_states",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("superior_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("post_id", "number", name=op.f("pk_post_states")),
    )
    op.create_index(op.f("ix_post_states_superior_id"), "post_states", ["superior_id"], unique=False)
    op.create_table(
        "posts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("jenjang", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_posts")),
    )
    op.create_table(
        "programmes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column(
            "rules",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="see mentoring.domain.programmes.Rules",
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_programmes_state")),
        sa.CheckConstraint("opens_on <= closes_on", name=op.f("ck_programmes_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
    )
    op.create_index(op.f("ix_programmes_agency_id"), "programmes", ["agency_id"], unique=False)
    op.create_table(
        "applications",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("meets", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("free", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("goals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("wishes", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("avoids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side IN ('mentee', 'mentor')", name=op.f("ck_applications_side")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_applications_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("programme_id", "person_id", name=op.f("pk_applications")),
    )
    op.create_index(op.f("ix_applications_person_id"), "applications", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("applications")
    op.drop_table("programmes")
    op.drop_table("posts")
    op.drop_table("post_states")
    op.drop_table("people")
    op.drop_table("levels")
    op.drop_table("holdings")
    op.drop_table("former_numbers")
    op.drop_table("established_posts")
    op.drop_table("assignments")
    op.drop_table("agencies")
    kit.drop_v1(op, emits=True, consumes=True)
