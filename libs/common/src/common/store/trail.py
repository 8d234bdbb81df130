"""What is emitted while something is only read: stored on its own, before whoever asked is answered.

What ends at the same moment is stored by one statement that is a transaction of its own: while one is under way, the
next ones gather (as in ADR 0007), since its commit costs more than its rows.
"""

import asyncio
from collections.abc import Sequence
from contextvars import Context

from sqlalchemy.ext.asyncio import AsyncEngine

from common.store.outbox import Packed, store


class Trail:
    """Stores rows of the outbox for those who read."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
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
            async with self._engine.connect() as connection:
                await store(connection, rows)
        except Exception as error:  # noqa: BLE001 - each of those who wait is told
            return error
        return None
