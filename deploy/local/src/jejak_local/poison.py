"""Records that our own producer would not make, as a client of another kind may send them: for tests and chaos."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from aiokafka import TopicPartition
from aiokafka.errors import for_code
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from common.messages.fetching import CRC_COVERS_FROM, connected, leader_of

STAND_IN = "?!?"
NOT_UTF8 = b"\xff\xfex"
"""What a header called STAND_IN is called on the wire."""


MOST_BYTES = 16 * 1024 * 1024


class Raw(NamedTuple):
    """A record to be."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]] = ()


async def send_raw(bootstrap: str, part: TopicPartition, records: Sequence[Raw]) -> int:
    """Sends records as one batch, its header names as bytes; gives the offset of the first. Raises KafkaError."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, MOST_BYTES)
    for number, record in enumerate(records):
        builder.append(number, None, record.key, record.value, list(record.headers))
    batch = builder.build().replace(STAND_IN.encode(), NOT_UTF8)
    batch[CRC_COVERS_FROM - 4 : CRC_COVERS_FROM] = calc_crc32c(batch[CRC_COVERS_FROM:]).to_bytes(4, "big")
    asked = [(part.topic, [(part.partition, bytes(batch))])]
    async with connected(bootstrap, {part.topic}) as client:
        while True:
            answer: Any = await client.send(leader_of(client, part), ProduceRequest(None, -1, 10_000, asked))
            [(_, [(_, code, offset, *_)])] = answer.topics
            if code == 0:
                return offset
            if not for_code(code).retriable:  # a partition that was just made has a leader which does not know yet
                raise for_code(code)
            await asyncio.sleep(0.05)
