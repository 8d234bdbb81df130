"""What all tables share; and the kit's own, added to the metadata of each service that uses them."""

from functools import cache
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    event,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import AutoString, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


@cache
def metadata_of(package: str) -> MetaData:
    """What holds the tables of a service: each has its own database."""
    return MetaData(naming_convention=NAMING, info={"package": package})


class Stored(SQLModel):
    """A row. Storage only: rules are in the domain, checks in the database, validation at the edges."""

    __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride] - each table names itself

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.metadata = metadata_of(cls.__module__.partition(".")[0])

    @classmethod
    def table(cls) -> Table:
        """The Core table, which sets of rows are read and written with."""
        return cls.metadata.tables[cls.__tablename__]


@event.listens_for(Column, "before_parent_attach")
def _as_postgresql_has_it(column: Column[Any], _: Table) -> None:
    """What SQLModel makes of a `str` has a length in other databases, of a `datetime` none has a zone."""
    if isinstance(column.type, AutoString):
        column.type = Text()
    elif isinstance(column.type, UTCDateTime):
        column.type = DateTime(timezone=True)


def _created() -> Column[object]:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


def add_outbox(metadata: MetaData) -> Table:
    """Events that wait for the relay: a row exists exactly while its events are unpublished.

    A queue table bloats under autovacuum's fraction triggers: its migration sets them by count.
    """
    return Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("topic", Text, nullable=False),
        Column(
            "events",
            Text,
            nullable=False,
            comment="packed: shared headers, then two lines an event; see common.store.outbox",
        ),
        Column("count", Integer, nullable=False),
        _created(),
    )


def add_inbox(metadata: MetaData) -> Table:
    """Events whose effect is committed, by consumer."""
    return Table(
        "inbox",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("event_id", Uuid, primary_key=True),
    )


def add_waiting(metadata: MetaData) -> Table:
    """Events that came before what they speak of; applied when it arrives."""
    return Table(
        "waiting",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("consumer", Text, nullable=False),
        Column("awaited", Uuid, nullable=False, comment="the id that is not known yet"),
        Column("headers", Text, nullable=False),
        Column("payload", Text, nullable=False),
        _created(),
        Index(None, "consumer", "awaited"),
    )


def add_operations(metadata: MetaData) -> Table:
    """How far each consumer is, as its worker told last; and where the letters lie that it has buried, with who wants one sent again."""
    Table(
        "consumers",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("instance", Text, primary_key=True, comment="which replica of the worker"),
        Column("topic", Text, nullable=False),
        Column("lag", BigInteger, comment="events not consumed yet; null before it was measured"),
        Column("ready", Boolean, nullable=False),
        Column("seen_at", DateTime(timezone=True), nullable=False),
    )
    return Table(
        "letters",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("consumer", Text, nullable=False),
        Column("topic", Text, nullable=False, comment="whose dead letters it is among"),
        Column("partition", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("event_id", Uuid, comment="null where the record names none"),
        Column("reason", Text, nullable=False, comment="why, without anything of what it says"),
        Column("origin", Text, nullable=False, comment="where its record lay"),
        Column("buried_at", DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
        Column("asked_by", Text, comment="the subject who wants it sent again"),
        Column("asked_at", DateTime(timezone=True)),
        Column("settled_at", DateTime(timezone=True), comment="when that was done, or could not be"),
        Column("failure", Text, comment="why it could not be sent"),
        CheckConstraint("num_nulls(asked_by, asked_at) IN (0, 2)", name="asked"),
        Index("ix_letters_asked", "id", postgresql_where=text("asked_at IS NOT NULL AND settled_at IS NULL")),
    )


def add_idempotency(metadata: MetaData) -> Table:
    """Answers to POST requests by caller and Idempotency-Key."""
    return Table(
        "idempotency",
        metadata,
        Column("subject", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", Text, nullable=False, comment="SHA-256 of method, path, caller and body"),
        Column("status", Integer, nullable=False),
        Column("answer", Text, nullable=False),
        _created(),
    )


JOB_STATES = "state IN ('queued', 'running', 'done', 'failed', 'cancelled')"
JOBS_TO_DO = "state IN ('queued', 'running')"


def add_jobs(metadata: MetaData) -> Table:
    """Work that is done step by step, each in a transaction of its own; its ids sort as it was ordered."""
    # No foreign key: whoever counts a try is not the one who holds the job's row.
    Table(
        "job_tries",
        metadata,
        Column("job_id", Uuid, primary_key=True),
        Column("tries", Integer, nullable=False, comment="how often the step that is next was begun"),
    )
    return Table(
        "jobs",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("plan", JSONB, nullable=False, comment="what its steps are told"),
        Column("ordered_by", Text, nullable=False, comment="the subject who may follow it"),
        Column("state", Text, nullable=False, server_default="queued"),
        Column("done", Integer, nullable=False, server_default="0"),
        Column("total", Integer, comment="null until the first step has ended"),
        Column("position", JSONB(none_as_null=True), comment="where the next step begins"),
        Column("problem", JSONB(none_as_null=True), comment="code, field and values of what has failed it"),
        _created(),
        Column("begun_at", DateTime(timezone=True)),
        Column("ended_at", DateTime(timezone=True)),
        CheckConstraint(JOB_STATES, name="state"),
        Index("ix_jobs_to_do", "id", postgresql_where=text(JOBS_TO_DO)),
    )


def add_imports(metadata: MetaData) -> Table:
    """Spreadsheets that were sent, and the rows of them that were refused, or wait for another service, until their time is over."""
    imports = Table(
        "imports",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("size", Integer, nullable=False),
        Column("dry_run", Boolean, nullable=False),
        Column("sent_by", Text, nullable=False, comment="the subject who may follow it"),
        Column("caller", JSONB, nullable=False, comment="in which roles, and for whom, it was sent"),
        Column("sent_at", DateTime(timezone=True), nullable=False),
        Column("job_id", Uuid, nullable=False),
        Column("rows", Integer, comment="null until the file has been read"),
        Column("counts", JSONB, nullable=False, server_default="{}", comment="rows by what became of them"),
        Column("ended_at", DateTime(timezone=True)),
        Column("dropped", Boolean, nullable=False, server_default="false", comment="its files are to go"),
        Index(None, "sent_at"),
    )
    Table(
        "import_rows",
        metadata,
        Column("import_id", Uuid, ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
        Column("row", Integer, primary_key=True),
        Column("at", BigInteger, nullable=False, comment="where its line begins"),
        Column("later", Boolean, nullable=False, comment="whether other rows may bring about what it lacks"),
        Column("status", Text, nullable=False),
        Column("problems", JSONB, comment="code, field and values of what is wrong"),
        Column("awaits", Uuid, index=True, comment="the report that another service answers"),
        CheckConstraint("status IN ('refused', 'waiting', 'taken')", name="status"),
    )
    return imports
