"""Reading Kafka for a subscription: a FastStream batch subscriber that loses nothing and stops when it fails.

What FastStream does by itself loses records without a word, so here (ADR 0015 tells what was seen):

- a parser of our own leaves the records as Kafka has them: FastStream's decodes every header first;
- we poll ourselves, without its pause after an empty poll, and past what aiokafka cannot unpack;
- the offsets of what was processed are committed, soon after it, and no others;
- whatever goes wrong, the loop ends with nothing committed, and `run` raises it or starts over.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (aiokafka ships no complete types)

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Union

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import CommitFailedError, ConsumerStoppedError, IllegalStateError, KafkaError
from faststream.kafka import KafkaBroker
from faststream.message import StreamMessage
from faststream.middlewares import AckPolicy

from common.events import Wanted, event_of
from common.messages.fetching import FETCH_BYTES, Record, take
from common.messages.inbox import BATCH, Inbox, TooManyDeadLetters
from common.messages.kafka import producer
from common.messages.letters import LETTER_BYTES
from common.settings import STOP_SECONDS
from common.telemetry import INBOX_LAG, log, observe

POLL_MS = 1_000
COMMIT_MS = 200
"""Offsets are committed no more often: they only say where to go on, since what comes again was seen before."""
MOST_POLLS_IN_VAIN = 30
CLOSE_SECONDS = 5
"""How long a connection may take to close: Kafka may be away."""

Batch = tuple[Record, ...]


@dataclass
class Consumer:
    """Reads Kafka for one inbox until it is stopped. `instance` tells the replicas of a service apart."""

    inbox: Inbox
    bootstrap: str
    instance: str
    lag: int = -1
    halted: bool = False
    caught_up: bool = False
    assigned: bool = False
    polls_in_vain: int = 0
    _targets: dict[TopicPartition, int] = field(default_factory=dict[TopicPartition, int])
    _processed: dict[TopicPartition, int] = field(default_factory=dict[TopicPartition, int])
    """Where to go on, as far as it is not committed."""
    _commit_at: float = 0
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Future[BaseException | None] | None = None

    def __post_init__(self) -> None:
        subscription = self.inbox.subscription
        self.broker = KafkaBroker(
            self.bootstrap,
            consumer_only=True,
            allow_auto_create_topics=False,
            graceful_timeout=STOP_SECONDS,
            logger=None,
            apply_types=False,
        )
        self._subscriber = self.broker.subscriber(
            subscription.topic.name,
            batch=True,
            title=subscription.name,
            group_id=subscription.name,
            # A restarted replica gets its partitions back at once, without a rebalance of the others.
            group_instance_id=f"{subscription.name}.{self.instance}",
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            partition_assignment_strategy=[StickyPartitionAssignor],
            session_timeout_ms=6_000,
            heartbeat_interval_ms=1_500,
            max_poll_interval_ms=600_000,
            max_partition_fetch_bytes=FETCH_BYTES,
            parser=_unparsed,
            decoder=_undecoded,
        )
        # FastStream makes its subscribers itself: there is no way to give it a class of ours.
        self._subscriber.get_msg = self._poll
        self._subscriber(_reads(subscription.wanted, self._process))

    @property
    def ready(self) -> bool:
        """Whether it has partitions and gets on in them, has reached the ends they had at its start, and was not
        stopped by poison.
        """
        gets_on = self.polls_in_vain < MOST_POLLS_IN_VAIN
        return self.assigned and self.caught_up and gets_on and not self.halted

    def stop(self) -> None:
        """Ends the run after the batch in hand, or without it when it takes longer than STOP_SECONDS."""
        self._stopping.set()
        self._end(None)

    async def run(self) -> None:
        """Consumes until `stop`. Kafka away: waits and starts over. Raises whatever else ends it."""
        name = self.inbox.subscription.name
        while not self._stopping.is_set():
            try:
                await self._consume()
            except TooManyDeadLetters:
                self.halted = True
                log.critical("consumer halted: too many dead letters; mend the cause, then restart", consumer=name)
                await self._stopping.wait()
            except KafkaError as error:
                log.warning("consumer waits for Kafka", consumer=name, error=type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), 1)

    async def _consume(self) -> None:
        self._over = asyncio.get_running_loop().create_future()
        self._targets.clear()
        self._processed.clear()
        self.inbox.graves = graves = producer(self.bootstrap, max_request_size=LETTER_BYTES)
        try:
            await graves.start()
            await self.broker.start()
            fault = await self._over
            if fault is None:
                await self._commit()
        finally:
            self.assigned = False
            loops = [*self._subscriber.tasks]
            with suppress(Exception):  # Kafka may be gone: what ended the run is told, not what closing it met
                await asyncio.wait_for(self.broker.stop(), STOP_SECONDS + CLOSE_SECONDS)
            await asyncio.gather(*loops, return_exceptions=True)
            with suppress(Exception):  # as above
                await asyncio.wait_for(graves.stop(), CLOSE_SECONDS)
        if isinstance(fault, asyncio.CancelledError):
            # As it is, it would look as if somebody had cancelled `run`.
            fault = RuntimeError("cancelled inside a batch")
        if fault is not None:
            raise fault

    def _end(self, fault: BaseException | None) -> None:
        """Ends FastStream's loop and hands the fault to `run`: raised in the loop, it would be swallowed or tried again."""
        self._subscriber.running = False
        if self._over is not None and not self._over.done():
            self._over.set_result(fault)

    async def _poll(self, consumer: AIOKafkaConsumer) -> Batch:
        """The next records: what FastStream's loop asks for. Nothing is handed out together with a fault."""
        try:
            await self._commit_when_due()
            await self._measure(consumer)
            timeout_ms = COMMIT_MS if self._processed else POLL_MS
            found = await take(consumer, self.bootstrap, timeout_ms=timeout_ms, max_records=BATCH)
        except BaseException as error:
            self._end(error)
            raise ConsumerStoppedError from error
        batch = tuple(record for part in found.values() for record in part)
        # There are records, and none comes: a broker that cannot read its own disk only says so in aiokafka's log.
        self.polls_in_vain = self.polls_in_vain + 1 if self.lag and not batch else 0
        return batch

    async def _process(self, batch: Batch) -> None:
        try:
            await self.inbox.process(batch)
            self._processed |= {TopicPartition(each.topic, each.partition): each.offset + 1 for each in batch}
            await self._commit_when_due()
        except BaseException as error:  # noqa: BLE001 - also a cancelled one: else the loop would end and nobody see it
            self._end(error)

    async def _commit_when_due(self) -> None:
        if self._stopping.is_set() or asyncio.get_running_loop().time() >= self._commit_at:
            await self._commit()

    async def _commit(self) -> None:
        kafka = self._subscriber.consumer
        assert kafka is not None, "FastStream's loop runs inside a started subscriber"  # noqa: S101 - tells the type checker
        mine = kafka.assignment()
        due = {part: offset for part, offset in self._processed.items() if part in mine}
        self._processed.clear()
        if due:
            with suppress(CommitFailedError, IllegalStateError):
                # Lost in a rebalance: whoever has the partition now gets these again, and skips them.
                await kafka.commit(due)
            self._commit_at = asyncio.get_running_loop().time() + COMMIT_MS / 1000

    async def _measure(self, kafka: AIOKafkaConsumer) -> None:
        """Updates lag and readiness: a new reader is ready once it has reached the ends it saw when it started."""
        parts = kafka.assignment()
        self.assigned = bool(parts)
        if not parts:
            self.lag = 0
            return
        missing = [part for part in parts if part not in self._targets]
        if missing:
            self._targets.update(await kafka.end_offsets(missing))
        positions = {part: await kafka.position(part) for part in parts}
        self.lag = sum(max((kafka.highwater(part) or self._targets[part]) - positions[part], 0) for part in parts)
        if not self.caught_up:
            self.caught_up = all(positions[part] >= self._targets[part] for part in parts)


async def _unparsed(batch: Batch) -> StreamMessage[Batch]:
    """Takes one parameter: with two, FastStream's own parser would be the second, and run first."""
    return StreamMessage(batch, batch)


async def _undecoded(message: StreamMessage[Batch]) -> Batch:
    return message.raw_message


def _reads(wanted: Sequence[Wanted], process: Callable[[Batch], Awaitable[None]]) -> Callable[[Any], Any]:
    """A handler whose annotation tells AsyncAPI which events are read; what it gets are raw records all the same."""

    async def handle(batch: Any) -> None:
        await process(batch)

    handle.__annotations__["batch"] = Union[tuple(map(event_of, wanted))]  # noqa: UP007 - made at run time
    return handle


def watch_lag(consumers: Sequence[Consumer]) -> None:
    """Registers the gauge of events not yet consumed."""
    observe(
        INBOX_LAG,
        "{event}",
        lambda: [
            (consumer.lag, {"consumer": consumer.inbox.subscription.name})
            for consumer in consumers
            if consumer.lag >= 0
        ],
    )
