"""One use case, one transaction: the edge opens and commits it, nothing else does.

Sessions that write are handed out by `Database.transaction`, sessions that read by
`Database.reading` (PostgreSQL itself refuses a write there). What `emit` collected during a
transaction is stored just before its commit; what it collected while something was read, just after.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (asyncpg and aiokafka ship no complete types)

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from opentelemetry import trace
from sqlalchemy import event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from common.store.outbox import flush, taken
from common.store.trail import Trail
from common.telemetry import tracer


class Database:
    """A service's own database."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        # Parameters are hidden: an exception's text must not carry what a row holds into a log.
        self.engine: AsyncEngine = create_async_engine(
            url, pool_size=pool_size, max_overflow=pool_size, hide_parameters=True
        )
        self.url = make_url(url)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._trail = Trail(self.dsn)
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        event.listen(self.engine.sync_engine, "before_cursor_execute", _start_span)
        event.listen(self.engine.sync_engine, "after_cursor_execute", _end_span)
        event.listen(self.engine.sync_engine, "handle_error", _fail_span)

    @property
    def dsn(self) -> str:
        """The address for asyncpg itself, used where a bare connection is needed (LISTEN)."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """A session that commits when the block ends and rolls back when it raises."""
        async with self._sessions() as session, session.begin():
            yield session
            await session.flush()
            await flush(session)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """A session that can only read. What was emitted in it is committed after it, before the block is left."""
        async with self._sessions() as session:
            await session.connection(execution_options={"postgresql_readonly": True})
            yield session
        if rows := taken(session):
            await self._trail.keep(rows)

    async def close(self) -> None:
        await self._trail.close()
        await self.engine.dispose()


@contextmanager
def counted_statements(database: Database) -> Generator[list[str]]:
    """The SQL statements run inside the block: tests hold use cases to an exact number."""
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


def _refuse_closed(connection: Any, _record: Any, _checkout: Any) -> None:
    """asyncpg hears of a connection's end by itself: the pool's own ping would cost each transaction a round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("closed while it lay in the pool")


def _start_span(_conn: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    # Only inside a trace that is kept: a span costs more than many a statement.
    if context is not None and trace.get_current_span().is_recording():
        words = statement.split(None, 1)
        context.jejak_span = tracer.start_span(
            words[0].upper() if words else "SQL",
            kind=trace.SpanKind.CLIENT,
            attributes={"db.system.name": "postgresql", "db.query.text": statement[:500]},
        )


def _end_span(_conn: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    span = getattr(context, "jejak_span", None)
    if span is not None:
        span.end()


def _fail_span(failure: Any) -> None:
    span = getattr(failure.execution_context, "jejak_span", None)
    if span is not None:
        span.set_status(trace.StatusCode.ERROR)
        span.end()
