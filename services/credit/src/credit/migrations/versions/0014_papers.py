"""Papers, how far they are numbered, and of agencies the code that stands in a number. Known agencies have none until they are told again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LIVE = "replaced_on IS NULL AND revoked_on IS NULL"


def upgrade() -> None:
    for name in ("code", "name"):
        op.add_column("agencies", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("agencies", name, server_default=None)
    op.create_table(
        "paper_series",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "year", name="pk_paper_series"),
    )
    op.create_table(
        "papers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False, comment="where the person served when it was issued"),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="as it is written"),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("jenjang", sa.Text(), nullable=False),
        sa.Column("golongan", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False, comment="of the person, as the paper says it"),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column(
            "official", sa.Text(), nullable=False, comment="who has assessed the performance, as the paper says it"
        ),
        sa.Column(
            "since", sa.Integer(), nullable=False, comment="number of the last entry that the paper before summed up"
        ),
        sa.Column(
            "through", sa.Integer(), nullable=False, comment="number of the last entry of the person that it sums up"
        ),
        sa.Column("twelfths", sa.Numeric(12, 4), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False, comment="its lines and sums"),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("acting_for", sa.Uuid(), nullable=True, comment="the person for whom a deputy issued it"),
        sa.Column("replaced_on", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("revocation", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('conversion', 'accumulation', 'determination')", name=op.f("ck_papers_kind")),
        sa.CheckConstraint("(kind = 'conversion') = (case_id IS NOT NULL)", name=op.f("ck_papers_case")),
        sa.CheckConstraint("num_nulls(revoked_on, revoked_by, revocation) IN (0, 3)", name=op.f("ck_papers_revoked")),
        sa.ForeignKeyConstraint(
            ["agency_id", "year"],
            ["paper_series.agency_id", "paper_series.year"],
            name="fk_papers_agency_id_year_paper_series",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_papers_case_id_cases"),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name="fk_papers_person_id_people"),
        sa.ForeignKeyConstraint(["replaces"], ["papers.id"], name="fk_papers_replaces_papers"),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
        sa.UniqueConstraint("agency_id", "year", "serial", name="uq_papers_agency_id_year_serial"),
        sa.UniqueConstraint("token", name="uq_papers_token"),
    )
    op.create_index("ix_papers_person_id_id", "papers", ["person_id", "id"])
    op.create_index(
        "uq_papers_one_live",
        "papers",
        ["person_id", "kind", "jenjang"],
        unique=True,
        postgresql_where=sa.text(f"kind <> 'conversion' AND {LIVE}"),
    )
    op.create_index(
        "uq_papers_one_live_of_a_case",
        "papers",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text(f"case_id IS NOT NULL AND {LIVE}"),
    )


def downgrade() -> None:
    op.drop_table("papers")
    op.drop_table("paper_series")
    op.drop_column("agencies", "name")
    op.drop_column("agencies", "code")
