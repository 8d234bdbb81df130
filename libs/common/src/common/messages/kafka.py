"""Sending to Kafka: a producer that loses and reorders nothing, and where a key lives."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (asyncpg and aiokafka ship no complete types)

import asyncio
import random
import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

from aiokafka import AIOKafkaProducer

from common.events import MAX_EVENT_BYTES
from common.store.outbox import Message

SEND_TIMEOUT_SECONDS = 30.0
BATCH_BYTES = 512 * 1024


def producer(bootstrap: str, *, max_request_size: int = 2 * MAX_EVENT_BYTES) -> AIOKafkaProducer:
    """A producer that loses and reorders nothing; the library's defaults do both.

    Idempotence is what keeps a later record of a key from landing before an earlier one when a
    batch is sent again.
    """
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        max_batch_size=BATCH_BYTES,
        max_request_size=max_request_size,
        partitioner=cast(Any, _partition),  # its type is that of the default
        request_timeout_ms=int(SEND_TIMEOUT_SECONDS * 1000),
    )


def partition_of(key: bytes, partitions: int) -> int:
    """Where a key lives: CRC32, librdkafka's default and so the same for every client of it."""
    return zlib.crc32(key) % partitions


def _partition(key: bytes | None, every: Sequence[int], available: Sequence[int]) -> int:
    """For the producer, whose own choice is another: a record that somebody sends again goes where it came from."""
    return random.choice(available or every) if key is None else partition_of(key, len(every))  # noqa: S311 - no secret


async def send(kafka: AIOKafkaProducer, topic: str, records: Sequence[Message]) -> None:
    """Publishes records to one topic, in order within each partition, and waits for every acknowledgement.

    Builds the record batches itself: three times faster than a future per message (ADR 0003).
    """
    partitions = len(await kafka.partitions_for(topic))
    by_partition: dict[int, list[Message]] = defaultdict(list)
    for record in records:
        by_partition[partition_of(record.key, partitions)].append(record)
    futures: list[asyncio.Future[Any]] = []
    for partition, rest in by_partition.items():
        batch = kafka.create_batch()
        for record in rest:
            if batch.append(key=record.key, value=record.value, timestamp=None, headers=record.headers) is None:
                batch.close()
                futures.append(await kafka.send_batch(batch, topic, partition=partition))
                batch = kafka.create_batch()
                batch.append(key=record.key, value=record.value, timestamp=None, headers=record.headers)
        batch.close()
        futures.append(await kafka.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*futures)
