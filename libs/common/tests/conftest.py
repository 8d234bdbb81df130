from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import MetaData, text

from common.events import Topic
from common.messages.kafka import producer
from common.store.database import Database
from common.store.tables import add_inbox, add_operations, add_outbox, add_waiting
from contracts.events.training import TrainingRevoked
from jejak_local.kafka import KafkaServer


@pytest.fixture
async def database(blank: Database) -> Database:
    metadata = MetaData()
    add_outbox(metadata)
    add_inbox(metadata)
    add_waiting(metadata)
    add_operations(metadata)
    async with blank.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(text("CREATE TABLE effects (event_id uuid, person_id uuid, year int, at serial)"))
    return blank


@pytest.fixture
async def topic(kafka: KafkaServer, monkeypatch: pytest.MonkeyPatch) -> Topic:
    """A topic of the test's own, with its dead letters, that TrainingRevoked goes to."""
    own = Topic(f"test.{uuid4().hex[:10]}", partitions=4)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics(
        [
            NewTopic(own.name, own.partitions, 1, topic_configs={"max.message.bytes": "2097152"}),
            NewTopic(own.dead_letters, 1, 1, topic_configs={"max.message.bytes": "4194304"}),
        ]
    )
    await admin.close()
    probe = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await probe.start()
    for name in (own.name, own.dead_letters):
        await probe.partitions_for(name)
    await probe.stop()
    monkeypatch.setattr(TrainingRevoked, "topic", own)
    return own


@pytest.fixture
async def kafka_producer(kafka: KafkaServer) -> AsyncIterator[AIOKafkaProducer]:
    made = producer(kafka.bootstrap)
    await made.start()
    yield made
    await made.stop()
