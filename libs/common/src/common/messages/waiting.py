"""Events that speak of somebody not known yet: they wait, and are applied when that one arrives."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Reader, Received
from common.messages.letters import Letter, letters_of, reason_of
from common.store.database import Database
from common.store.outbox import attempt
from common.store.sets import Columns, lists, unnest
from common.store.transient import is_transient
from common.telemetry import (
    WAITING_COUNT,
    WAITING_OLDEST_AGE,
    log,
    observe,
)

Lookup = Callable[[AsyncSession, Sequence[UUID]], Awaitable[Collection[UUID]]]
"""Asks which of these ids are stored."""
WAITING_LOCK = 4_205_601
HELD: Columns = {"awaited": "uuid", "headers": "text", "payload": "text"}
HOLD = text(f"INSERT INTO waiting (consumer, {', '.join(HELD)}) SELECT :consumer, * FROM {unnest(HELD)}")  # noqa: S608 - built of names in this code


async def look(session: AsyncSession) -> None:
    """To be called before somebody is looked for, for whom something is to wait where they are not there.

    Nobody arrives between this and the end of the transaction (see `admit`).
    """
    await session.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": WAITING_LOCK})


async def hold(
    session: AsyncSession, consumer: str, batch: Sequence[Received], awaits: Callable[[Any], UUID], known: Lookup
) -> list[Received]:
    """Keeps the events that speak of what is not known yet, and gives back the others.

    `awaits` tells whom an event speaks of; `known` asks the database which of these it has.
    Nobody arrives between that question and the end of this transaction (see `admit`): they would
    release nothing, and the event would then wait for ever.
    """
    await look(session)
    here = await known(session, sorted({awaits(received.event) for received in batch}))
    rows = [
        (awaits(received.event), json.dumps(dict(received.headers)), received.payload.decode())
        for received in batch
        if awaits(received.event) not in here
    ]
    if rows:
        await session.execute(HOLD, lists(HELD, rows) | {"consumer": consumer})
    return [received for received in batch if awaits(received.event) in here]


async def admit(session: AsyncSession) -> None:
    """To be called before somebody new is stored, whom events may wait for.

    Waits until every event that was found to know nobody lies in `waiting`, where `release` finds
    it; whoever asks from now on who is known waits for this transaction.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WAITING_LOCK})


async def release(session: AsyncSession, consumer: str, arrived: Sequence[UUID], reader: Reader) -> list[Received]:
    """Takes out, in their order, the events that waited for any of `arrived`; after `admit`."""
    rows = await session.execute(
        text(
            "WITH released AS (DELETE FROM waiting"
            " WHERE consumer = :consumer AND awaited = ANY(CAST(:arrived AS uuid[]))"
            " RETURNING id, headers, payload) SELECT * FROM released ORDER BY id"
        ),
        {"consumer": consumer, "arrived": list(arrived)},
    )
    return [reader.decode(json.loads(row.headers), row.payload.encode()) for row in rows]


async def take_up(
    session: AsyncSession,
    consumer: str,
    waited: Sequence[Received],
    apply: Callable[[Sequence[Received]], Awaitable[None]],
) -> None:
    """Applies events that waited, in order; one that cannot be applied goes to its topic's dead letters.

    It must not take down with it whoever it waited for: they would never become known.
    """
    if not waited:
        return
    try:
        async with attempt(session):
            await apply(waited)
    except Exception as error:
        if is_transient(error):
            raise
        if len(waited) > 1:
            middle = len(waited) // 2
            await take_up(session, consumer, waited[:middle], apply)
            await take_up(session, consumer, waited[middle:], apply)
            return
        [broken] = waited
        log.error("event cannot be applied", consumer=consumer, event_id=str(broken.id), exc_info=error)
        key = str(broken.event.key()).encode()
        headers = [(name, value.encode()) for name, value in broken.headers.items()]
        letter = Letter(consumer, broken.event.topic, key, broken.payload, headers, reason_of(error), "waiting")
        letters_of(session).append(letter)


def watch_waiting(database: Database) -> Callable[[], Coroutine[None, None, None]]:
    """Registers the gauges of number and age of waiting events; the returned task keeps them current."""
    state: dict[str, tuple[int, float]] = {}
    observe(WAITING_COUNT, "{event}", lambda: [(count, {"consumer": name}) for name, (count, _) in state.items()])
    observe(WAITING_OLDEST_AGE, "s", lambda: [(age, {"consumer": name}) for name, (_, age) in state.items()])

    async def watch() -> None:
        while True:
            with suppress(Exception):  # whatever breaks, the gauges say what was last known
                async with database.reading() as session:
                    rows = await session.execute(
                        text(
                            "SELECT consumer, count(*) AS count,"
                            " extract(epoch FROM clock_timestamp() - min(created_at)) AS age FROM waiting GROUP BY consumer"
                        )
                    )
                    state.clear()
                    state.update({row.consumer: (row.count, float(row.age)) for row in rows})
            await asyncio.sleep(5)

    return watch
