"""B14: a learning record store: singles over one connection and many, batches, and its queries among many statements."""

import asyncio
import base64
import itertools
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import asyncpg
import psutil

from bench.figures import Figure, percentile
from bench.world import World, process_cpu

AT_ONCE = 16
BATCH = 100
BATCHES_AT_ONCE = 4
SITE = "https://lms.example.go.id"
USERS, COURSES, VERBS, REGISTRATIONS = 2_000, 100, 10, 1_000
TEMPLATES = 2_000
"""Statements that are sent; the rest of the many are copies of them, each under an id and a moment of its own."""
SPAN = timedelta(days=365)
ASKED = 200
"""Questions of each kind, no two alike where there are so many to ask for."""
MOST_MS = 50
BARE = (
    "CREATE TABLE bare_statements (connection_id uuid, id uuid, stored timestamptz, statement text,"
    " PRIMARY KEY (connection_id, id))"
)
BARE_ONE = "INSERT INTO bare_statements VALUES ($1, $2, now(), $3)"
COLUMNS = "statement, fingerprint, verb, activity, registration, keys, target, voids, voided"
COPIED = f"""
    INSERT INTO statements (connection_id, id, stored, {COLUMNS})
    SELECT connection_id, gen_random_uuid(), now() - $3::interval * (1 - n::double precision / $2), {COLUMNS}
    FROM generate_series(1, $2::bigint) n JOIN (
        SELECT *, row_number() OVER (ORDER BY position) - 1 AS number FROM statements WHERE connection_id = $1
    ) told ON told.number = n % {TEMPLATES}
"""
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'statements' AND NOT starts_with(indexname, 'pk_')
"""


@dataclass(frozen=True)
class Platform:
    """A platform that is connected."""

    id: UUID
    head: bytes
    port: int

    def sends(self, statements: Any) -> bytes:
        """A request that sends statements."""
        body = json.dumps(statements).encode()
        return b"POST /xapi/1.0.3/statements %s\r\ncontent-length: %d\r\n\r\n%s" % (self.head, len(body), body)

    def asks(self, **asked: str) -> bytes:
        """A request for statements."""
        return b"GET /xapi/1.0.3/statements?%s %s\r\n\r\n" % (urlencode(asked).encode(), self.head)


class Line(asyncio.Protocol):
    """A connection that asks one thing after the other: a client of HTTP's own cost would be measured with the store."""

    def __init__(self) -> None:
        self._came = b""
        self._answer: asyncio.Future[None] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport), "TCP takes and gives"
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, ended, body = self._came.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if ended and len(body) >= int(length) and self._answer is not None:
            self._answer.set_result(None)

    async def ask(self, request: bytes) -> None:
        assert self._transport is not None, "it is connected"
        self._came, self._answer = b"", asyncio.get_running_loop().create_future()
        self._transport.write(request)
        await self._answer
        assert self._came.startswith(b"HTTP/1.1 200"), self._came[:500]

    def close(self) -> None:
        assert self._transport is not None, "it is connected"
        self._transport.close()


async def store(world: World, statements: int, sent: int, rounds: int) -> list[Figure]:
    """B14: `sent` singles a round (a quarter of them over one connection) and five times as many in batches; then queries among `statements`."""
    owner = await asyncpg.connect(world.stack.databases["connectors"].owner.dsn)
    try:
        await owner.execute(BARE)
        figures = await _storing(world, owner, await _connected(world), sent, rounds)
        return [*figures, *await _querying(await _connected(world), owner, statements)]
    finally:
        await owner.close()


async def _connected(world: World) -> Platform:
    url, headers = (
        f"{world.stack.url('connectors')}/v1/connections",
        await world.headers("agency_hr", world.agencies[0]),
    )
    made = (await world.http.post(url, json={"name": "LMS", "platform": "moodle"}, headers=headers)).json()
    key = (await world.http.post(f"{url}/{made['id']}/credentials", headers=headers)).json()
    signed = base64.b64encode(f"{key['id']}:{key['secret']}".encode()).decode()
    head = (
        f"HTTP/1.1\r\nhost: lrs\r\nauthorization: Basic {signed}\r\nx-experience-api-version: 1.0.3"
        "\r\ncontent-type: application/json"
    )
    return Platform(UUID(made["id"]), head.encode(), int(world.stack.url("connectors").rpartition(":")[2]))


def _statement(number: int) -> dict[str, Any]:
    """As a Moodle tells it: a score, a registration, its site and itself as context."""
    course = number % COURSES
    return {
        "id": str(uuid4()),
        "actor": {"name": "Pegawai", "account": {"homePage": SITE, "name": f"user-{number % USERS}"}},
        "verb": {"id": f"{SITE}/verbs/{number % VERBS}", "display": {"id": "melakukan"}},
        "object": {
            "id": f"{SITE}/course/view.php?id={course}",
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/course",
                "name": {"id": f"Pelatihan {course}", "en": f"Course {course}"},
            },
        },
        "result": {"score": {"scaled": 0.85, "raw": 85, "min": 0, "max": 100}, "completion": True, "duration": "PT1H30M"},
        "context": {
            "registration": str(UUID(int=number % REGISTRATIONS)),
            "platform": "Moodle",
            "contextActivities": {"grouping": [{"id": SITE}], "category": [{"id": "http://moodle.org"}]},
            "extensions": {f"{SITE}/info": {"version": "4.1", "event": "course_completed"}},
        },
        "timestamp": "2026-03-02T08:15:30.123Z",
    }  # fmt: skip


async def _storing(world: World, owner: asyncpg.Connection, platform: Platform, sent: int, rounds: int) -> list[Figure]:
    numbers = itertools.count()
    figures: list[Figure] = []
    processes = world.stack.process("connectors", "api").child.handle, world.stack.postgres.child.handle
    for what, at_once, share, each, least in (
        ("singles over one connection", 1, 4, 1, 250),
        (f"singles over {AT_ONCE}", AT_ONCE, 1, 1, 1_500),
        (f"batches of {BATCH} over {BATCHES_AT_ONCE}", BATCHES_AT_ONCE, 20, BATCH, 5_000),
    ):
        limits, rates, worst, python, postgres = ([] for _ in range(5))
        for _ in range(rounds):
            many = sent // share
            rows = [(platform.id, uuid4(), json.dumps(_statement(number))) for number in range(many * each)]
            limits.append(await _bare(owner, rows, at_once, each))
            requests = [
                platform.sends(
                    [_statement(next(numbers)) for _ in range(each)] if each > 1 else _statement(next(numbers))
                )
                for _ in range(many)
            ]
            before, began = [_cpu(process) for process in processes], time.perf_counter()
            took = await _asked(platform, requests, at_once)
            rates.append(many * each / (time.perf_counter() - began))
            after = [_cpu(process) for process in processes]
            worst.append(1000 * percentile(took, 0.99))
            for found, start, end in zip((python, postgres), before, after, strict=True):
                found.append(1000 * (end - start) / (many * each))
        figures += [
            Figure(f"{what}: bare rows, committed as often", "/s", limits),
            Figure(what, "/s", rates, at_least=least),
            Figure(f"{what}: p99", "ms", worst, at_most=60 if at_once == AT_ONCE else None),
            Figure(f"{what}: CPU of the API", "ms each", python),
            Figure(f"{what}: CPU of PostgreSQL", "ms each", postgres),
        ]
        print(f"{what}: {rates} /s, bare {limits} /s", flush=True)
    return figures


def _cpu(root: psutil.Process) -> float:
    return sum(process_cpu(process) for process in (root, *root.children(recursive=True)))


async def _bare(owner: asyncpg.Connection, rows: Sequence[tuple[UUID, UUID, str]], at_once: int, each: int) -> float:
    """Rows a second into a table with no index but its key, in as many transactions as the store has at its best."""
    together = max(at_once, each)
    began = time.perf_counter()
    for start in range(0, len(rows), together):
        await owner.executemany(BARE_ONE, rows[start : start + together])
    return len(rows) / (time.perf_counter() - began)


async def _asked(platform: Platform, requests: Iterable[bytes], at_once: int) -> list[float]:
    """Seconds that each took, over so many connections."""
    left: Iterator[bytes] = iter(requests)
    took: list[float] = []

    async def work() -> None:
        _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", platform.port)
        for request in left:
            began = time.perf_counter()
            await line.ask(request)
            took.append(time.perf_counter() - began)
        line.close()

    await asyncio.gather(*(work() for _ in range(at_once)))
    return took


async def _querying(platform: Platform, owner: asyncpg.Connection, statements: int) -> list[Figure]:
    templates = [_statement(number) for number in range(TEMPLATES)]
    await _asked(platform, [platform.sends(templates[start : start + 500]) for start in range(0, TEMPLATES, 500)], 1)
    began = time.perf_counter()
    indexes = await owner.fetch(INDEXES)
    for index in indexes:
        await owner.execute(f"DROP INDEX {index['indexname']}")
    await owner.execute(COPIED, platform.id, statements, SPAN)
    for index in indexes:
        await owner.execute(index["indexdef"])
    await owner.execute("VACUUM ANALYZE statements")
    print(f"{statements:,} statements laid in {time.perf_counter() - began:.0f} s", flush=True)
    now = datetime.now(UTC)
    figures: list[Figure] = []
    for what, asked in questions(now).items():
        took = await _asked(platform, [platform.asks(**asked(number)) for number in range(ASKED)], 1)
        figures.append(Figure(f"{what}: p95 of {statements:,}", "ms", [1000 * percentile(took, 0.95)], at_most=MOST_MS))
    bare: list[float] = []
    for number in range(ASKED):
        began = time.perf_counter()
        await owner.fetch(
            "SELECT statement FROM statements WHERE connection_id = $1 AND stored > $2 ORDER BY stored LIMIT 100",
            platform.id,
            now - SPAN * (number + 1) / (ASKED + 1),
        )
        bare.append(time.perf_counter() - began)
    return [*figures, Figure("a hundred statements by a bare query: p95", "ms", [1000 * percentile(bare, 0.95)])]


def questions(now: datetime) -> Mapping[str, Callable[[int], dict[str, str]]]:
    """What is asked by each filter, the number-th time."""

    def some(number: int, of: int) -> int:
        return number * 7919 % of

    def day(number: int) -> str:
        return (now - SPAN * (number + 1) / (ASKED + 1)).isoformat()

    def agent(number: int) -> str:
        return json.dumps({"account": {"homePage": SITE, "name": f"user-{some(number, USERS)}"}})

    return {
        "since": lambda number: {"since": day(number)},
        "until": lambda number: {"until": day(number)},
        "agent": lambda number: {"agent": agent(number)},
        "verb": lambda number: {"verb": f"{SITE}/verbs/{some(number, VERBS)}"},
        "activity": lambda number: {"activity": f"{SITE}/course/view.php?id={some(number, COURSES)}"},
        "registration": lambda number: {"registration": str(UUID(int=some(number, REGISTRATIONS)))},
        "verb, until": lambda number: {"verb": f"{SITE}/verbs/{some(number, VERBS)}", "until": day(number)},
        "agent, verb": lambda number: {"agent": agent(number), "verb": f"{SITE}/verbs/{some(number, VERBS)}"},
    }
