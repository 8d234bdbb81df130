"""Events that speak of somebody not known yet: they wait, and nobody and nothing is lost."""

import asyncio
from collections.abc import Sequence
from operator import attrgetter
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Reader, Received, Topic
from common.ids import new_id
from common.messages.kafka import producer
from common.messages.waiting import admit, hold, release, take_up
from common.store.database import Database
from common.store.outbox import emit
from contracts import PUBLISHED
from jejak_local.harness import Running, received, until, waits_for_a_lock
from jejak_local.kafka import KafkaServer
from libs.common.tests.delivery import (
    WANTED,
    apply,
    arrived,
    consumer,
    effects,
    emitted,
    has,
    outbox_depth,
    relayed,
    revoked,
)


async def known(session: AsyncSession, asked: Sequence[UUID]) -> set[UUID]:
    rows = await session.scalars(
        text("SELECT person_id FROM effects WHERE person_id = ANY(CAST(:asked AS uuid[]))"), {"asked": asked}
    )
    return set(rows)


async def hold_unknown(session: AsyncSession, batch: Sequence[Received]) -> list[Received]:
    return await hold(session, "kit", batch, attrgetter("person_id"), known)


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

    async def welcome(session: AsyncSession, batch: Sequence[Received]) -> None:
        async def apply_and_tell(part: Sequence[Received]) -> None:
            for each in part:
                emit(session, each.event, sequence=1)
            await apply(session, part)

        for each in batch:
            await take_up(session, "kit", await arrive(session, each.event.person_id), apply_and_tell)

    await emitted(database, [revoked(2026, person)])
    await relayed(database, kafka_producer)
    async with Running(reader := consumer(database, kafka, topic, welcome)):
        await until(lambda: has(reader, "ready"))
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

    async def welcome(session: AsyncSession, batch: Sequence[Received]) -> None:
        for each in batch:
            waited = await arrive(session, each.event.person_id)
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
