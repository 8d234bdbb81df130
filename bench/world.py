"""What every measure stands on: a running stack of its own, agencies and people in it, and clients.

People have numbers: `nip` tells a number's NIP, whether the registry took the person or `bench.laying` laid them.
"""

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from jejak_local.postgres import temporary_folder
from jejak_local.processes import together
from jejak_local.services import services
from jejak_local.stack import Stack, running_stack

ROLES = {service.name: service.roles for service in services() if service.consumes and service.emits}
"""The services that are measured, which read events and make new ones: each role of theirs is a process of its own."""
SENDING_BYTES = 256 * 1024
BARE_TOPIC = "bench.bare"
"""The topic that the raw limits send to; no service reads it."""
COURSES = 50
FORMS = ("KL03", "KL04", "KL01", "NKL06", "KL12")
"""The forms of trainings that name no course."""
NEW_YEAR = date(2026, 1, 1)
STRIDE = 2_654_435_761
"""A prime: counting in steps of it around all people comes to each once, in no order."""


@dataclass
class World:
    """A stack in which every service knows `people`, with the bench's own connections to its databases and Kafka."""

    stack: Stack
    http: httpx2.AsyncClient
    kafka: AIOKafkaAdminClient
    reader: AIOKafkaConsumer
    training: asyncpg.Connection
    credit: asyncpg.Connection
    agencies: Sequence[str]
    registered: int
    people: int = 0
    records: int = 0
    """Records that `bench.laying` laid."""
    numbers: Iterator[int] = field(default_factory=itertools.count)
    months: Iterator[int] = field(default_factory=itertools.count)
    """Numbers for a person and a month together: each takes one predicate."""

    def source(self, what: str) -> str:
        """The name of a sender who has sent nothing yet."""
        return f"{what}-{next(self.numbers)}"

    async def run_from(self, checkout: Path | None) -> None:
        """Starts every process again from the source of another checkout, or from ours; packages are ours in both cases."""
        sources = [] if checkout is None else [checkout / "libs/common/src", *sorted(checkout.glob("services/*/src"))]
        processes = self.stack.processes.values()
        for process in processes:
            process.environment["PYTHONPATH"] = os.pathsep.join(map(str, sources))
        await together(*(process.restart() for process in processes))

    async def upload(
        self, service: str, path: str, body: Iterable[bytes], *, role: str = "service", agency: str | None = None
    ) -> AsyncIterator[str]:
        """Streams parts of NDJSON to a bulk route, and gives the answers line by line."""
        async with self.http.stream(
            "POST",
            f"{self.stack.url(service)}/v1/{path}",
            content=_stream(body),
            headers=await self.headers(role, agency),
        ) as response:
            response.raise_for_status()
            async for line in response.aiter_lines():
                yield line

    async def headers(self, role: str = "service", agency: str | None = None) -> dict[str, str]:
        return {"authorization": f"Bearer {await self.stack.token(role, agency=agency)}"}

    async def consumed(self, group: str) -> int:
        """How many events a consumer group has committed."""
        offsets = await self.kafka.list_consumer_group_offsets(group)
        return sum(max(found.offset, 0) for found in offsets.values())

    async def sent(self, topic: str) -> int:
        """How many events stand on a topic."""
        described = await self.kafka.describe_topics([topic])
        parts = [TopicPartition(topic, part["partition"]) for part in described[0]["partitions"]]
        return sum((await self.reader.end_offsets(parts)).values())

    async def checkpoint(self) -> None:
        """Writes out what was laid, so that no measure pays for it."""
        admin = await asyncpg.connect(self.stack.postgres.admin.dsn)
        await admin.execute("CHECKPOINT")
        await admin.close()

    def cpu(self) -> float:
        """Seconds of CPU that services, PostgreSQL and Kafka have taken so far."""
        roots = [process.child.handle for process in self.stack.processes.values()]
        roots += [self.stack.postgres.child.handle, self.stack.kafka.child.handle]
        return sum(process_cpu(process) for root in roots for process in (root, *root.children(recursive=True)))

    def person(self, index: int) -> str:
        """The NIP of a person. Indexes that follow each other give all people, each once, in no order."""
        return nip(index * STRIDE % self.people)


def process_cpu(process: psutil.Process) -> float:
    """Seconds of CPU that a process has taken so far."""
    try:
        return sum(process.cpu_times()[:4])  # its own, and those of its children that have ended
    except psutil.NoSuchProcess:
        return 0


async def _stream(body: Iterable[bytes]) -> AsyncIterator[bytes]:
    for part in body:
        yield part


def parts(lines: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Lines as NDJSON, in parts of a size that a client would send."""
    held: list[str] = []
    size = 0
    for line in lines:
        written = json.dumps(line)
        held.append(written)
        size += len(written)
        if size >= SENDING_BYTES:
            yield ("\n".join(held) + "\n").encode()
            held, size = [], 0
    if held:
        yield ("\n".join(held) + "\n").encode()


def nip(number: int) -> str:
    """The valid NIP of a PNS; each number has its own. `bench.laying` says the same in SQL."""
    day, serial = divmod(number, 999)
    year, day = divmod(day, 336)
    month, day = divmod(day, 28)
    return f"{1970 + year}{month + 1:02}{day + 1:02}2010031{serial + 1:03}"


@asynccontextmanager
async def world(people: int, agencies: int) -> AsyncIterator[World]:
    """A fresh stack in the processes of `ROLES`; all its people serve in one agency."""
    with temporary_folder("bench") as folder:
        async with running_stack(folder, roles=ROLES) as stack, httpx2.AsyncClient(timeout=None) as http:
            kafka = AIOKafkaAdminClient(bootstrap_servers=stack.kafka.bootstrap)
            reader = AIOKafkaConsumer(bootstrap_servers=stack.kafka.bootstrap)
            await kafka.start()
            await reader.start()
            training, credit = [
                await asyncpg.connect(stack.databases[service].owner.dsn) for service in ("training", "credit")
            ]
            try:
                # Kafka deletes old parts, or the raw limits would fill the disk within minutes.
                kept = {"retention.bytes": str(2**28), "segment.bytes": str(2**26)}
                await kafka.create_topics([NewTopic(BARE_TOPIC, 12, 1, topic_configs=kept)])
                made = World(stack, http, kafka, reader, training, credit, [], registered=people, people=people)
                made.agencies = await _register(made, "agencies:batch", map(_agency, range(agencies)))
                await _register(made, "people:batch", (_person(number, made.agencies[0]) for number in range(people)))
                await _register(made, "providers:batch", [_provider()], service="training", role="lan")
                await _register(made, "courses:batch", map(_course, range(COURSES)), service="training")
                for connection in (training, credit):
                    while await connection.fetchval("SELECT count(*) FROM people") < people:
                        await asyncio.sleep(0.2)
                while await made.consumed("notification.agency") < agencies:
                    await asyncio.sleep(0.2)
                yield made
            finally:
                await training.close()
                await credit.close()
                await reader.stop()
                await kafka.close()


async def _register(
    world: World, path: str, lines: Iterable[dict[str, Any]], *, service: str = "registry", role: str = "service"
) -> list[str]:
    answers = [json.loads(line) async for line in world.upload(service, path, parts(lines), role=role)]
    assert all(answer["status"] == "stored" for answer in answers), f"a line was refused: {path}"
    return [answer["id"] for answer in answers]


def _agency(number: int) -> dict[str, Any]:
    pic = {"rank": "main", "name": "Petugas", "email": f"pic{number}@instansi.example"}
    return {"code": f"B-{number:03}", "name": f"Badan Uji {number}", "kind": "L", "region": None, "pics": [pic]}


def _person(number: int, agency: str) -> dict[str, Any]:
    return {
        "nip": nip(number), "name": "Pegawai", "staff_type": "PNS", "agency_id": agency, "jenjang": "ahli_pertama",
        "golongan": "III/a", "position": "Analis", "education": "S1", "joined_on": "2010-03-01", "status": "active",
    }  # fmt: skip


def _provider() -> dict[str, Any]:
    accreditation = {"form": "KL03", "valid_from": "2020-01-01", "valid_to": None}
    return {"code": "P-BENCH", "name": "Pusat Pelatihan Uji", "accreditations": [accreditation]}


def _course(number: int) -> dict[str, Any]:
    return {
        "code": f"K-{number:03}", "provider_code": "P-BENCH", "title": f"Pelatihan Teknis {number}", "form": "KL03",
        "jp": "4", "competencies": ["arsip"], "valid_from": "2020-01-01", "valid_to": None,
    }  # fmt: skip


def training(number: int, nip: str, *, source: str) -> dict[str, Any]:
    """A finished training as a learning platform sends it. No two are alike; a third name a course, a tenth have spaces in the NIP."""
    start = NEW_YEAR + timedelta(number % 300)
    course = {"course_code": f"K-{number // 3 % COURSES:03}", "provider_code": "P-BENCH"} if number % 3 == 0 else {}
    return {
        "source_name": source, "reference": f"{number:09}", "nip": nip if number % 10 else _spaced(nip),
        "form": "KL03" if course else FORMS[number % len(FORMS)], **course,
        "title": f"Pelatihan Teknis Pengelolaan Arsip Dinamis, angkatan {number}",
        "start_date": str(start), "end_date": str(start + timedelta(number % 4)), "jp": str((number % 16 + 1) / 4),
        "competencies": ["arsip", f"administrasi-{number % 7}"], "evidence": f"https://lms.example/sertifikat/{number:09}",
    }  # fmt: skip


def _spaced(nip: str) -> str:
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"
