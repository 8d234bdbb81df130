"""What an operator is told of the workers of a service, and what they ask of them: kept in its database, since no API asks Kafka.

Each worker writes how far each of its consumers is every few seconds (`consumers`), and where a letter lies when it buries one
(`common.messages.letters.note`): its place and why, never what it says. Whoever wants one sent again marks its row (`contracts.operations`), and
the next worker that looks does it.
"""

# pyright: reportMissingTypeStubs=false
# (aiokafka ships no complete types)

import asyncio
from collections.abc import Sequence

from aiokafka.errors import KafkaError
from sqlalchemy import text

from common.messages.consumer import Consumer
from common.messages.dead_letters import Unsendable, resend
from common.store.database import Database
from common.telemetry import log

SECONDS = 5
AT_ONCE = 20
"""How many letters are sent again in one transaction."""
SEEN = text(
    "INSERT INTO consumers (consumer, instance, topic, lag, ready, seen_at)"
    " VALUES (:consumer, :instance, :topic, :lag, :ready, clock_timestamp())"
    " ON CONFLICT (consumer, instance) DO UPDATE SET"
    " topic = excluded.topic, lag = excluded.lag, ready = excluded.ready, seen_at = excluded.seen_at"
)
GONE = text("DELETE FROM consumers WHERE seen_at < clock_timestamp() - interval '1 day'")
# As long as Kafka keeps a letter (deploy/kafka/topics.yaml): one that is gone there cannot be sent again.
OVER = text("DELETE FROM letters WHERE buried_at < clock_timestamp() - interval '90 days'")
ASKED = text(
    'SELECT id, topic, partition, "offset" FROM letters WHERE asked_at IS NOT NULL AND settled_at IS NULL'
    " ORDER BY id LIMIT :most FOR NO KEY UPDATE SKIP LOCKED"
)
SETTLED = text("UPDATE letters SET settled_at = clock_timestamp(), failure = :failure WHERE id = :id")


async def attend(database: Database, readers: Sequence[Consumer], bootstrap: str) -> None:
    """Tells how the consumers of a worker are, and sends again what was asked for, until it is cancelled."""
    while True:
        try:
            await tell(database, readers)
            await send_asked(database, bootstrap)
        except Exception as error:  # noqa: BLE001 - whatever breaks, the rows say when they were written last
            log.warning("operations not told", error=type(error).__name__)
        await asyncio.sleep(SECONDS)


async def tell(database: Database, readers: Sequence[Consumer]) -> None:
    """Writes how far each consumer of this worker is, and drops what is too old to tell of."""
    rows = [
        {
            "consumer": reader.inbox.subscription.name,
            "instance": reader.instance,
            "topic": reader.inbox.subscription.topic.name,
            "lag": reader.lag if reader.lag >= 0 else None,
            "ready": reader.ready,
        }
        for reader in readers
    ]
    async with database.transaction() as session:
        await session.execute(SEEN, rows)
        await session.execute(GONE)
        await session.execute(OVER)


async def send_asked(database: Database, bootstrap: str) -> None:
    """Sends again the letters that somebody has asked for. Killed before the commit, it sends them twice, and consumers skip the second."""
    async with database.transaction() as session:
        for row in (await session.execute(ASKED, {"most": AT_ONCE})).all():
            failure = None
            try:
                await resend(bootstrap, row.topic, row.partition, row.offset)
            except Unsendable as error:
                failure = str(error)
            except KafkaError as error:  # it is tried again, and holds up no other letter
                log.warning("letter not sent again", topic=row.topic, error=type(error).__name__)
                continue
            await session.execute(SETTLED, {"id": row.id, "failure": failure})
