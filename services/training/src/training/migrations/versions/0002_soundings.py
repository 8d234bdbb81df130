"""Sweeps, what they counted, and who they found short."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# The role that serves makes no table itself. What it is told to make bears a sweep's id, and holds what `shortfalls` may.
FUNCTIONS = (
    """
    CREATE FUNCTION open_partition(sweep uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        name text := 'shortfalls_' || replace(sweep::text, '-', '');
    BEGIN
        EXECUTE format('CREATE TABLE partitions.%I (LIKE public.shortfalls INCLUDING CONSTRAINTS)', name);
        EXECUTE format('GRANT INSERT ON partitions.%I TO %I', name, session_user);
    END $$
    """,
    """
    CREATE FUNCTION attach_partition(sweep uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        name text := 'shortfalls_' || replace(sweep::text, '-', '');
    BEGIN
        EXECUTE format('REVOKE INSERT ON partitions.%I FROM %I', name, session_user);
        EXECUTE format('ALTER TABLE public.shortfalls ATTACH PARTITION partitions.%I FOR VALUES IN (%L)', name, sweep);
        -- Its pages are looked up at once: the planner must know of them, or it may read the whole sweep for each.
        EXECUTE format('ANALYZE partitions.%I (sweep_id, agency_id, page)', name);
    END $$
    """,
)


def upgrade() -> None:
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("rule_pack", sa.Text(), nullable=False),
        sa.Column("over_from", sa.Date(), nullable=False),
        sa.Column("last_month", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("short", sa.Integer(), nullable=False),
        sa.Column("announced_agency_id", sa.Uuid(), nullable=False),
        sa.Column("announced_page", sa.Integer(), nullable=False),
        sa.CheckConstraint("period BETWEEN 1 AND 3", name=op.f("ck_sweeps_period")),
        sa.CheckConstraint("last_month BETWEEN 1 AND 12", name=op.f("ck_sweeps_last_month")),
        sa.CheckConstraint("state IN ('running', 'done')", name=op.f("ck_sweeps_state")),
        sa.ForeignKeyConstraint(["replaces"], ["sweeps.id"], name=op.f("fk_sweeps_replaces_sweeps")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweeps")),
        sa.UniqueConstraint("replaces", name=op.f("uq_sweeps_replaces")),
    )
    op.create_index(
        "uq_sweeps_first", "sweeps", ["year", "period"], unique=True, postgresql_where=sa.text("replaces IS NULL")
    )
    op.create_index(
        "uq_sweeps_running", "sweeps", ["year", "period"], unique=True, postgresql_where=sa.text("state = 'running'")
    )
    op.create_table(
        "sweep_agencies",
        sa.Column("sweep_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("short", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sweep_id", "agency_id", name=op.f("pk_sweep_agencies")),
    )
    op.create_table(
        "shortfalls",
        sa.Column("sweep_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("unit_name", sa.Text(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("told_agency_id", sa.Uuid(), nullable=True),
        sa.Column("target", sa.Numeric(precision=8, scale=3), nullable=False),
        sa.Column("threshold", sa.Numeric(precision=8, scale=3), nullable=False),
        sa.Column("verified", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("missing", sa.Numeric(precision=8, scale=3), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'resolved')", name=op.f("ck_shortfalls_state")),
        sa.PrimaryKeyConstraint("sweep_id", "person_id", name=op.f("pk_shortfalls")),
        postgresql_partition_by="LIST (sweep_id)",
    )
    op.execute("CREATE SCHEMA partitions")
    for function in FUNCTIONS:
        op.execute(function)
    op.create_index(
        "ix_shortfalls_sweep_id_agency_id_page_person_id",
        "shortfalls",
        ["sweep_id", "agency_id", "page", "person_id"],
        unique=False,
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION attach_partition")
    op.execute("DROP FUNCTION open_partition")
    op.drop_table("shortfalls")
    op.execute("DROP SCHEMA partitions")
    op.drop_table("sweep_agencies")
    op.drop_table("sweeps")
