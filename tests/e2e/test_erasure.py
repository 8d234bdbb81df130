"""Somebody is erased: afterwards their number, name and address stand in no table, topic or log of the whole system."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from time import time
from uuid import uuid4

import asyncpg
import yaml
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from common.events import Topic
from common.ids import new_id
from common.messages.dead_letters import forget
from common.messages.kafka import partition_of
from contracts import retention
from contracts.nip import nip_hash
from contracts.topics import CONTACTS, PEOPLE
from jejak_local.books import records
from jejak_local.kafka import KEPT
from jejak_local.services import services

COPIES = {service.name for service in services() if "erase" in service.commands and service.name != "registry"}
"""The services that keep a copy of people."""

TEXTS = """
SELECT format('SELECT %L, count(*) FROM %I.%I t WHERE to_jsonb(t)::text ILIKE ANY ($1)', c.relname, n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""


async def tables_with(jejak, words: list[str]) -> set[tuple[str, str]]:
    """The tables of all services in which one of these words stands."""

    async def of(service: str) -> list[tuple[str, str]]:
        connection = await asyncpg.connect(jejak.stack.databases[service].owner.dsn)
        asked = [query for (query,) in await connection.fetch(TEXTS)]
        rows = [await connection.fetchrow(query, [f"%{word}%" for word in words]) for query in asked]
        await connection.close()
        return [(service, table) for table, count in rows if count]

    return {found for each in await asyncio.gather(*map(of, jejak.stack.databases)) for found in each}


def files_with(jejak, words: list[str]) -> set[str]:
    """The services' files in which one of these words stands."""
    folders = {
        Path(folder)
        for process in jejak.stack.processes.values()
        if (folder := process.environment.get(f"{process.service.upper()}_FILES"))
    }
    return {
        file.name
        for folder in folders
        for file in folder.rglob("*")
        if file.is_file() and any(w.encode() in file.read_bytes() for w in words)
    }


def logs_with(jejak, words: list[str]) -> set[str]:
    files = sorted((jejak.stack.root / "logs").glob("*.log"))
    return {
        file.name for file in files if any(word.lower() in file.read_text(errors="replace").lower() for word in words)
    }


async def bury(jejak, topic: str, key: str, name: str) -> None:
    """A dead letter, as a consumer leaves one that it cannot apply."""
    producer = AIOKafkaProducer(bootstrap_servers=jejak.stack.kafka.bootstrap)
    await producer.start()
    body = json.dumps({"person_id": key, "name": name}).encode()
    headers = [("ce_id", str(new_id()).encode()), ("dlq-error", b"planted"), ("dlq-origin", b"waiting")]
    await producer.send_and_wait(f"{topic}.dlq", body, key=key.encode(), headers=headers, partition=0)
    await producer.stop()


@asynccontextmanager
async def compacting(jejak, key: str) -> AsyncIterator[None]:
    """Has Kafka forget what was said under a key before, as it does by itself within the week.

    A segment is closed by what comes after it and says it was sent later: the last event of the key comes again, under its
    own id.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=jejak.stack.kafka.bootstrap)
    producer = AIOKafkaProducer(bootstrap_servers=jejak.stack.kafka.bootstrap)
    await admin.start()
    await producer.start()
    kept = yaml.safe_load(KEPT.read_text())["kept"]["compacted"]
    eager = kept | {"segment.ms": 100, "min.cleanable.dirty.ratio": 0, "max.compaction.lag.ms": 100}
    for topic in (PEOPLE, CONTACTS):
        await configure(admin, topic, eager)
        last = [
            (headers, body)
            async for headers, body in records(jejak.stack.kafka.bootstrap, topic.name)
            if headers["ce_subject"] == key
        ][-1]
        headers = [(name, value.encode()) for name, value in last[0].items()]
        for later in (1, 2):
            await producer.send_and_wait(
                topic.name,
                last[1],
                key=key.encode(),
                headers=headers,
                partition=partition_of(key.encode(), topic.partitions),
                timestamp_ms=int((time() + later) * 1000),
            )
    await producer.stop()
    try:
        yield
    finally:
        for topic in (PEOPLE, CONTACTS):
            await configure(admin, topic, kept)
        await admin.close()


async def configure(admin: AIOKafkaAdminClient, topic: Topic, settings: Mapping[str, object]) -> None:
    said = {name: str(value) for name, value in settings.items()}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=said)])


async def test_of_whom_is_erased_nothing_is_left_in_any_table_topic_or_log(jejak) -> None:
    agency = await jejak.agency()
    name, address = f"Nama Terlupa {uuid4().hex}", f"{uuid4().hex}@terlupa.example"
    [me] = await jejak.people(agency, 1, name=name)
    words = [me["nip"], name, address, nip_hash(me["nip"], "jejak-local")]
    said = await jejak.call(
        "registry", "PUT", "/people/me/contact", role="person", person=me["id"], json={"email": address}
    )
    assert said.status_code == 200, said.text
    record = await jejak.post(
        "training", "/trainings", jejak.training(me, title=f"Pelatihan {name}", evidence=f"https://lms.example/{name}")
    )
    proof = await jejak.call(
        "training", "POST", f"/trainings/{record['id']}/evidence", role="person", person=me["id"],
        params={"name": f"{name}.pdf"}, content=f"%PDF-1.7 sertifikat {name}".encode(),
    )  # fmt: skip
    assert proof.status_code == 201, proof.text
    rating = {
        "source_name": "uji", "reference": uuid4().hex, "person_id": me["id"], "predikat": "baik",
        "period_start": "2025-01-01", "period_end": "2025-12-31", "evidence": f"https://bukti.example/{me['nip']}",
    }  # fmt: skip
    case = await jejak.post("credit", "/predicates", rating)
    await jejak.get("registry", f"/people/{me['id']}", role="lan", headers={"access-reason": f"ditanya {name}"})
    await jejak.post(
        "registry", f"/people/{me['id']}/status",
        {"status": "retired", "decree": f"SK {name}", "from": str(date(2026, 1, 1))},
    )  # fmt: skip
    await jejak.at_rest()
    mine = {"role": "person", "person": me["id"]}
    file = await jejak.post("registry", "/data-files", {}, **mine)

    async def made():
        return (await jejak.get("registry", f"/data-files/{file['id']}", **mine))["state"] == "ready"

    await jejak.until(made)
    await bury(jejak, CONTACTS.name, me["id"], name)
    other = str(uuid4())
    await bury(jejak, CONTACTS.name, other, "Orang Lain")
    assert len(files_with(jejak, words)) == 2, "their data, and what proves a record"
    planted = await tables_with(jejak, words)
    assert {service for service, _ in planted} == COPIES | {"registry"}
    assert {PEOPLE.name, CONTACTS.name, CONTACTS.dead_letters} <= await jejak.topics_with(words)

    wanted = {"person_id": me["id"], "ground": "request", "letter": "S-12/2026"}

    async def asked():
        erasure = await jejak.post("registry", "/erasures", wanted, role="lan")

        async def answered():
            found = await jejak.get("registry", f"/erasures/{erasure['id']}", role="lan")
            return found if not found["awaited"] else None

        return await jejak.until(answered)

    erasure = await asked()
    assert [answer["against"] for answer in erasure["answers"]] == ["open-case"]
    open_case = await jejak.call("registry", "POST", f"/erasures/{erasure['id']}/consent", role="lan", person=uuid4())
    assert (open_case.status_code, open_case.json()["code"]) == (409, "erasure-open-case")

    for role, act in (("verifier", "check"), ("validator", "attest")):
        await jejak.post("credit", f"/cases/{case['id']}/{act}", role=role, agency=agency["id"])
    await jejak.at_rest()
    points = "SELECT sum(twelfths) FROM balances WHERE person_id = $1"
    credit = await asyncpg.connect(jejak.stack.databases["credit"].dsn)
    before = await credit.fetchval(points, me["id"])
    assert before > 0

    erasure = await asked()
    assert [answer["against"] for answer in erasure["answers"]] == [None]
    process = jejak.stack.process("registry", "jobs")
    process.kill()
    await jejak.post("registry", f"/erasures/{erasure['id']}/consent", role="lan", person=uuid4())
    await process.start()

    async def done():
        return (await jejak.get("registry", f"/erasures/{erasure['id']}", role="lan"))["state"] == "done"

    await jejak.until(done)
    await jejak.at_rest()
    assert await tables_with(jejak, words) == set()
    taking = [service.name for service in services() if "erase-files" in service.commands]
    taken = await asyncio.gather(*(jejak.run(service, "erase-files") for service in taking))
    assert {code for code, _ in taken} == {0}
    assert files_with(jejak, words) == set()
    assert await forget(jejak.stack.kafka.bootstrap, me["id"]) == 1
    assert await forget(jejak.stack.kafka.bootstrap, me["id"]) == 0

    timed = {name for name, by in retention.TOPICS.items() if by == "time"}

    async def left():
        return not await jejak.topics_with(words, but=timed)

    async with compacting(jejak, me["id"]):
        await jejak.until(left)
    assert logs_with(jejak, words) == set()
    assert not [span for span in jejak.stack.spans() if any(word in json.dumps(span) for word in words)]
    assert await credit.fetchval(points, me["id"]) == before, "the books keep every amount"
    await credit.close()
    gone = await jejak.call("registry", "GET", f"/people/{me['id']}", role="lan")
    assert gone.status_code == 404
    for code, told in await asyncio.gather(*(jejak.run(service, "erase", me["id"]) for service in COPIES)):
        assert (code, json.loads(told.splitlines()[-1])["rows"]) == (0, {}), "erased again, nothing is left to do"
    assert await forget(jejak.stack.kafka.bootstrap, other) == 1, "of somebody else it is left, until it is asked for"
    await jejak.at_rest()
    await jejak.books_balance()
