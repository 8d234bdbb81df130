"""The access log, a partition a month."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = "id, seen_at, viewer_id, viewer, viewer_person_id, viewer_agency_id, client, roles, service, part, person_ids, reason"

# The role that serves makes and drops no table itself. A month begins at midnight in Jakarta, wherever the server is.
FUNCTIONS = (
    """
    CREATE FUNCTION open_month(day date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        month date := date_trunc('month', day::timestamp);
        name text := 'looks_' || to_char(month, 'YYYY_MM');
    BEGIN
        IF to_regclass('partitions.' || name) IS NOT NULL THEN
            RETURN;
        END IF;
        -- Another that opens it is waited for; a lock of a table, unlike an advisory one, also brings news of what that made.
        LOCK TABLE public.looks IN SHARE UPDATE EXCLUSIVE MODE;
        IF to_regclass('partitions.' || name) IS NULL THEN
            EXECUTE format('CREATE TABLE partitions.%I PARTITION OF public.looks FOR VALUES FROM (%L) TO (%L)', name,
                month::timestamp AT TIME ZONE 'Asia/Jakarta',
                (month + interval '1 month') AT TIME ZONE 'Asia/Jakarta');
        END IF;
    END $$
    """,
    """
    CREATE FUNCTION drop_months(before date) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        month record;
        dropped int := 0;
    BEGIN
        FOR month IN
            SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
            WHERE inhparent = 'public.looks'::regclass AND relname < 'looks_' || to_char(before, 'YYYY_MM')
        LOOP
            EXECUTE format('DROP TABLE partitions.%I', month.relname);
            dropped := dropped + 1;
        END LOOP;
        RETURN dropped;
    END $$
    """,
)


def _create(*key: str, by_month: bool) -> None:
    op.create_table(
        "looks",
        sa.Column("id", sa.Uuid(), nullable=False, comment="of the event"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("viewer_id", sa.Uuid(), nullable=False),
        sa.Column("viewer", sa.Text(), nullable=False, comment="subject of the token"),
        sa.Column("viewer_person_id", sa.Uuid(), nullable=True),
        sa.Column("viewer_agency_id", sa.Uuid(), nullable=True),
        sa.Column("client", sa.Text(), nullable=True),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("person_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(*key, name="pk_looks"),
        **({"postgresql_partition_by": "RANGE (seen_at)"} if by_month else {}),
    )
    op.create_index("ix_looks_person_ids", "looks", ["person_ids"], postgresql_using="gin")
    op.create_index("ix_looks_client_seen_at", "looks", ["client", "seen_at"])
    op.create_index("ix_looks_seen_at", "looks", ["seen_at"])


def _set_aside() -> None:
    op.rename_table("looks", "looks_before")
    for name in ("pk_looks", "ix_looks_person_ids", "ix_looks_client_seen_at", "ix_looks_seen_at"):
        op.execute(f"ALTER INDEX {name} RENAME TO {name}_before")


def _take_over() -> None:
    op.execute(f"INSERT INTO looks ({COLUMNS}) SELECT {COLUMNS} FROM looks_before")  # noqa: S608 - built of a constant
    op.drop_table("looks_before")


def upgrade() -> None:
    op.execute("CREATE SCHEMA partitions")
    _set_aside()
    _create("id", "seen_at", by_month=True)
    for function in FUNCTIONS:
        op.execute(function)
    op.execute(
        "SELECT open_month(month) FROM (SELECT DISTINCT"
        " CAST(date_trunc('month', seen_at AT TIME ZONE 'Asia/Jakarta') AS date) AS month FROM looks_before) months"
    )
    _take_over()


def downgrade() -> None:
    op.execute("DROP FUNCTION drop_months")
    op.execute("DROP FUNCTION open_month")
    _set_aside()
    _create("id", by_month=False)
    _take_over()
    op.execute("DROP SCHEMA partitions")
