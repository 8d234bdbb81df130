"""Taking events in: batches, one transaction each, that hold the inbox rows and the effects.

- Seen before, in an earlier batch or earlier in this one: skipped, and counted.
- The world is broken (database away, deadlock): tried again until it works, never buried.
- An event is broken: the batch is halved until the poison stands alone, which goes to the
  topic's dead letters with its reason; all others are applied.
- Too many broken events: the consumer stops and says so, since then it is the code that is wrong.
- An event speaks of somebody not known yet: its handler lays it in `waiting` (`hold`). The handler
  that stores whoever arrives calls `admit` before it stores them, takes out what waited for them
  (`release`), and applies it (`take_up`).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (asyncpg and aiokafka ship no complete types)

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from opentelemetry.trace import SpanKind
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Reader, Received, Topic, UnreadableEvent, Wanted
from common.messages.fetching import Damaged, Record
from common.messages.letters import Letter, letters_of, note, reason_of
from common.store.database import Database
from common.store.sets import copy
from common.store.transient import insist, is_transient
from common.telemetry import (
    EVENT_COUNT,
    TOPIC,
    dead_letters,
    duplicates,
    links,
    log,
    processed,
    traced,
)

Handler = Callable[[AsyncSession, Sequence[Received]], Awaitable[None]]

BATCH = 1_000
"""How many records a consumer works on in one transaction (ADR 0019)."""
MOST_BURIED_IN_A_ROW = 100
WATCHED_OUTCOMES = 1_000
MOST_BURIED_SHARE = 0.5
TRY_SECONDS = 120.0
SEEN = text("SELECT event_id FROM inbox WHERE consumer = :consumer AND event_id = ANY(CAST(:ids AS uuid[]))")


class TooManyDeadLetters(Exception):  # noqa: N818 - the name says what has happened
    """So many events were buried that the fault must be the consumer's: it stops for a person to look."""


@dataclass(frozen=True)
class Subscription:
    """What a service wants of one topic.

    `name` is the consumer group and the inbox's key: it must never change once in use.
    """

    name: str
    topic: Topic
    wanted: Sequence[Wanted]
    handler: Handler


@dataclass
class Inbox:
    """Applies the records of one subscription."""

    database: Database
    subscription: Subscription
    reader: Reader
    graves: AIOKafkaProducer | None = None
    """What letters are sent with; whoever reads Kafka for this inbox starts it."""
    _outcomes: deque[bool] = field(default_factory=lambda: deque(maxlen=WATCHED_OUTCOMES))

    async def process(self, records: Sequence[Record]) -> None:
        """Applies records in order; returns when each has had its effect, was seen before, or is buried.

        Raises TooManyDeadLetters, and KafkaError when a letter cannot be sent or the database stays away.
        """
        batch: list[Received] = []
        origin: dict[UUID, Record] = {}
        for record in records:
            try:
                found = self._read(record)
            except UnreadableEvent as error:
                # After what came before it: a hundred buried in a row are then a hundred in a row of the topic.
                await self._apply(batch, origin)
                batch = []
                await self._bury(record, str(error))
                continue
            if found is None:
                continue
            if found.id in origin:
                # A relay that died between send and delete puts an event twice into one batch.
                duplicates.add(1, {TOPIC: record.topic})
                continue
            origin[found.id] = record
            batch.append(found)
        await self._apply(batch, origin)

    def _read(self, record: Record) -> Received | None:
        if isinstance(record, Damaged):
            raise UnreadableEvent(record.reason)
        return self.reader.read(record.headers, record.value)

    async def _apply(self, batch: Sequence[Received], origin: dict[UUID, Record]) -> None:
        if not batch:
            return
        try:
            fresh = await insist(
                lambda: self._commit(batch), seconds=TRY_SECONDS, what=f"consume {self.subscription.name}"
            )
        except KafkaError:
            raise  # a letter of somebody else's could not be sent: no fault of these events
        except Exception as error:
            if is_transient(error):
                raise KafkaError("database away for long: poll again") from error
            if len(batch) == 1:
                log.error(
                    "event cannot be applied",
                    consumer=self.subscription.name,
                    event_id=str(batch[0].id),
                    exc_info=error,
                )
                await self._bury(origin[batch[0].id], reason_of(error))
                return
            middle = len(batch) // 2
            await self._apply(batch[:middle], origin)
            await self._apply(batch[middle:], origin)
            return
        topic = self.subscription.topic.name
        processed.add(fresh, {TOPIC: topic})
        if fresh < len(batch):
            duplicates.add(len(batch) - fresh, {TOPIC: topic})
        self._outcomes.extend([True] * len(batch))

    async def _commit(self, batch: Sequence[Received]) -> int:
        name = self.subscription.name
        topic = self.subscription.topic.name
        with traced(
            f"process {topic}",
            kind=SpanKind.CONSUMER,
            links=links(received.traceparent for received in batch),
            attributes={TOPIC: topic, EVENT_COUNT: len(batch)},
        ):
            async with self.database.transaction() as session:
                fresh = await _first_seen(session, name, [received.id for received in batch])
                new = [received for received in batch if received.id in fresh]
                if new:
                    await self.subscription.handler(session, new)
                # Before the commit: a letter that is sent twice does less harm than one that is not sent.
                for letter in letters_of(session):
                    await note(session, letter, *await self._send_to_dead_letters(letter))
                return len(new)

    async def _bury(self, record: Record, reason: str) -> None:
        letter = Letter.of(record, self.subscription.name, self.subscription.topic, reason)
        lies = await self._send_to_dead_letters(letter)
        await insist(lambda: self._note(letter, *lies), seconds=TRY_SECONDS, what=f"note a letter of {letter.consumer}")
        self._outcomes.append(False)
        in_a_row = list(self._outcomes)[-MOST_BURIED_IN_A_ROW:]
        full = len(self._outcomes) == WATCHED_OUTCOMES
        if (len(in_a_row) == MOST_BURIED_IN_A_ROW and not any(in_a_row)) or (
            full and self._outcomes.count(False) > MOST_BURIED_SHARE * WATCHED_OUTCOMES
        ):
            raise TooManyDeadLetters

    async def _note(self, letter: Letter, partition: int, offset: int) -> None:
        async with self.database.transaction() as session:
            await note(session, letter, partition, offset)

    async def _send_to_dead_letters(self, letter: Letter) -> tuple[int, int]:
        assert self.graves is not None, "started by whoever reads Kafka"  # noqa: S101 - tells the type checker
        lies = await letter.send(self.graves)
        dead_letters.add(1, {TOPIC: letter.topic.name})
        log.error("event buried", consumer=letter.consumer, event_id=letter.event_id, reason=letter.reason)
        return lies


async def _first_seen(session: AsyncSession, consumer: str, ids: Sequence[UUID]) -> set[UUID]:
    """Notes the events this consumer has not seen, and tells which."""
    seen = await session.scalars(SEEN, {"consumer": consumer, "ids": ids})
    fresh = set(ids).difference(seen)
    if fresh:
        await copy(session, "inbox", ("consumer", "event_id"), [(consumer, each) for each in sorted(fresh)])
    return fresh
