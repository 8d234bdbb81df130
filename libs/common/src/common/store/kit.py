"""The kit's tables as migrations make them, by revision: what each revision makes never changes.

A service's first migration calls `create_v1` with what its declaration says. When the kit's tables change, an
`upgrade_v2` is added here, a new service calls `create_v2`, and the others call `upgrade_v2` in a migration of their own.
A service that has jobs calls `create_jobs_v1` in the migration with which they come, and so `create_imports_v1`;
one that consumes `create_operations_v1`.
"""

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects.postgresql import JSONB


def create_v1(op: Operations, *, emits: bool = False, consumes: bool = False, answers_once: bool = False) -> None:
    """The tables of the outbox, of the inbox and what waits, and of answers by Idempotency-Key."""
    if emits:
        op.create_table(
            "outbox",
            sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
            sa.Column("topic", sa.Text(), nullable=False),
            sa.Column(
                "events",
                sa.Text(),
                nullable=False,
                comment="packed: shared headers, then two lines an event; see common.store.outbox",
            ),
            sa.Column("count", sa.Integer(), nullable=False),
            _created_at(),
            sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        )
        op.execute(
            "ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,"
            " autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000)"
        )
    if consumes:
        op.create_table(
            "inbox",
            sa.Column("consumer", sa.Text(), nullable=False),
            sa.Column("event_id", sa.Uuid(), nullable=False),
            sa.PrimaryKeyConstraint("consumer", "event_id", name="pk_inbox"),
        )
        op.create_table(
            "waiting",
            sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
            sa.Column("consumer", sa.Text(), nullable=False),
            sa.Column("awaited", sa.Uuid(), nullable=False, comment="the id that is not known yet"),
            sa.Column("headers", sa.Text(), nullable=False),
            sa.Column("payload", sa.Text(), nullable=False),
            _created_at(),
            sa.PrimaryKeyConstraint("id", name="pk_waiting"),
        )
        op.create_index("ix_waiting_consumer_awaited", "waiting", ["consumer", "awaited"])
    if answers_once:
        op.create_table(
            "idempotency",
            sa.Column("subject", sa.Text(), nullable=False),
            sa.Column("key", sa.Text(), nullable=False),
            sa.Column("fingerprint", sa.Text(), nullable=False, comment="SHA-256 of method, path, caller and body"),
            sa.Column("status", sa.Integer(), nullable=False),
            sa.Column("answer", sa.Text(), nullable=False),
            _created_at(),
            sa.PrimaryKeyConstraint("subject", "key", name="pk_idempotency"),
        )


def drop_v1(op: Operations, *, emits: bool = False, consumes: bool = False, answers_once: bool = False) -> None:
    """Takes back what `create_v1` has made."""
    names = [*(["outbox"] if emits else []), *(["inbox", "waiting"] if consumes else [])]
    for name in [*names, *(["idempotency"] if answers_once else [])]:
        op.drop_table(name)


def create_jobs_v1(op: Operations) -> None:
    """The job table."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("plan", JSONB(), nullable=False, comment="what its steps are told"),
        sa.Column("ordered_by", sa.Text(), nullable=False, comment="the subject who may follow it"),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), comment="null until the first step has ended"),
        sa.Column("position", JSONB(), comment="where the next step begins"),
        sa.Column("problem", JSONB(), comment="code, field and values of what has failed it"),
        _created_at(),
        sa.Column("begun_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_state")),
    )
    op.create_index("ix_jobs_to_do", "jobs", ["id"], postgresql_where=sa.text("state IN ('queued', 'running')"))


def drop_jobs_v1(op: Operations) -> None:
    """Takes back what `create_jobs_v1` has made."""
    op.drop_table("jobs")


def create_tries_v1(op: Operations) -> None:
    """How often the next step of a job was begun."""
    op.create_table(
        "job_tries",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, comment="how often the step that is next was begun"),
        sa.PrimaryKeyConstraint("job_id", name="pk_job_tries"),
    )


def drop_tries_v1(op: Operations) -> None:
    """Takes back what `create_tries_v1` has made."""
    op.drop_table("job_tries")


def create_imports_v1(op: Operations) -> None:
    """Spreadsheets that were sent, and the rows of them that were refused, or wait for another service."""
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=False, comment="the subject who may follow it"),
        sa.Column("caller", JSONB(), nullable=False, comment="in which roles, and for whom, it was sent"),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("rows", sa.Integer(), comment="null until the file has been read"),
        sa.Column("counts", JSONB(), server_default="{}", nullable=False, comment="rows by what became of them"),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("dropped", sa.Boolean(), server_default="false", nullable=False, comment="its files are to go"),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index("ix_imports_sent_at", "imports", ["sent_at"])
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="where its line begins"),
        sa.Column("later", sa.Boolean(), nullable=False, comment="whether other rows may bring about what it lacks"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("problems", JSONB(), comment="code, field and values of what is wrong"),
        sa.Column("awaits", sa.Uuid(), comment="the report that another service answers"),
        sa.CheckConstraint("status IN ('refused', 'waiting', 'taken')", name=op.f("ck_import_rows_status")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name="fk_import_rows_import_id_imports", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "row", name="pk_import_rows"),
    )
    op.create_index("ix_import_rows_awaits", "import_rows", ["awaits"])


def drop_imports_v1(op: Operations) -> None:
    """Takes back what `create_imports_v1` has made."""
    op.drop_table("import_rows")
    op.drop_table("imports")


def create_operations_v1(op: Operations) -> None:
    """How far consumers are, and where the letters lie that they have buried."""
    op.create_table(
        "consumers",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False, comment="which replica of the worker"),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("lag", sa.BigInteger(), comment="events not consumed yet; null before it was measured"),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "instance", name="pk_consumers"),
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False, comment="whose dead letters it is among"),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), comment="null where the record names none"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why, without anything of what it says"),
        sa.Column("origin", sa.Text(), nullable=False, comment="where its record lay"),
        sa.Column("buried_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("asked_by", sa.Text(), comment="the subject who wants it sent again"),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("settled_at", sa.DateTime(timezone=True), comment="when that was done, or could not be"),
        sa.Column("failure", sa.Text(), comment="why it could not be sent"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.CheckConstraint("num_nulls(asked_by, asked_at) IN (0, 2)", name=op.f("ck_letters_asked")),
    )
    op.create_index("ix_letters_buried_at", "letters", ["buried_at"])
    asked = sa.text("asked_at IS NOT NULL AND settled_at IS NULL")
    op.create_index("ix_letters_asked", "letters", ["id"], postgresql_where=asked)


def drop_operations_v1(op: Operations) -> None:
    """Takes back what `create_operations_v1` has made."""
    op.drop_table("letters")
    op.drop_table("consumers")


def _created_at() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
