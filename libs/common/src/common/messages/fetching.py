"""Records out of Kafka, also those that aiokafka cannot unpack.

It raises inside `getmany` for a header name that is not UTF-8, for a batch whose checksum or packing is broken, and
with the one record all others of the batch are lost to it, whatever offset one seeks. So what it cannot unpack is
fetched once more as bytes and unpacked here: a name that is not UTF-8 keeps its bytes as surrogate escapes (`Reader`
says that such a record is no event), and what nobody can unpack is one `Damaged` for all records it holds.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (asyncpg and aiokafka ship no complete types)

import struct
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.codec import gzip_decode, lz4_decode, snappy_decode, zstd_decode
from aiokafka.errors import (
    ConsumerStoppedError,
    CorruptRecordException,
    KafkaError,
    LeaderNotAvailableError,
    OffsetOutOfRangeError,
    UnsupportedCodecError,
    for_code,
)
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.util import calc_crc32c, decode_varint_py

from common.events import is_text
from common.telemetry import log

Record = ConsumerRecord[bytes | None, bytes | None]

FETCH_BYTES = 8 * 1024 * 1024
"""Of a partition, at most, beside the batch that reaches it."""
BATCH_HEADER = struct.Struct(">qiibIhiqqqhii")
"""Base offset, length, leader epoch, magic, CRC, attributes, last offset delta, two times, producer (3), count."""
CRC_COVERS_FROM = struct.calcsize(">qiibI")
LENGTH_COUNTS_FROM = struct.calcsize(">qi")
MAGIC = 2
READ_UNCOMMITTED = 0
CODEC_BITS, CONTROL_BIT = 0x07, 0x20
CODECS: Mapping[int, Callable[[bytes], bytes]] = {
    0: bytes,
    1: gzip_decode,
    2: snappy_decode,
    3: lz4_decode,
    4: zstd_decode,
}


@dataclass
class Damaged(ConsumerRecord[bytes | None, bytes | None]):
    """The records `first` to `offset` of a partition, which nobody can unpack, and why."""

    first: int
    reason: str


async def take(
    kafka: AIOKafkaConsumer, bootstrap: str, *, timeout_ms: int, max_records: int
) -> dict[TopicPartition, list[Record]]:
    """The next records of each partition, like `getmany`, and past what `getmany` cannot unpack.

    Raises KafkaError when Kafka is away, or partitions moved at the wrong moment.
    """
    stood = {part: await kafka.position(part) for part in kafka.assignment()}
    try:
        return await kafka.getmany(timeout_ms=timeout_ms, max_records=max_records)
    except ConsumerStoppedError:
        raise
    except Exception as error:
        if isinstance(error, KafkaError) and not isinstance(error, (CorruptRecordException, UnsupportedCodecError)):
            raise
        log.warning("records that cannot be unpacked: read one by one", error=type(error).__name__)
        if stood.keys() != kafka.assignment():
            raise KafkaError("partitions moved: poll again") from error
    # Of partitions that had their turn before it broke, records were handed out to nobody.
    for part, position in stood.items():
        kafka.seek(part, position)
    found: dict[TopicPartition, list[Record]] = {}
    async with connected(bootstrap, {part.topic for part in stood}) as client:
        for part, position in stood.items():
            raw = await _fetch(client, part, position)
            found[part] = list(islice(unpack(part, raw, position), max_records))
    # One partition a time, so that a batch stays a batch; the one with the broken record, or no step leads past it.
    chosen = max(found, key=lambda part: (any(map(_broken, found[part])), len(found[part])))
    if not found[chosen]:
        return {}
    kafka.seek(chosen, found[chosen][-1].offset + 1)
    return {chosen: found[chosen]}


async def reread(bootstrap: str, part: TopicPartition, first: int, last: int) -> list[Record]:
    """The records `first` to `last` of a partition, as far as Kafka still has them."""
    async with connected(bootstrap, {part.topic}) as client:
        try:
            raw = await _fetch(client, part, first)
        except OffsetOutOfRangeError:
            return []
    return [record for record in unpack(part, raw, first) if record.offset <= last]


def unpack(part: TopicPartition, raw: bytes, position: int) -> Iterator[Record]:
    """The records from `position` on in what a fetch answered."""
    at = 0
    while len(raw) - at >= BATCH_HEADER.size:
        base, length, _, magic, _, attributes, last_delta, *_ = BATCH_HEADER.unpack_from(raw, at)
        batch = raw[at : at + LENGTH_COUNTS_FROM + length]
        at += LENGTH_COUNTS_FROM + max(length, 0)
        if at > len(raw):
            return  # the fetch ended inside it
        last = base + last_delta if magic == MAGIC else base
        if last < position or attributes & CONTROL_BIT:
            continue
        following = max(base, position)
        try:
            for offset, time, key, value, headers in _records(batch):
                if offset >= position:
                    sizes = (len(key or b""), len(value or b""))
                    yield Record(part.topic, part.partition, offset, time, 0, key, value, None, *sizes, headers)
                following = max(following, offset + 1)
        except Exception as error:  # noqa: BLE001 - whatever a codec or a byte too few raises, nobody can unpack it
            reason = f"cannot be unpacked: {error if type(error) is ValueError else type(error).__name__}"
            yield Damaged(part.topic, part.partition, last, -1, 0, None, None, None, -1, -1, (), following, reason)


def _records(batch: bytes) -> Iterator[tuple[int, int, bytes | None, bytes | None, Any]]:
    """Offset, time, key, value and headers of each record of a batch. Raises whatever its bytes lead to."""
    base, _, _, magic, crc, attributes, _, _, time, *_, count = BATCH_HEADER.unpack_from(batch)
    if magic != MAGIC:
        raise ValueError(f"a batch of version {magic}")
    if calc_crc32c(batch[CRC_COVERS_FROM:]) != crc:
        raise ValueError("a checksum that does not match")
    body, at = bytearray(CODECS[attributes & CODEC_BITS](batch[BATCH_HEADER.size :])), 0

    def number() -> int:
        nonlocal at
        found, at = decode_varint_py(body, at)  # the fast one does not see where the body ends
        return found

    def piece() -> bytes | None:
        nonlocal at
        size = number()
        if size < 0:
            return None
        at += size
        if at > len(body):
            raise ValueError("a record that ends too early")
        return bytes(body[at - size : at])

    for _ in range(count):
        end = number() + at
        number()  # attributes, of which none is used
        number()  # the record's own time
        delta, key, value = number(), piece(), piece()
        headers = [((piece() or b"").decode(errors="surrogateescape"), piece()) for _ in range(number())]
        if at != end:
            raise ValueError("a record whose length is wrong")
        yield base + delta, time, key, value, headers


def _broken(record: Record) -> bool:
    return isinstance(record, Damaged) or not all(is_text(name) for name, _ in record.headers)


@asynccontextmanager
async def connected(bootstrap: str, topics: Collection[str]) -> AsyncGenerator[AIOKafkaClient]:
    """A connection on which requests of Kafka's protocol can be sent as they are. Raises KafkaError."""
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    try:
        await client.bootstrap()
        await client.set_topics(topics)
        yield client
    finally:
        await client.close()


def leader_of(client: AIOKafkaClient, part: TopicPartition) -> int:
    """The broker that leads a partition. Raises LeaderNotAvailableError."""
    leader = client.cluster.leader_for_partition(part)
    if leader is None or leader < 0:
        raise LeaderNotAvailableError
    return leader


async def _fetch(client: AIOKafkaClient, part: TopicPartition, offset: int) -> bytes:
    """The batches from the one that holds `offset` on, as bytes. Raises KafkaError."""
    asked = [(part.topic, [(part.partition, offset, FETCH_BYTES)])]
    answer: Any = await client.send(leader_of(client, part), FetchRequest(0, 0, FETCH_BYTES, READ_UNCOMMITTED, asked))
    [(_, [(_, code, *_, raw)])] = answer.topics
    if code:
        raise for_code(code)
    return raw or b""
