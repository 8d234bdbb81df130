"""Outbox and relay on real PostgreSQL and real Kafka: nothing lost, nothing twice, in order, whatever is killed."""

import asyncio
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import text

from common.events import MAX_EVENT_BYTES, Topic
from common.ids import new_id
from common.messages.relay import OLDEST, RELAY_BYTES, RELAY_EVENTS, Floor, Relay, relay_once
from common.store.database import Database
from common.store.outbox import PACK, EventTooLarge, emit
from jejak_local.harness import Running, until, waits_for_a_lock
from jejak_local.kafka import KafkaServer
from libs.common.tests.delivery import (
    Killed,
    arrived,
    consumer,
    count,
    effects,
    emitted,
    outbox_depth,
    relayed,
    revoked,
)


async def test_a_rolled_back_transaction_announces_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            emit(session, revoked(2026), sequence=1)
            raise ZeroDivisionError
    assert await outbox_depth(database) == 0


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
    document = json.loads((Path(__file__).parents[3] / "docs" / "events" / "asyncapi.json").read_text())
    told = document["components"]["messages"]["TrainingRevoked"]["headers"]
    assert headers.keys() == set(told["required"])
    assert all(
        headers[name] == form.get("const", headers[name])
        for name, form in told["properties"].items()
        if name in headers
    )


async def test_a_relay_killed_a_hundred_times_gives_many_arrivals_and_each_event_one_effect(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """The database goes away under the relay, as a SIGKILL there would: in turn before it sends, and after Kafka has acknowledged."""

    class Dying(AIOKafkaProducer):
        acknowledged = 0
        kills = 0

        async def partitions_for(self, name: str):
            return await kafka_producer.partitions_for(name)

        def create_batch(self):
            return kafka_producer.create_batch()

        async def send_batch(self, batch, name, *, partition):
            self.kills += 1
            if self.kills % 2 == 0:
                await (await kafka_producer.send_batch(batch, name, partition=partition))
                self.acknowledged += batch.record_count()
            raise Killed

    dying, person, ids = Dying.__new__(Dying), new_id(), list[UUID]()
    for _ in range(100):
        ids += await emitted(database, [revoked(2026, person)])
        with pytest.raises(Killed):
            await relayed(database, dying)
    assert await outbox_depth(database) == dying.kills == 100
    await relayed(database, kafka_producer)
    assert await outbox_depth(database) == 0
    assert len(await arrived(kafka, topic.name)) == dying.acknowledged + 100 > 1_000
    async with Running(consumer(database, kafka, topic)):
        await until(lambda: count(database, 100))
    assert [event_id for event_id, _ in await effects(database)] == ids


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
