"""Single requests of one caller that wait at the same moment share one transaction (ADR 0007).

A transaction of one costs nearly what a transaction of a hundred does. While one is under way, what
arrives gathers, and goes into the next; nobody waits for a timer. A request hears of its own item
alone, after the commit.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Generic, TypeVar

from opentelemetry import trace
from opentelemetry.trace import Link, SpanContext
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.database import Database
from common.telemetry import EVENT_COUNT, traced
from common.web.bulk import work

T = TypeVar("T")
R = TypeVar("R")

MOST = 200


@dataclass(frozen=True)
class _Waiting(Generic[T, R]):
    item: T
    answer: asyncio.Future[R | Refused]
    span: SpanContext


class Joiner(Generic[T, R]):
    """Gathers items by a key, such as the caller; `handle` works on those of one key in one transaction.

    `name` names the span of such a transaction, which links to those of the requests.
    """

    def __init__(
        self, name: str, handle: Callable[[AsyncSession, Sequence[T]], Awaitable[Sequence[R | Refused]]]
    ) -> None:
        self._name = name
        self._handle = handle
        self._waiting: dict[tuple[Database, Hashable], deque[_Waiting[T, R]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def join(self, database: Database, key: Hashable, item: T) -> R:
        """What `handle` answers for `item`, committed. Raises the Refused it answers with."""
        answer = asyncio.get_running_loop().create_future()
        waiting = _Waiting[T, R](item, answer, trace.get_current_span().get_span_context())
        queue = database, key
        if queue in self._waiting:
            self._waiting[queue].append(waiting)
        else:
            self._waiting[queue] = deque([waiting])
            # A context of its own: it outlives the request that begins it, and so that one's span.
            task = asyncio.create_task(self._work_off(database, key), context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        answered = await answer
        if isinstance(answered, Refused):
            raise answered
        return answered

    async def _work_off(self, database: Database, key: Hashable) -> None:
        queue = self._waiting[database, key]
        try:
            while queue:
                await self._work(database, [queue.popleft() for _ in range(min(MOST, len(queue)))])
        finally:
            del self._waiting[database, key]

    async def _work(self, database: Database, group: Sequence[_Waiting[T, R]]) -> None:
        links = [Link(waiting.span) for waiting in group if waiting.span.trace_flags.sampled]
        with traced(self._name, links=links, attributes={EVENT_COUNT: len(group)}):
            try:
                answers = await work(database, [waiting.item for waiting in group], self._handle)
            except Refused as refused:
                answers = [refused] * len(group)
        for waiting, answer in zip(group, answers, strict=True):
            if not waiting.answer.done():  # its caller may have gone
                waiting.answer.set_result(answer)
