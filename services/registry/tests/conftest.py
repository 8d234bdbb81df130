"""The registry's application on a real PostgreSQL, driven with real tokens at a fixed moment."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from common.app import create_app
from common.clock import FixedClock
from common.events import Reader, Received
from common.ids import new_id
from common.invariants import EVENTS_LEAVE, find_broken
from common.parts import Parts
from common.settings import ServiceSettings
from common.store.outbox import unpack
from contracts.events.registry import AgencyChanged, PersonChanged
from jejak_local.harness import OwnedDatabase, client_of, owning, settings_of
from jejak_local.issuer import Issuer
from registry.service import SERVICE

MOMENT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
async def pool(service_database) -> OwnedDatabase:
    return await service_database("registry")


@pytest.fixture(scope="session")
def settings(pool: OwnedDatabase, issuer: Issuer) -> ServiceSettings:
    return ServiceSettings(**settings_of(pool, issuer))


@pytest.fixture
async def database(pool: OwnedDatabase, application_parts: Parts) -> AsyncIterator[OwnedDatabase]:
    """An empty registry; what a test leaves in it must hold every invariant."""
    async with owning(pool) as connection:
        for table in reversed(SERVICE.metadata.sorted_tables):  # cheaper than TRUNCATE, which syncs every file
            await connection.execute(table.delete())
    yield pool
    # No relay runs here, so events do wait, for longer than a minute where a test takes one.
    held = [invariant for invariant in SERVICE.invariants if invariant is not EVENTS_LEAVE]
    assert await find_broken(application_parts, held) == []


@pytest.fixture(scope="session")
def standing_clock() -> FixedClock:
    return FixedClock(MOMENT)


@pytest.fixture
def clock(standing_clock: FixedClock) -> FixedClock:
    standing_clock.moment = MOMENT
    return standing_clock


@pytest.fixture(scope="session")
def application_parts(settings: ServiceSettings, pool: OwnedDatabase, standing_clock: FixedClock) -> Parts:
    return Parts(settings, pool, standing_clock)


@pytest.fixture
def parts(application_parts: Parts, database: OwnedDatabase, clock: FixedClock) -> Parts:
    """What a command is given: the service with nothing in its tables."""
    return application_parts


@pytest.fixture(scope="session")
def application(application_parts: Parts) -> FastAPI:
    """Made once, as in a process: FastAPI takes longer for it than most tests."""
    return create_app(SERVICE, application_parts)


@pytest.fixture
def app(application: FastAPI, database: OwnedDatabase, clock: FixedClock) -> FastAPI:
    return application


@dataclass
class Api:
    """The registry as one caller sees it."""

    client: httpx2.AsyncClient
    token: str | None

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, f"/v1{path}", json=body, headers=named)

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        return await self.call("POST", path, body, **headers)

    async def put(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        return await self.call("PUT", path, body, **headers)

    async def upload(self, path: str, lines: Sequence[Any], **headers: str) -> list[dict[str, Any]]:
        """Sends lines, dicts or raw text, and reads the answers."""
        content = "\n".join(line if isinstance(line, str) else json.dumps(line, default=str) for line in lines)
        answer = await self.client.post(
            f"/v1{path}",
            content=content.encode(),
            headers={"authorization": f"Bearer {self.token}", "content-type": "application/x-ndjson", **headers},
        )
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture
async def caller(app: FastAPI, issuer: Issuer) -> AsyncIterator[Callable[..., Api]]:
    """`caller("agency_hr", agency=...)` is the API with a token of that role; `caller(None)` has none."""
    async with client_of(app) as client:

        def make(role: str | None, **scope: Any) -> Api:
            return Api(client, issuer.token(role, **scope) if role else None)

        yield make


@pytest.fixture
def service(caller: Callable[..., Api]) -> Api:
    return caller("service")


@pytest.fixture
def emitted(database: OwnedDatabase) -> Callable[[], Any]:
    """Reads and forgets what waits in the outbox, in order, as a consumer would get it."""
    reader = Reader([AgencyChanged, PersonChanged], [])

    async def read() -> list[Received]:
        async with database.transaction() as session:
            rows = (await session.execute(text("SELECT topic, events FROM outbox ORDER BY id"))).all()
            await session.execute(text("DELETE FROM outbox"))
        sent = [(row.topic, record) for row in rows for record in unpack(row.events)[1]]
        found = [reader.decode({name: value.decode() for name, value in r.headers}, r.value) for _, r in sent]
        for (topic, record), received in zip(sent, found, strict=True):
            assert (topic, record.key.decode()) == (received.event.topic.name, str(received.event.key()))
            assert received.headers["ce_subject"] == str(received.event.subject())
        return found

    return read


@dataclass
class Nation:
    """Two agencies with units, made through the API."""

    agencies: dict[str, UUID] = field(default_factory=dict)
    units: dict[str, UUID] = field(default_factory=dict)


@pytest.fixture
async def nation(service: Api, emitted: Callable[[], Any]) -> Nation:
    nation = Nation()
    lines = []
    for code, kind in (("K-001", "K"), ("D-001", "D")):
        nation.agencies[code] = new_id()
        own = {f"{code}-U{number:02d}": new_id() for number in (1, 2)}
        nation.units |= own
        units = [
            {"id": unit_id, "code": unit, "name": f"Unit {number} {code}"}
            for number, (unit, unit_id) in enumerate(own.items(), start=1)
        ]
        lines.append(
            {"id": nation.agencies[code], "code": code, "name": f"Instansi {code}", "kind": kind, "units": units}
        )
    answers = await service.upload("/agencies:batch", lines)
    assert [answer["status"] for answer in answers] == ["stored", "stored"]
    await emitted()
    return nation


def person(sequence: int = 1, **changes: Any) -> dict[str, Any]:
    """A PNS of K-001 who joined on 1 January 2015; `sequence` makes the NIP another's."""
    return {
        "nip": f"19900101201501{1 + sequence // 1000}{sequence % 1000:03d}",
        "name": "Siti Rahma",
        "staff_type": "PNS",
        "agency_code": "K-001",
        "unit_code": "K-001-U01",
        "jenjang": "ahli_muda",
        "golongan": "III/c",
        "position": "Analis Kebijakan Ahli Muda",
        "education": "S1",
        "joined_on": "2015-01-01",
        **changes,
    }


def pppk(sequence: int = 1, **changes: Any) -> dict[str, Any]:
    return person(
        **{
            "nip": f"199105052021211{sequence:03d}",
            "staff_type": "PPPK",
            "jenjang": None,
            "golongan": "IX",
            "position": "Penata Layanan Operasional",
            "joined_on": "2021-03-01",
            **changes,
        }
    )


@pytest.fixture
def a_person() -> Callable[..., dict[str, Any]]:
    return person


@pytest.fixture
def a_pppk() -> Callable[..., dict[str, Any]]:
    return pppk
