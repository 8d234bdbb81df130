"""What a promotion asks for beside points: the seats of posts and who holds them, and facts that HR records by a paper.

Of who was known before, the posts they hold are not known until the registry tells of them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "established_posts",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_established_posts"),
    )
    op.create_index("ix_established_posts_agency_id", "established_posts", ["agency_id"])
    op.create_table(
        "post_states",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("jenjang", sa.Text(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("type IN ('JPT', 'JA', 'JF')", name=op.f("ck_post_states_type")),
        sa.PrimaryKeyConstraint("post_id", "number", name="pk_post_states"),
    )
    op.create_table(
        "holdings",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('definitive', 'plt', 'plh')", name=op.f("ck_holdings_kind")),
        sa.PrimaryKeyConstraint("person_id", "number", name="pk_holdings"),
    )
    op.create_index("ix_holdings_post_id", "holdings", ["post_id"])
    op.create_table(
        "facts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("jenjang", sa.Text(), nullable=True, comment="of a test: the one it was for"),
        sa.Column("level", sa.Text(), nullable=True, comment="of discipline; 'none': there was none by then"),
        sa.Column("day", sa.Date(), nullable=False, comment="when the test was passed, or the discipline began"),
        sa.Column("until", sa.Date(), nullable=True, comment="the first day on which it is no longer in force"),
        sa.Column("paper", sa.Text(), nullable=True, comment="its number"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_for", sa.Text(), nullable=True, comment="why, in words"),
        sa.CheckConstraint("kind IN ('test', 'discipline')", name=op.f("ck_facts_kind")),
        sa.CheckConstraint(
            "CASE kind WHEN 'test' THEN jenjang IS NOT NULL AND num_nonnulls(level, until) = 0"
            " ELSE jenjang IS NULL AND level IS NOT NULL END",
            name=op.f("ck_facts_says"),
        ),
        sa.CheckConstraint("level IN ('none', 'light', 'medium', 'heavy')", name=op.f("ck_facts_level")),
        sa.CheckConstraint("day < until AND (until IS NULL OR level <> 'none')", name=op.f("ck_facts_until")),
        sa.CheckConstraint(
            "num_nulls(withdrawn_by, withdrawn_at, withdrawn_for) IN (0, 3)", name=op.f("ck_facts_withdrawn")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name="fk_facts_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
    )
    op.create_index(
        "uq_facts_one_of_a_paper",
        "facts",
        ["person_id", "kind", "paper"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def downgrade() -> None:
    for table in ("facts", "holdings", "post_states", "established_posts"):
        op.drop_table(table)
