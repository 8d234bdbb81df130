"""Records of every broken shape: each is read or buried, what stands beside and behind it is applied, readiness is true."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import calc_crc32c
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Reader, Received, Topic
from common.ids import new_id
from common.messages import consumer as consumers
from common.messages.consumer import Consumer
from common.messages.dead_letters import listed, replay
from common.messages.fetching import CRC_COVERS_FROM, Damaged, unpack
from common.messages.inbox import Inbox, Subscription
from common.messages.kafka import partition_of, producer
from common.store.database import Database
from contracts import PUBLISHED
from contracts.events.training import TrainingRevoked
from jejak_local.books import records
from jejak_local.harness import Running, until
from jejak_local.kafka import KafkaServer
from jejak_local.poison import STAND_IN, Raw, send_raw

WANTED = (TrainingRevoked,)
GOOD = 2026


def good(year: int = GOOD, headers: Iterable[tuple[str, bytes | None]] = (), **changed: Any) -> Raw:
    """A valid event, but for what is changed: a header of the same name, or a field of its body."""
    event = TrainingRevoked(record_id=new_id(), person_id=new_id(), agency_id=new_id(), year=year, reason="test")
    body = json.dumps(json.loads(event.model_dump_json()) | changed).encode()
    own = {
        "ce_id": str(new_id()).encode(),
        "ce_type": event.type.encode(),
        "ce_sequence": b"1",
        "ce_time": b"2026-06-15T03:00:00+00:00",
    }
    return Raw(str(event.person_id).encode(), body, [*(own | dict(headers)).items()])


def without(name: str) -> Raw:
    whole = good()
    return whole._replace(headers=[header for header in whole.headers if header[0] != name])


def with_body(change: Callable[[bytes], bytes]) -> Raw:
    whole = good()
    return whole._replace(value=change(whole.value or b""))


async def apply(session: AsyncSession, batch: Sequence[Received]) -> None:
    for received in batch:
        await session.execute(
            text("INSERT INTO effects (event_id, year, at) VALUES (:id, :year, :sequence)"),
            {"id": received.id, "year": received.event.year, "sequence": received.sequence},
        )
        await session.execute(text("SELECT CAST(:reason AS text)"), {"reason": received.event.reason})


def consumer(database: Database, kafka: KafkaServer, topic: Topic) -> Consumer:
    subscription = Subscription(f"kit.{topic.name}", topic, WANTED, apply)
    return Consumer(Inbox(database, subscription, Reader(WANTED, PUBLISHED)), kafka.bootstrap, "one")


async def is_ready(reader: Consumer) -> bool:
    return reader.ready


async def consumed(database: Database, kafka: KafkaServer, topic: Topic) -> dict[UUID, int]:
    """Reads to the end, and gives how often each event has had its effect."""
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: is_ready(reader))
    async with database.reading() as session:
        rows = await session.execute(text("SELECT event_id, count(*) AS times FROM effects GROUP BY 1"))
        return {row.event_id: row.times for row in rows}


def ids(batch: Iterable[Raw]) -> dict[UUID, int]:
    return {UUID((dict(record.headers)["ce_id"] or b"").decode()): 1 for record in batch}


async def letters(kafka: KafkaServer, topic: Topic) -> list[tuple[dict[str, str], bytes]]:
    return [letter async for letter in records(kafka.bootstrap, topic.dead_letters)]


# --- what aiokafka cannot unpack


async def test_a_header_name_that_is_not_utf8_takes_no_other_record_with_it(
    database: Database, kafka: KafkaServer, topic: Topic
) -> None:
    """In each partition: good ones, one batch of which the middle one is broken, good ones behind it."""
    fine, origins = list[Raw](), set[str]()
    for number in range(topic.partitions):
        part = TopicPartition(topic.name, number)
        before, beside, behind = [good() for _ in range(3)], [good() for _ in range(4)], [good() for _ in range(3)]
        broken = good(headers=[(STAND_IN, b"1")])
        await send_raw(kafka.bootstrap, part, before)
        first = await send_raw(kafka.bootstrap, part, [*beside[:2], broken, *beside[2:]])
        for each in behind:
            await send_raw(kafka.bootstrap, part, [each])
        fine += before + beside + behind
        origins.add(f"{topic.name}/{number}/{first + 2}")
    assert await consumed(database, kafka, topic) == ids(fine)
    buried = await letters(kafka, topic)
    assert {headers["dlq-origin"] for headers, _ in buried} == origins
    assert {headers["dlq-error"] for headers, _ in buried} == {"a header's name is not UTF-8"}
    assert all(json.loads(value)["year"] == GOOD and headers[r"\xff\xfex"] == "1" for headers, value in buried)
    assert await consumed(database, kafka, topic) == ids(fine), "again from what was committed"
    assert len(await letters(kafka, topic)) == topic.partitions


async def test_a_batch_damaged_on_kafkas_disk_is_buried_and_the_next_applied(
    database: Database, kafka: KafkaServer, topic: Topic
) -> None:
    part = TopicPartition(topic.name, 0)
    fine = [good() for _ in range(2)]
    await send_raw(kafka.bootstrap, part, fine[:1])
    first = await send_raw(kafka.bootstrap, part, [good() for _ in range(3)])
    await send_raw(kafka.bootstrap, part, fine[1:])
    _damage(kafka, part, first, 100)
    assert await consumed(database, kafka, topic) == ids(fine)
    [(headers, value)] = await letters(kafka, topic)
    assert (headers["dlq-error"], value) == ("cannot be unpacked: a checksum that does not match", b"")
    origin = f"{topic.name}/0/{first}-{first + 2}"
    assert headers["dlq-origin"] == origin
    assert await replay(kafka.bootstrap, topic.name) == (0, [f"letter 0/0 from {origin}: nobody can unpack it"])


async def test_a_consumer_to_which_kafka_gives_nothing_of_what_there_is_is_not_ready(
    database: Database, kafka: KafkaServer, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kafka itself cannot find the batch: its length says that the disk ends before it."""
    monkeypatch.setattr(consumers, "MOST_POLLS_IN_VAIN", 2)
    part = TopicPartition(topic.name, 0)
    await send_raw(kafka.bootstrap, part, [good()])
    await consumed(database, kafka, topic)
    offset = await send_raw(kafka.bootstrap, part, [good()])
    _damage(kafka, part, offset, 8)
    reader = consumer(database, kafka, topic)
    reader.caught_up = True
    async with Running(reader):
        await until(lambda: _is_in_vain(reader))
        assert not reader.ready
        _damage(kafka, part, offset, 8)
        await until(lambda: is_ready(reader))


async def _is_in_vain(reader: Consumer) -> bool:
    return reader.assigned and not reader.ready


PART = TopicPartition("topic", 0)


def batch(*, codec: int = 0, at: int = 0, change: int = 0, add: bytes = b"") -> bytes:
    """A batch of three records from offset 7 on, of which a byte is changed, with the right checksum."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, 10_000)
    for number in range(3):
        builder.append(number, None, b"key", b"value" * 10, [("name", b"text")])
    made = builder.build() + add
    made[0:8] = (7).to_bytes(8, "big")
    made[8:12] = (len(made) - 12).to_bytes(4, "big")
    made[at] ^= change
    made[17:21] = calc_crc32c(made[CRC_COVERS_FROM:]).to_bytes(4, "big")
    return bytes(made)


@pytest.mark.parametrize("codec", range(5))
def test_a_batch_of_each_packing_is_unpacked_as_aiokafka_unpacks_it(codec: int) -> None:
    whole = batch(codec=codec)
    [*own] = unpack(PART, whole, 8)
    theirs = [*MemoryRecords(whole).next_batch()][1:]
    assert [(r.offset, r.key, r.value, list(r.headers)) for r in own] == [
        (r.offset, r.key, r.value, r.headers) for r in theirs
    ]
    assert [*unpack(PART, whole, 10)] == []
    assert [*unpack(PART, whole[:-1], 7)] == [], "the rest of a batch comes with the next fetch"


@pytest.mark.parametrize(
    ("broken", "first", "reason"),
    [
        (batch(at=16, change=9), 7, "a batch of version 11"),
        (batch(codec=4, at=70, change=0xFF), 7, "DecompressionError"),
        (batch(at=22, change=4), 7, "DecompressionError"),
        (batch(at=22, change=7), 7, "KeyError"),
        (batch(at=61 + 5, change=0x40), 7, "a record that ends too early"),
        (batch(at=61 + 2 * 71, change=2), 9, "a record whose length is wrong"),
        (batch(at=60, change=4), 10, "IndexError"),
    ],
    ids=["version", "packed wrongly", "not packed", "unknown packing", "length of a key", "length", "count"],
)
def test_what_cannot_be_unpacked_is_one_for_all_it_holds_and_what_stands_around_it_is_read(
    broken: bytes, first: int, reason: str
) -> None:
    *before, damaged, one, two, three = unpack(PART, broken + batch(), 7)
    assert [record.offset for record in before] == [*range(7, first)]
    assert isinstance(damaged, Damaged)
    assert (damaged.first, damaged.reason) == (first, f"cannot be unpacked: {reason}")
    assert [record.offset for record in (one, two, three)] == [7, 8, 9]


def _damage(kafka: KafkaServer, part: TopicPartition, offset: int, place: int) -> None:
    """Changes a byte of the batch that begins with `offset` on Kafka's disk; done twice, it is whole again."""
    [log] = (kafka.folder / "data" / f"{part.topic}-{part.partition}").glob("*.log")
    with log.open("r+b") as file:
        while int.from_bytes(file.read(8), "big") != offset:
            file.seek(int.from_bytes(file.read(4), "big"), os.SEEK_CUR)
        file.seek(place - 8, os.SEEK_CUR)
        [byte] = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 3]))


# --- what can be unpacked


DEEP = b"[" * 100_000 + b"]" * 100_000
READ = {
    "an extra header that is null": good(headers=[("x", None)]),
    "an extra header without a name": good(headers=[("", b"1")]),
    "10,000 extra headers": good(headers=[(f"x-{number}", b"1") for number in range(10_000)]),
    "a trace that is null": good(headers=[("traceparent", None)]),
    "a trace that is none": good(headers=[("traceparent", b"nonsense")]),
    "a subject and a source that are nonsense": good(headers=[("ce_subject", b"?"), ("ce_source", b"")]),
    "no key": good()._replace(key=None),
    "a key that is no UUID": good()._replace(key=b"\xff\xfe"),
    "a key of 100 kB": good()._replace(key=b"k" * 100_000),
    "an unknown field": good(further={"deep": [1e400, "x" * 5_000]}),
    "the year 0": good(year=0),
}
"""The others of their partition are read too, and these themselves."""
BURIED = {
    "a type that is null": (good(headers=[("ce_type", None)]), "a ce_ header is null"),
    "a subject that is null": (good(headers=[("ce_subject", None)]), "a ce_ header is null"),
    "no id": (without("ce_id"), "no ce_id header"),
    "an id twice": (
        good()._replace(headers=[*good().headers, ("ce_id", str(uuid4()).encode())]),
        "a ce_ header stands twice",
    ),
    "an id that is none": (good(headers=[("ce_id", b"1")]), "bad header"),
    "a sequence that is none": (good(headers=[("ce_sequence", b"first")]), "bad header"),
    "a sequence of 5,000 digits": (good(headers=[("ce_sequence", b"9" * 5_000)]), "bad header"),
    "a sequence beyond the database's": (good(headers=[("ce_sequence", b"9" * 30)]), "DBAPIError"),
    "no time": (without("ce_time"), "no ce_time header"),
    "a time that is none": (good(headers=[("ce_time", b"yesterday")]), "bad header"),
    "a time of the year 0": (good(headers=[("ce_time", b"0000-01-01T00:00:00Z")]), "bad header"),
    "a time without its offset": (good(headers=[("ce_time", b"2026-06-15T03:00:00")]), "bad header"),
    "a header that is not UTF-8": (good(headers=[("x", b"\xff\xfe")]), "a header is not UTF-8"),
    "an empty body": (good()._replace(value=b""), "json_invalid"),
    "neither key nor body": (good()._replace(key=None, value=None), "empty payload"),
    "no body": (good()._replace(value=None), "empty payload"),
    "a body that is not UTF-8": (with_body(lambda body: body.replace(b"test", b"\xff\xfe")), "json_invalid"),
    "a body of UTF-16": (with_body(lambda body: body.decode().encode("utf-16")), "json_invalid"),
    "brackets in brackets": (with_body(lambda body: body[:-1] + b',"x":' + DEEP + b"}"), "json_invalid"),
    "a list": (good()._replace(value=b"[]"), "model_type"),
    "a lone surrogate": (with_body(lambda body: body.replace(b"test", rb"\ud800")), "json_invalid"),
    "a NUL": (with_body(lambda body: body.replace(b"test", rb"\u0000")), "DBAPIError"),
    "1e400 as a year": (with_body(lambda body: body.replace(b"2026", b"1e400")), "finite_number"),
    "a year of 5,000 digits": (with_body(lambda body: body.replace(b"2026", b"9" * 5_000)), "json_invalid"),
    "a year beyond the database's": (with_body(lambda body: body.replace(b"2026", b"9" * 30)), "DBAPIError"),
    "NaN": (with_body(lambda body: body.replace(b"2026", b"NaN")), "finite_number"),
    "a record id of another kind": (good(record_id=1), "uuid"),
}


async def test_each_shape_is_read_or_buried_and_what_follows_is_applied(
    database: Database, kafka: KafkaServer, topic: Topic
) -> None:
    fine, origins = list[Raw](READ.values()), dict[str, str]()
    for number, (shape, record) in enumerate(
        [*READ.items(), *((name, record) for name, (record, _) in BURIED.items())]
    ):
        part = TopicPartition(topic.name, number % topic.partitions)
        fine.append(follower := good())
        offset = await send_raw(kafka.bootstrap, part, [record, follower])
        origins[f"{topic.name}/{part.partition}/{offset}"] = shape
    assert await consumed(database, kafka, topic) == ids(fine)
    told = {origins[letter["dlq-origin"]]: letter["dlq-error"] for letter in await listed(kafka.bootstrap, topic.name)}
    assert {shape: reason for shape, reason in told.items() if BURIED.get(shape, ("", "?"))[1] not in reason} == {}
    assert told.keys() == BURIED.keys()


async def test_an_id_that_another_topic_has_used_is_no_duplicate(
    database: Database, kafka: KafkaServer, topic: Topic
) -> None:
    event = good()
    async with database.transaction() as session:
        [event_id] = ids([event])
        await session.execute(text("INSERT INTO inbox (consumer, event_id) VALUES ('another', :id)"), {"id": event_id})
    await send_raw(kafka.bootstrap, TopicPartition(topic.name, 0), [event])
    assert await consumed(database, kafka, topic) == ids([event])


async def test_a_right_that_is_missing_is_no_fault_of_an_event(
    database: Database, kafka: KafkaServer, topic: Topic
) -> None:
    """Whoever migrates gives it; until then the event is tried again, and nothing is buried."""
    refused, given = asyncio.Event(), asyncio.Event()

    async def apply_when_given(session: AsyncSession, batch: Sequence[Received]) -> None:
        if not given.is_set():
            refused.set()
            await session.execute(text("SELECT pg_read_file('secret')"))
        await apply(session, batch)

    event = good()
    await send_raw(kafka.bootstrap, TopicPartition(topic.name, 0), [event])
    reader = consumer(database, kafka, topic)
    reader.inbox.subscription = replace(reader.inbox.subscription, handler=apply_when_given)
    async with Running(reader):
        await refused.wait()
        given.set()
        await until(lambda: is_ready(reader))
    assert await consumed(database, kafka, topic) == ids([event])
    assert await letters(kafka, topic) == []


# --- what is too large for a dead letter


LARGE = 6 * 1024 * 1024


@pytest.mark.parametrize(
    "broken",
    [
        good(reason="x" * LARGE),
        good(headers=[("x", b"x" * LARGE)])._replace(value=b"{}"),
        good(headers=[(f"x-{number:0100}", b"") for number in range(50_000)])._replace(value=b"{}"),
        good()._replace(key=b"k" * LARGE, value=b"{}"),
    ],
    ids=["body", "header", "headers", "key"],
)
async def test_a_record_too_large_for_the_dead_letters_is_cut_and_says_its_size_and_origin(
    database: Database, kafka: KafkaServer, topic: Topic, broken: Raw
) -> None:
    """It packs below its topic's limit, so Kafka takes it."""
    large = producer(kafka.bootstrap, max_request_size=4 * LARGE)
    await large.start()
    follower = good()
    for record in (broken, follower):
        sent = await large.send_and_wait(topic.name, record.value, record.key, 1, headers=list(record.headers))
    await large.stop()
    origin = f"{topic.name}/1/{sent.offset - 1}"
    assert await consumed(database, kafka, topic) == ids([follower])
    [(headers, value)] = await letters(kafka, topic)
    assert (headers["dlq-origin"], headers["ce_id"]) == (origin, str(next(iter(ids([broken])))))
    size = sum(len(name) + len(content or b"") for name, content in broken.headers)
    assert int(headers["dlq-size"]) == len(broken.key or b"") + len(broken.value or b"") + size
    assert value == (broken.value or b"")[: len(value)]
    [listed_one] = await listed(kafka.bootstrap, topic.name)
    assert listed_one["dlq-size"] == headers["dlq-size"]

    # What it does not hold is read again where it came from, as long as it is there.
    assert await replay(kafka.bootstrap, topic.name) == (1, [])
    again = [(found, body) async for found, body in records(kafka.bootstrap, topic.name)]
    expected = {name: (content or b"").decode() for name, content in broken.headers}
    assert again.count((expected, broken.value)) == 2


async def test_a_letter_that_was_cut_and_whose_record_is_gone_says_where_it_was(
    database: Database, kafka: KafkaServer, topic: Topic
) -> None:
    large = producer(kafka.bootstrap, max_request_size=2 * LARGE)
    await large.start()
    sent = await large.send_and_wait(topic.name, b"x" * LARGE, b"key", 1, headers=list(good().headers))
    await large.send_and_wait(topic.name, b"{}", b"key", 1, headers=list(good().headers))
    await large.stop()
    await consumed(database, kafka, topic)
    async with _admin(kafka) as admin:
        await admin.delete_records({TopicPartition(topic.name, 1): RecordsToDelete(sent.offset + 1)})
    count, [sentence] = await replay(kafka.bootstrap, topic.name)
    assert (count, f"from {topic.name}/1/{sent.offset}: " in sentence, "no longer" in sentence) == (1, True, True)


@asynccontextmanager
async def _admin(kafka: KafkaServer) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def test_a_consumer_that_cannot_bury_is_not_ready_until_it_can(
    database: Database, kafka: KafkaServer, topic: Topic
) -> None:
    """It was ready before; the letter is lost to nobody, and what follows waits for it."""

    async def take_letters_of(size: int) -> None:
        async with _admin(kafka) as admin:
            limit = {"max.message.bytes": str(size)}
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.dead_letters, limit)])

    part = TopicPartition(topic.name, 0)
    reader = consumer(database, kafka, topic)
    before, broken, behind = good(), good()._replace(value=os.urandom(10_000)), good()
    await send_raw(kafka.bootstrap, part, [before])
    async with Running(reader):
        await until(lambda: is_ready(reader))
        await take_letters_of(1_000)
        await send_raw(kafka.bootstrap, part, [broken, behind])
        await until(lambda: _is_not_ready(reader))
        await take_letters_of(4_000_000)
        await until(lambda: is_ready(reader))
    assert await consumed(database, kafka, topic) == ids([before, behind])
    assert len(await letters(kafka, topic)) == 1


async def _is_not_ready(reader: Consumer) -> bool:
    return not reader.ready


# --- the tool


async def test_a_replayed_event_goes_to_the_partition_of_its_key(
    database: Database, kafka: KafkaServer, topic: Topic
) -> None:
    """The one the relay sends it to, so that it stays in order with what else is told of that person."""
    broken = [good(year=-1)._replace(value=b"{}") for _ in range(40)]
    by_key = {record.key: partition_of(record.key or b"", topic.partitions) for record in broken}
    for record in broken:
        await send_raw(kafka.bootstrap, TopicPartition(topic.name, by_key[record.key]), [record])
    await consumed(database, kafka, topic)
    assert await replay(kafka.bootstrap, topic.name) == (40, [])
    reader = AIOKafkaConsumer(topic.name, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    await reader.start()
    arrived = [await reader.getone() for _ in range(80)]
    await reader.stop()
    assert Counter((record.key, record.partition) for record in arrived) == dict.fromkeys(by_key.items(), 2)


async def test_the_tool_gets_past_letters_of_every_shape(database: Database, kafka: KafkaServer, topic: Topic) -> None:
    part = TopicPartition(topic.dead_letters, 0)
    unread = [good(headers=[(STAND_IN, b"1")]), good(headers=[("dlq-error", None)]), good(headers=[("ce_id", None)])]
    lost = good(headers=[("dlq-size", b"1"), ("dlq-origin", b"nowhere")])
    await send_raw(kafka.bootstrap, part, [*unread, lost, good()])
    assert len(await listed(kafka.bootstrap, topic.name)) == 5
    count, [sentence] = await replay(kafka.bootstrap, topic.name)
    assert count == 4
    assert sentence.startswith("letter 0/3 from nowhere: ")
    assert len([record async for record in records(kafka.bootstrap, topic.name)]) == 4
