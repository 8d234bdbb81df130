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

from common.events import Reader, Received
from common.ids import new_id
from common.store.outbox import unpack
from contracts.events.registry import AgencyChanged, PersonChanged
from jejak_local.harness import OwnedDatabase, client_of
from jejak_local.issuer import Issuer

MOMENT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture
def moment() -> datetime:
    return MOMENT


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
