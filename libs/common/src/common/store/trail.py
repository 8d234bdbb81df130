"""What is emitted while something is only read: stored on its own, before whoever asked is answered.

A read is short, so this must cost next to nothing (ADR 0022): one statement, that is a transaction of its own, on a
connection that is kept for it; what ends while one is under way is stored by the next together. The relay is not woken:
its next look, three seconds later at most, takes all of them at once.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# (asyncpg ships no complete types)

import asyncio
from collections.abc import Sequence
from contextvars import Context

import asyncpg

from common.store.outbox import INSERTED, Packed

STORE = INSERTED.format("$1::text[]", "$2::text[]", "$3::int[]")


class Trail:
    """Stores rows of the outbox for those who read."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: asyncpg.Connection | None = None
        self._waiting: list[tuple[Sequence[Packed], asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def keep(self, rows: Sequence[Packed]) -> None:
        """Returns when the rows are committed. Raises what the database raises."""
        committed = asyncio.get_running_loop().create_future()
        self._waiting.append((rows, committed))
        if self._task is None:
            # A context of its own: it outlives the request that begins it, and so that one's span.
            self._task = asyncio.create_task(self._work_off(), context=Context())
        await committed

    async def close(self) -> None:
        """Gives the connection back."""
        if self._connection is not None:
            await self._connection.close()

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                failure = await self._failure([row for rows, _ in waiting for row in rows])
                for _, committed in waiting:
                    if committed.done():  # its caller has gone
                        continue
                    if failure is None:
                        committed.set_result(None)
                    else:
                        committed.set_exception(failure)
        finally:
            self._task = None

    async def _failure(self, rows: Sequence[Packed]) -> Exception | None:
        try:
            connection = self._connection
            if connection is None or connection.is_closed():
                connection = self._connection = await asyncpg.connect(self._dsn)
            await connection.execute(STORE, *zip(*rows, strict=True))
        except Exception as error:  # noqa: BLE001 - each of those who wait is told
            return error
        return None
