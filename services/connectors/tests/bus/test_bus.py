"""The event bus of Open edX: messages as its own code has written them (`record.py`), through the inbox of the role."""

import base64
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError
from fastapi import FastAPI, Response

from connectors.bus.consumer import Bus, inboxes
from jejak_local.harness import Running, until
from jejak_local.processes import free_port
from jejak_local.serve import serving
from services.connectors.tests.platform import Platform

RECORDED = json.loads((Path(__file__).parent / "messages.json").read_text())
BAD_SCHEMAS = {"80": "no JSON", "81": "[" * 5_000, "82": '{"type": "nothing"}', "83": " " * 300_000}
NIP = "199001012015042001"


class Graves:
    """Takes dead letters, as Kafka would."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []

    async def send_and_wait(self, topic: str, _: bytes | None, *, headers: Any, **_rest: Any) -> Any:
        self.letters.append((topic, dict(headers)["dlq-error"].decode()))
        return SimpleNamespace(partition=0, offset=len(self.letters) - 1)


@asynccontextmanager
async def registry(port: int):
    """A schema registry of a few lines."""
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.get("/schemas/ids/{schema_id}")
    async def schema(schema_id: str) -> Response:
        found = (RECORDED["schemas"] | BAD_SCHEMAS).get(schema_id)
        return Response(json.dumps({"schema": found}) if found else "{}", status_code=200 if found else 404)

    async with serving(app, port):
        yield


def record(name: str, value: bytes | None = None, **headers: str | None) -> Any:
    said = RECORDED["messages"][name]
    value = base64.b64decode(said["value"]) if value is None else value
    told = {key: text for key, text in (said["headers"] | headers).items() if text is not None}
    named = [(key, text.encode()) for key, text in told.items()]
    return ConsumerRecord("learning-certificates", 0, 7, 0, 0, b"course", value, None, 6, len(value), named)


def settings_of(platform: Platform, port: int) -> dict[str, Any]:
    """Where the bus finds its registry, and for whom it reports."""
    return {
        "openedx_registry": f"http://127.0.0.1:{port}",
        "openedx_site": "https://openedx.example",
        "openedx_connection": UUID(platform.connection_id),
    }


@pytest.fixture
def bus(parts, platform):
    """The inbox of a topic, and its port for a registry."""
    port = free_port()
    own = settings_of(platform, port) | {"openedx_topics": ("learning-certificates",)}
    [inbox] = inboxes(replace(parts, settings=parts.settings.model_copy(update=own)))
    inbox.graves = Graves()
    return SimpleNamespace(inbox=inbox, port=port, graves=inbox.graves)


async def test_certificates_and_passing_are_reported_once_and_what_is_taken_back_is_disputed(bus, world) -> None:
    await world.person(nip=NIP)
    async with registry(bus.port):
        early = record("not_passing", ce_time="2026-06-01T00:00:00+00:00")
        await bus.inbox.process([early, record("created"), record("passing"), record("unavailable")])
        reports = await world.rows("SELECT state, dispute FROM reports ORDER BY state")
        assert [tuple(each) for each in reports] == [("waiting_course", None), ("waiting_person", None)]
        # Given again on another day, or by another of its events: the run was finished once.
        await bus.inbox.process([record("changed", ce_time="2026-09-01T00:00:00+00:00"), record("created")])
        assert await world.value("SELECT count(*) FROM reports") == 2
        late = {"ce_time": "2026-09-02T00:00:00+00:00"}
        await bus.inbox.process([record("revoked", **late), record("not_passing", ce_id=str(uuid4()), **late)])
    disputed = await world.rows("SELECT dispute FROM reports ORDER BY dispute")
    assert [each.dispute for each in disputed] == ["failed", "revoked"]
    assert bus.graves.letters == []


async def test_while_the_registry_is_away_nothing_is_read_and_nothing_is_lost(bus, world) -> None:
    with pytest.raises(KafkaError):
        await bus.inbox.process([record("created")])
    assert await world.value("SELECT count(*) FROM inbox WHERE consumer LIKE 'connectors.openedx%'") == 0
    async with registry(bus.port):
        await bus.inbox.process([record("created")])
    assert await world.value("SELECT count(*) FROM reports") == 1


async def test_what_nobody_can_read_is_buried_with_its_reason_and_the_others_are_taken(bus, world) -> None:
    good = base64.b64decode(RECORDED["messages"]["created"]["value"])
    async with registry(bus.port):
        await bus.inbox.process([
            record("created", b"\x01" + good[1:]),
            record("created", b"\x00\x00"),
            record("created", b"\x00\x00\x00\x00\x63" + good[5:]),
            record("created", good[:40]),
            record("created", good + b"more"),
            record("created", b"\x00\x00\x00\x00\x05" + good[5:]),
            record("created", ce_id="7"),
            record("created", ce_type=None),
            record("created", ce_type="org.openedx.learning.student.registration.completed.v1"),
            record("created"),
        ])  # fmt: skip
    reasons = [reason for _, reason in bus.graves.letters]
    assert reasons[:3] == ["wrong magic byte", "wrong magic byte", "the registry knows no good schema of this id"]
    assert set(reasons[3:6]) <= {"not written with its schema", "not what its type says"}
    assert reasons[6:] == ["no good ce_id or ce_time header", "no ce_type header"]
    assert await world.value("SELECT count(*) FROM reports") == 1


async def test_a_schema_that_is_none_buries_its_messages_and_holds_up_no_others(bus, world) -> None:
    good = base64.b64decode(RECORDED["messages"]["created"]["value"])
    framed = [record("created", b"\x00" + int(each).to_bytes(4) + good[5:]) for each in BAD_SCHEMAS]
    async with registry(bus.port):
        await bus.inbox.process([*framed, record("created")])
    assert [reason for _, reason in bus.graves.letters] == ["the registry knows no good schema of this id"] * 4
    assert await world.value("SELECT count(*) FROM reports") == 1


async def test_the_role_reads_kafka_and_another_goes_on_where_it_has_stopped(parts, platform, world, kafka) -> None:
    port, topic = free_port(), f"openedx-{uuid4()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    own = settings_of(platform, port) | {"openedx_kafka": kafka.bootstrap, "openedx_topics": (topic,)}
    its_parts = replace(parts, settings=parts.settings.model_copy(update=own))

    async def run(*names: str, reports: int) -> None:
        """What the bus has sent since, by a process of its own, until so many reports are there and all of it is read."""
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as sender:
            for each in map(record, names):
                last = await sender.send_and_wait(topic, each.value, key=each.key, headers=each.headers)

        async def read() -> bool:
            return await committed() > last.offset and await world.value("SELECT count(*) FROM reports") == reports

        async def committed() -> int:
            reader = AIOKafkaConsumer(
                bootstrap_servers=kafka.bootstrap, group_id=f"connectors.openedx.{topic}", enable_auto_commit=False
            )
            async with reader:
                return await reader.committed(TopicPartition(topic, 0)) or 0

        async with Running(Bus(its_parts)):
            await until(read)

    async with registry(port):
        await run("created", reports=1)
        await run("created", "passing", reports=2)
    assert await world.value("SELECT count(*) FROM inbox WHERE consumer LIKE 'connectors.openedx%'") == 2


async def test_where_no_topic_is_named_it_waits_until_it_is_stopped(parts) -> None:
    role = Bus(parts)
    assert role.ready
    role.stop()
    await role.run()
