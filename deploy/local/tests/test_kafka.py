import asyncio
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import MessageSizeTooLargeError, UnknownTopicOrPartitionError

from contracts.topics import RECORDS, TOPICS
from jejak_local.kafka import KafkaCluster, KafkaServer, create_topics, declared_topics
from jejak_local.processes import LocalError, Spawner, free_port

IN_2100 = 4_102_444_800_000


async def read(bootstrap: str, topic: str, number: int) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(60):
            return [(await consumer.getone()).value for _ in range(number)]
    finally:
        await consumer.stop()


async def test_messages_survive_a_kill_of_the_broker_and_senders_wait_for_its_return(
    local_folder: Path, spawner: Spawner
):
    kafka = KafkaServer(local_folder / "killed", spawner)
    topic = "test.kill"
    try:
        await kafka.start()
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
        await admin.start()
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
        await admin.close()
        producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=True)
        await producer.start()
        try:
            before = [str(number).encode() for number in range(500)]
            await asyncio.gather(*[producer.send_and_wait(topic, value) for value in before])
            kafka.kill()
            under_way = [asyncio.create_task(producer.send_and_wait(topic, value)) for value in (b"during", b"after")]
            await kafka.start()
            await asyncio.gather(*under_way)
        finally:
            await producer.stop()
        assert await read(kafka.bootstrap, topic, 502) == [*before, b"during", b"after"]
    finally:
        kafka.kill()


async def test_of_three_brokers_any_may_be_lost(local_folder: Path, spawner: Spawner):
    detours = [(free_port(), free_port()) for _ in range(3)]
    cluster = KafkaCluster(local_folder / "three-brokers", spawner, detours)
    topic = RECORDS.name
    producer = None
    try:
        await cluster.start()
        await create_topics(cluster.bootstrap, "production")
        producer = AIOKafkaProducer(bootstrap_servers=cluster.bootstrap, acks="all", enable_idempotence=True)
        await producer.start()
        values = [str(number).encode() for number in range(200)]
        await asyncio.gather(*[producer.send_and_wait(topic, value, partition=0) for value in values[:100]])
        cluster.members[0].kill()
        await asyncio.gather(*[producer.send_and_wait(topic, value, partition=0) for value in values[100:]])
        assert await read(cluster.bootstrap, topic, 200) == values
    finally:
        if producer is not None:
            await producer.stop()
        cluster.kill()


def test_every_topic_of_the_contracts_is_declared_with_its_partitions_and_its_dead_letters():
    declared = {topic.name: topic for topic in declared_topics()}
    assert {name for name in declared if not name.endswith(".dlq")} == {topic.name for topic in TOPICS}
    for topic in TOPICS:
        assert declared[topic.name].num_partitions == topic.partitions
        assert ("compact" in declared[topic.name].topic_configs["cleanup.policy"]) == topic.compacted
        dead = declared[f"{topic.name}.dlq"].topic_configs
        assert int(dead["max.message.bytes"]) > int(declared[topic.name].topic_configs["max.message.bytes"])
        week = 7 * 24 * 60 * 60 * 1000
        for configs in (declared[topic.name].topic_configs, dead):
            assert (int(configs.get("retention.ms", week)) < week) == topic.brief


def test_production_keeps_three_copies_and_needs_two():
    for topic in declared_topics("production"):
        assert topic.replication_factor == 3
        assert topic.topic_configs["min.insync.replicas"] == "2"


async def test_topics_are_made_once_and_ready_to_write(kafka: KafkaServer):
    assert await create_topics(kafka.bootstrap) == []
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, max_request_size=8 * 1024 * 1024)
    await producer.start()
    try:
        await producer.send_and_wait("credit.decision.v1.dlq", bytes(3 * 1024 * 1024))
        with pytest.raises(MessageSizeTooLargeError):
            await producer.send_and_wait("credit.decision.v1", bytes(3 * 1024 * 1024))
    finally:
        await producer.stop()


async def test_a_sender_s_wrong_clock_neither_stops_its_events_nor_dates_them(kafka: KafkaServer):
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    try:
        for topic in declared_topics():
            old, future = [
                await producer.send_and_wait(topic.name, b"", key=b"key", timestamp_ms=moment)
                for moment in (0, IN_2100)
            ]
            assert 0 < old.timestamp <= future.timestamp < IN_2100, topic.name
    finally:
        await producer.stop()


async def test_a_topic_with_another_number_of_partitions_is_an_error_that_says_so(kafka: KafkaServer, monkeypatch):
    wrong = [NewTopic("credit.decision.v1", num_partitions=7, replication_factor=1)]
    monkeypatch.setattr("jejak_local.kafka.declared_topics", lambda _: wrong)
    with pytest.raises(LocalError, match=r"has 12 partitions, contracts/topics\.py says 7"):
        await create_topics(kafka.bootstrap)


async def test_no_topic_comes_into_being_by_a_typing_error(kafka: KafkaServer):
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, request_timeout_ms=2000)
    await producer.start()
    try:
        with pytest.raises(UnknownTopicOrPartitionError):
            await producer.send_and_wait("trainig.record.v1", b"")
    finally:
        await producer.stop()
