"""Outbox, relay and inbox on real PostgreSQL and real Kafka: nothing lost, nothing twice, in order.

The business here is as small as can be: `effects` counts what each event did, `order` what came when.
"""

import asyncio
import json
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from operator import attrgetter
from types import SimpleNamespace
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import MAX_EVENT_BYTES, Event, Reader, Received, Topic
from common.ids import new_id
from common.messages import dead_letters
from common.messages.consumer import Consumer
from common.messages.inbox import Inbox, Subscription
from common.messages.kafka import producer
from common.messages.relay import OLDEST, RELAY_BYTES, RELAY_EVENTS, Floor, Relay, relay_once
from common.messages.waiting import admit, hold, release, take_up
from common.store.database import Database, counted_statements
from common.store.outbox import PACK, EventTooLarge, emit
from contracts import PUBLISHED
from contracts.events import TrainingRevoked
from jejak_local.harness import Running, received, until, waits_for_a_lock
from jejak_local.kafka import KafkaServer

WANTED = (TrainingRevoked,)


def revoked(year: int, person: UUID | None = None, reason: str = "test") -> TrainingRevoked:
    return TrainingRevoked(
        record_id=new_id(), person_id=person or new_id(), agency_id=new_id(), year=year, reason=reason
    )


async def emitted(database: Database, events: Sequence[Event]) -> list[UUID]:
    async with database.transaction() as session:
        ids = [new_id() for _ in events]
        for event, event_id in zip(events, ids, strict=True):
            emit(session, event, sequence=1, event_id=event_id)
        return ids


async def apply(session: AsyncSession, received: Sequence[Received]) -> None:
    """The handler: an effect an event; year 666 is an event no code of ours can apply."""
    assert all(event.event.year != 666 for event in received), "poison"
    await session.execute(
        text(
            "INSERT INTO effects (event_id, person_id, year)"
            " SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[]), CAST(:years AS int[]))"
        ),
        {
            "ids": [event.id for event in received],
            "people": [event.event.person_id for event in received],
            "years": [event.event.year for event in received],
        },
    )


def consumer(database: Database, kafka: KafkaServer, topic: Topic, handler=apply, instance: str = "one") -> Consumer:
    subscription = Subscription(f"kit.{topic.name}", topic, WANTED, handler)
    return Consumer(Inbox(database, subscription, Reader(WANTED, PUBLISHED)), kafka.bootstrap, instance)


async def effects(database: Database) -> list[tuple[UUID, int]]:
    async with database.engine.connect() as connection:
        rows = await connection.execute(text("SELECT event_id, year FROM effects ORDER BY at"))
        return [(row.event_id, row.year) for row in rows]


async def outbox_depth(database: Database) -> int:
    async with database.engine.connect() as connection:
        return int(await connection.scalar(text("SELECT coalesce(sum(count), 0) FROM outbox")) or 0)


async def arrived(kafka: KafkaServer, topic: str) -> list[tuple[str | None, dict[str, str], bytes | None]]:
    """Every record of a topic as (key, headers, value), each partition in its order."""
    reader = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    await reader.start()
    found = []
    try:
        parts = await dead_letters.partitions(kafka.bootstrap, topic)
        reader.assign(parts)
        ends = await reader.end_offsets(parts)
        await reader.seek_to_beginning(*parts)
        while [part for part in parts if await reader.position(part) < ends[part]]:
            for records in (await reader.getmany(timeout_ms=200)).values():
                found += [
                    (r.key and r.key.decode(), {k: v.decode(errors="replace") for k, v in r.headers}, r.value)
                    for r in records
                ]
    finally:
        await reader.stop()
    return found


class Killed(BaseException):
    """Ends a role where a SIGKILL would: nothing of ours handles it."""


async def test_a_rolled_back_transaction_announces_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            emit(session, revoked(2026), sequence=1)
            raise ZeroDivisionError
    assert await outbox_depth(database) == 0


async def relayed(database: Database, kafka: AIOKafkaProducer) -> int:
    connection = await asyncpg.connect(database.dsn)
    try:
        return await relay_once(connection, kafka, Floor())
    finally:
        await connection.close()


async def test_events_of_one_use_case_are_packed(database: Database) -> None:
    await emitted(database, [revoked(2026) for _ in range(PACK + 1)])
    async with database.engine.connect() as connection:
        counts = (await connection.scalars(text("SELECT count FROM outbox ORDER BY id"))).all()
    assert counts == [PACK, 1]


async def test_an_event_over_the_limit_is_refused_at_once(database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(EventTooLarge, check=lambda error: error.field == "reason"):
            emit(session, revoked(2026, reason="x" * MAX_EVENT_BYTES), sequence=1)


async def test_an_event_travels_with_its_cloudevents_headers(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    event = revoked(2026)
    [event_id] = await emitted(database, [event])
    assert await relayed(database, kafka_producer) == 1
    [(key, headers, value)] = await arrived(kafka, topic.name)
    assert key == str(event.person_id)
    assert headers["ce_id"] == str(event_id)
    assert headers["ce_type"] == "id.go.asn.training.TrainingRevoked.v1"
    assert headers["ce_subject"] == str(event.record_id)
    assert (headers["ce_specversion"], headers["ce_sequence"], headers["ce_source"]) == ("1.0", "1", "/training")
    assert json.loads(value) == json.loads(event.model_dump_json())


async def test_relay_killed_between_ack_and_delete_gives_two_arrivals_and_one_effect(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """The database goes away under the relay after Kafka has acknowledged, as a SIGKILL there would."""

    class Dying(AIOKafkaProducer):
        async def partitions_for(self, name: str):
            return await kafka_producer.partitions_for(name)

        def create_batch(self):
            return kafka_producer.create_batch()

        async def send_batch(self, batch, name, *, partition):
            acknowledged = await kafka_producer.send_batch(batch, name, partition=partition)
            await acknowledged
            raise Killed

    dying = Dying.__new__(Dying)
    person = new_id()
    ids = await emitted(database, [revoked(2026, person) for _ in range(10)])
    with pytest.raises(Killed):
        await relayed(database, dying)
    assert await outbox_depth(database) == 10
    await relayed(database, kafka_producer)
    assert await outbox_depth(database) == 0
    assert len(await arrived(kafka, topic.name)) == 20
    async with Running(consumer(database, kafka, topic)):
        await until(lambda: _count(database, 10))
    assert [event_id for event_id, _ in await effects(database)] == ids


async def _count(database: Database, wanted: int) -> bool:
    return len(await effects(database)) >= wanted


@pytest.mark.parametrize("stage", ["with its transaction open", "when it has only its id"])
async def test_a_row_that_is_committed_after_many_with_higher_ids_is_sent(
    database: Database, topic: Topic, kafka_producer: AIOKafkaProducer, stage: str
) -> None:
    """An id is taken before the commit, and before the transaction writes; others overtake it in between."""
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END'"
            )
        )
        await connection.execute(
            text(
                "CREATE TRIGGER held BEFORE INSERT ON outbox FOR EACH ROW"
                " WHEN (position('late' IN NEW.events) > 0) EXECUTE FUNCTION held()"
            )
        )
    relay, holder = await asyncpg.connect(database.dsn), await asyncpg.connect(database.dsn)
    await holder.execute("SELECT pg_advisory_lock(1)")
    await emitted(database, [revoked(2026)])  # whoever takes a sequence's first value writes, and so has a number

    async def late() -> None:
        async with database.transaction() as session:
            if stage == "with its transaction open":
                await session.execute(text("INSERT INTO effects (year) VALUES (2026)"))
            emit(session, revoked(2026, reason="late"), sequence=1)

    async with database.transaction() as begun_before:
        await begun_before.execute(text("INSERT INTO effects (year) VALUES (2026)"))
        task = asyncio.create_task(late())
        await waits_for_a_lock(begun_before, task)
        emit(begun_before, revoked(2026), sequence=1)
    floor = Floor()
    assert await relay_once(relay, kafka_producer, floor) == 2
    for _ in range(5):
        await emitted(database, [revoked(2026)])
        assert await relay_once(relay, kafka_producer, floor) == 1
    await holder.close()
    await task
    assert await relay_once(relay, kafka_producer, floor) == 1
    assert await outbox_depth(database) == 0
    await relay.close()


async def test_the_same_event_twice_in_one_batch_has_one_effect(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    await emitted(database, [revoked(2026)])
    await relayed(database, kafka_producer)
    [(key, headers, value)] = await arrived(kafka, topic.name)
    raw = [(name, text.encode()) for name, text in headers.items()]
    for _ in range(4):
        await kafka_producer.send_and_wait(topic.name, value, key=key.encode(), headers=raw)
    await kafka_producer.send_and_wait(topic.name, value, key=b"elsewhere", headers=raw)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: _is(reader, "ready"))
    assert len(await effects(database)) == 1


async def _is(thing, name: str) -> bool:
    return getattr(thing, name)


async def test_worker_killed_between_effect_and_offset_commit_has_one_effect(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    ids = await emitted(database, [revoked(2026) for _ in range(50)])
    await relayed(database, kafka_producer)
    first = consumer(database, kafka, topic)
    task = asyncio.create_task(first.run())
    process = first.inbox.process

    async def process_then_die(records):
        await process(records)
        raise asyncio.CancelledError  # the effect is committed, the offset is not

    first.inbox.process = process_then_die
    await asyncio.gather(task, return_exceptions=True)
    done = len(await effects(database))
    assert done > 0
    async with Running(consumer(database, kafka, topic)):
        await until(lambda: _count(database, 50))
    assert sorted(event_id for event_id, _ in await effects(database)) == sorted(ids)


async def test_one_poison_among_500_is_buried_and_499_have_their_effect_and_a_replay_works(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    await emitted(database, [revoked(666 if number == 321 else 2026) for number in range(500)])
    await relayed(database, kafka_producer)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: _count(database, 499))
        await until(lambda: _is(reader, "ready"))
    assert len(await effects(database)) == 499
    [(_, headers, _)] = await arrived(kafka, topic.dead_letters)
    assert headers["dlq-error"] == "AssertionError"
    assert headers["dlq-origin"].startswith(f"{topic.name}/")

    async def mended(session: AsyncSession, received: Sequence[Received]) -> None:
        await apply(session, [event for event in received if event.event.year != 666])
        for event in received:
            if event.event.year == 666:
                await session.execute(text("INSERT INTO effects VALUES (:id)"), {"id": event.id})

    assert await dead_letters.replay(kafka.bootstrap, topic.name) == (1, [])
    assert await dead_letters.replay(kafka.bootstrap, topic.name) == (0, [])
    async with Running(consumer(database, kafka, topic, mended)):
        await until(lambda: _count(database, 500))
    [buried] = await dead_letters.listed(kafka.bootstrap, topic.name)
    assert buried["dlq-error"] == "AssertionError"


@pytest.mark.parametrize(
    ("headers", "value", "reason"),
    [
        ([("ce_type", b"id.go.asn.Nobody.v9")], b"{}", "unknown event type"),
        ([], b"{}", "no ce_type header"),
        ([("ce_type", TrainingRevoked.type.encode())], b"{}", "no ce_id header"),
        ([("ce_type", b"\xff\xfe")], b"{}", "a header is not UTF-8"),
        ([("ce_type", TrainingRevoked.type.encode())], None, "empty payload"),
        ([("ce_type", TrainingRevoked.type.encode())], b"x" * 1_100_000, "payload of 1100000 bytes, more than 1000000"),
    ],
    ids=["unknown type", "no type", "no id", "header not utf-8", "tombstone", "1.1 MB"],
)
async def test_what_cannot_be_read_is_buried_with_its_reason_and_nothing_else_is_lost(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer, headers, value, reason
) -> None:
    large = producer(kafka.bootstrap, max_request_size=4_000_000)
    await large.start()
    await emitted(database, [revoked(2025)])
    await relayed(database, kafka_producer)
    await large.send_and_wait(topic.name, value, key=b"somebody", headers=headers)
    await large.stop()
    await emitted(database, [revoked(2026)])
    await relayed(database, kafka_producer)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: _is(reader, "ready"))
    assert sorted(year for _, year in await effects(database)) == [2025, 2026]
    [(key, found, body)] = await arrived(kafka, topic.dead_letters)
    assert (key, found["dlq-error"], body) == ("somebody", reason, value)


async def test_a_broken_body_is_named_by_field_and_never_quoted(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    await emitted(database, [revoked(2026)])
    await relayed(database, kafka_producer)
    [(key, headers, value)] = await arrived(kafka, topic.name)
    broken = json.loads(value) | {"year": "199001012015051001x"}
    raw = [(name, text.encode()) for name, text in (headers | {"ce_id": str(new_id())}).items()]
    await kafka_producer.send_and_wait(topic.name, json.dumps(broken).encode(), key=key.encode(), headers=raw)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: _is(reader, "ready"))
    [(_, found, _)] = await arrived(kafka, topic.dead_letters)
    assert "year: int_parsing" in found["dlq-error"]
    assert "19900101" not in found["dlq-error"]


async def test_a_consumer_that_only_buries_stops_itself(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """A bad deploy must not bury a whole topic: after a hundred in a row it halts and is not ready."""
    await emitted(database, [revoked(666) for _ in range(400)])
    await relayed(database, kafka_producer)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: _is(reader, "halted"))
        assert not reader.ready
    assert len(await arrived(kafka, topic.dead_letters)) == 100


async def test_two_relays_at_once_publish_everything_once_and_in_order(
    database: Database, kafka: KafkaServer, topic: Topic
) -> None:
    person = new_id()
    async with Running(Relay(database, kafka.bootstrap), Relay(database, kafka.bootstrap)):
        expected = []
        for _ in range(40):
            expected += await emitted(database, [revoked(2026, person) for _ in range(25)])
        await until(lambda: _empty(database))
    found = [headers["ce_id"] for _, headers, _ in await arrived(kafka, topic.name)]
    assert found == [str(event_id) for event_id in expected]


async def test_a_relay_whose_connection_is_cut_goes_on_and_the_other_cannot_overtake_it(
    database: Database, kafka: KafkaServer, topic: Topic
) -> None:
    person = new_id()
    expected = []
    async with Running(Relay(database, kafka.bootstrap), Relay(database, kafka.bootstrap)):
        for _ in range(5):
            expected += await emitted(database, [revoked(2026, person) for _ in range(25)])
            await until(lambda: _empty(database))
            async with database.engine.begin() as connection:
                await connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_locks"
                        " WHERE locktype = 'advisory' AND granted AND database ="
                        " (SELECT oid FROM pg_database WHERE datname = current_database())"
                    )
                )
    found = [headers["ce_id"] for _, headers, _ in await arrived(kafka, topic.name)]
    assert list(dict.fromkeys(found)) == [str(event_id) for event_id in expected]


async def _empty(database: Database) -> bool:
    return await outbox_depth(database) == 0


async def test_rebalance_inside_a_batch_has_one_effect_per_event_in_order_per_person(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """A second member joins while the first is inside its batch, so its partitions move under it."""
    people = [new_id() for _ in range(20)]
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(session: AsyncSession, received: Sequence[Received]) -> None:
        entered.set()
        await leave.wait()
        await apply(session, received)

    for year in range(1, 51):
        await emitted(database, [revoked(year, person) for person in people])
    while await relayed(database, kafka_producer):
        pass
    first, second = consumer(database, kafka, topic, slow, "one"), consumer(database, kafka, topic, apply, "two")
    async with Running(first):
        await entered.wait()
        async with Running(second):
            await until(lambda: _in_rebalance(kafka, first.inbox.subscription.name))
            leave.set()
            await until(lambda: _count(database, 1000))
    async with database.engine.connect() as connection:
        rows = (
            await connection.execute(
                text("SELECT person_id, array_agg(year ORDER BY at) AS years FROM effects GROUP BY 1")
            )
        ).all()
    assert {row.person_id for row in rows} == set(people)
    assert all(row.years == list(range(1, 51)) for row in rows)
    assert await arrived(kafka, topic.dead_letters) == []


async def _in_rebalance(kafka: KafkaServer, group: str) -> bool:
    """Whether a member has asked to join and the group has not settled since."""
    from aiokafka.admin import AIOKafkaAdminClient

    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        [response] = await admin.describe_consumer_groups([group])
        [(_, _, state, *_)] = response.groups
        return state != "Stable"
    finally:
        await admin.close()


async def known(session: AsyncSession, asked: Sequence[UUID]) -> set[UUID]:
    rows = await session.scalars(
        text("SELECT person_id FROM effects WHERE person_id = ANY(CAST(:asked AS uuid[]))"), {"asked": asked}
    )
    return set(rows)


async def hold_unknown(session: AsyncSession, events: Sequence[Received]) -> list[Received]:
    return await hold(session, "kit", events, attrgetter("person_id"), known)


async def arrive(session: AsyncSession, person: UUID) -> list[Received]:
    await admit(session)
    await session.execute(text("INSERT INTO effects (person_id) VALUES (:person)"), {"person": person})
    return await release(session, "kit", [person], Reader(WANTED, PUBLISHED))


async def test_an_event_before_its_person_waits_and_is_released_in_order(database: Database) -> None:
    person, other, here = new_id(), new_id(), new_id()
    early = [received(revoked(year, whose)) for year, whose in ((1, person), (2, person), (3, other))]
    late = received(revoked(4, here))
    async with database.transaction() as session:
        assert await arrive(session, here) == []
        assert await hold_unknown(session, [*early, late]) == [late]
    async with database.transaction() as session:
        assert await arrive(session, new_id()) == []
        assert await release(session, "someone else", [person], Reader(WANTED, PUBLISHED)) == []
        assert await arrive(session, person) == early[:2]
    async with database.transaction() as session:
        assert await arrive(session, person) == []
        assert await arrive(session, other) == early[2:]


async def test_poison_that_waited_does_not_bury_whom_it_waited_for(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    person = new_id()
    waiting = [received(revoked(year, person)) for year in (1, 666, 3)]
    async with database.transaction() as session:
        assert await hold_unknown(session, waiting) == []

    async def welcome(session: AsyncSession, events: Sequence[Received]) -> None:
        async def apply_and_tell(part: Sequence[Received]) -> None:
            for event in part:
                emit(session, event.event, sequence=1)
            await apply(session, part)

        for event in events:
            await take_up(session, "kit", await arrive(session, event.event.person_id), apply_and_tell)

    await emitted(database, [revoked(2026, person)])
    await relayed(database, kafka_producer)
    async with Running(reader := consumer(database, kafka, topic, welcome)):
        await until(lambda: _is(reader, "ready"))
    assert sorted(year for _, year in await effects(database) if year) == [1, 3]
    assert await outbox_depth(database) == 2
    async with database.transaction() as session:
        assert await known(session, [person]) == {person}
        assert await arrive(session, person) == []
    [(key, headers, value)] = await arrived(kafka, topic.dead_letters)
    assert (key, value) == (str(person), waiting[1].payload)
    told = [headers[name] for name in ("dlq-error", "dlq-origin", "dlq-consumer", "ce_id")]
    assert told == ["AssertionError", "waiting", "kit", str(waiting[1].id)]


async def test_a_letter_that_cannot_be_sent_does_not_bury_whom_it_waited_for(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    person = new_id()
    async with database.transaction() as session:
        await hold_unknown(session, [received(revoked(666, person, "a letter too long for its producer" * 200))])

    async def welcome(session: AsyncSession, events: Sequence[Received]) -> None:
        for event in events:
            waited = await arrive(session, event.event.person_id)
            await take_up(session, "kit", waited, lambda part: apply(session, part))

    await emitted(database, [revoked(2026, person)])
    await relayed(database, kafka_producer)
    probe = AIOKafkaConsumer(topic.name, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    await probe.start()
    record = await probe.getone()
    await probe.stop()
    inbox = consumer(database, kafka, topic, welcome).inbox
    inbox.graves = producer(kafka.bootstrap, max_request_size=2_000)
    await inbox.graves.start()
    with pytest.raises(KafkaError):
        await inbox.process([record])
    await inbox.graves.stop()
    assert await arrived(kafka, topic.dead_letters) == []
    async with database.transaction() as session:
        assert await known(session, [person]) == set()


async def test_nobody_arrives_between_the_question_who_is_known_and_the_hold(database: Database) -> None:
    """The event looks and finds nobody; its person, who comes at that moment, waits and releases it."""
    person = new_id()
    early = received(revoked(1, person))
    comes: list[asyncio.Task[list[Received]]] = []

    async def come() -> list[Received]:
        async with database.transaction() as session:
            return await arrive(session, person)

    async def look_while_the_person_comes(session: AsyncSession, asked: Sequence[UUID]) -> set[UUID]:
        found = await known(session, asked)
        comes.append(asyncio.create_task(come()))
        await waits_for_a_lock(session, comes[0])
        return found

    async with database.transaction() as session:
        assert await hold(session, "kit", [early], attrgetter("person_id"), look_while_the_person_comes) == []
    assert await comes[0] == [early]


async def test_an_event_that_looks_while_its_person_arrives_finds_them(database: Database) -> None:
    person = new_id()
    event = received(revoked(1, person))

    async def look() -> list[Received]:
        async with database.transaction() as session:
            return await hold_unknown(session, [event])

    async with database.transaction() as session:
        assert await arrive(session, person) == []
        looks = asyncio.create_task(look())
        await waits_for_a_lock(session, looks)
    assert await looks == [event]


async def test_a_new_reader_is_not_ready_before_the_end_it_saw_at_its_start(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    await emitted(database, [revoked(2026) for _ in range(30)])
    await relayed(database, kafka_producer)
    hold_back = asyncio.Event()

    async def waiting(session: AsyncSession, received: Sequence[Received]) -> None:
        await hold_back.wait()
        await apply(session, received)

    reader = consumer(database, kafka, topic, waiting)
    async with Running(reader):
        await until(lambda: _inbox_waits(database))
        assert not reader.ready
        hold_back.set()
        await until(lambda: _is(reader, "ready"))
    assert len(await effects(database)) == 30


async def _inbox_waits(database: Database) -> bool:
    """Whether a handler is inside its transaction now."""
    async with database.engine.connect() as connection:
        return bool(
            await connection.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
                )
            )
        )


async def test_poison_spread_over_a_batch_of_good_events_does_not_stop_the_consumer(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """A hundred in a row means a hundred with nothing good between them, in the order of the topic."""
    await emitted(database, [revoked(2026)])
    await relayed(database, kafka_producer)
    [(_, headers, value)] = await arrived(kafka, topic.name)
    for number in range(1_200):
        good = number % 10
        raw = [(name, text.encode()) for name, text in (headers | {"ce_id": str(new_id())}).items()]
        await kafka_producer.send(topic.name, value if good else b"{}", headers=raw, partition=0)
    await kafka_producer.flush()
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: _either(reader, "ready", "halted"))
        assert not reader.halted
    assert len(await effects(database)) == 1 + 1_080
    assert len(await arrived(kafka, topic.dead_letters)) == 120


async def _either(thing, *names: str) -> bool:
    return any(getattr(thing, name) for name in names)


# --- cost


async def test_a_batch_of_the_relay_takes_the_same_statements_whatever_its_size(
    database: Database, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    statements: list[str] = []

    class Noting(asyncpg.Connection):
        async def fetch(self, query, *arguments, **options):
            statements.append(query)
            return await super().fetch(query, *arguments, **options)

    connection = await asyncpg.connect(database.dsn, connection_class=Noting)
    for number in (1, 2 * PACK + 1):
        await emitted(database, [revoked(2026) for _ in range(number)])
        statements.clear()
        assert await relay_once(connection, kafka_producer, Floor()) == number
        assert len(statements) == 2  # oldest rows, their end
    await connection.close()


async def test_the_relay_does_not_pass_again_what_an_old_snapshot_keeps_in_the_table(
    database: Database, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    connection, old = await asyncpg.connect(database.dsn), await asyncpg.connect(database.dsn)
    floor = Floor()

    async def pages() -> int:
        """What the relay's look reads."""
        look = OLDEST.replace("$1", str(RELAY_EVENTS)).replace("$2", str(RELAY_BYTES)).replace("$3", str(floor.id))
        [plan] = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {look}"))
        return plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]

    read = []
    async with old.transaction(isolation="repeatable_read", readonly=True):
        await old.fetchval("SELECT count(*) FROM outbox")
        for _ in range(10):
            async with database.transaction() as session:
                for second in range(200):  # a row for each time
                    emit(session, revoked(2026), sequence=1, time=datetime.fromtimestamp(second, UTC))
            while await relay_once(connection, kafka_producer, floor):
                pass
            read.append(await pages())
        floor.id = 0
        all_of_them = await pages()
    assert max(read) < all_of_them / 3
    await connection.close()
    await old.close()


async def test_a_batch_of_the_relay_holds_no_more_however_much_waits(
    database: Database, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    await emitted(database, [revoked(2026) for _ in range(RELAY_EVENTS)])
    await relayed(database, kafka_producer)  # caches fill
    peaks = []
    for number in (RELAY_EVENTS, 4 * RELAY_EVENTS):
        await emitted(database, [revoked(2026) for _ in range(number)])
        tracemalloc.start()
        try:
            assert await relayed(database, kafka_producer) == RELAY_EVENTS
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        while await relayed(database, kafka_producer):
            pass
    assert peaks[1] < 1.2 * peaks[0]


async def test_a_batch_of_a_consumer_takes_the_same_statements_whatever_its_size(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    inbox = consumer(database, kafka, topic).inbox
    counts = []
    for number in (1, 2 * PACK + 1):
        await emitted(database, [revoked(2026) for _ in range(number)])
        await relayed(database, kafka_producer)
        records = [
            SimpleNamespace(
                topic=topic.name, headers=[(name, word.encode()) for name, word in headers.items()], value=value
            )
            for _, headers, value in await arrived(kafka, topic.name)
        ]
        with counted_statements(database) as statements:
            await inbox.process(records)
        counts.append(len(statements))
    assert counts == [2, 2]  # first seen, and the handler's own
