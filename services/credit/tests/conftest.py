"""A database of the service's own, its API with real tokens, and a small world to fill it with."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import text

from common import migrations
from common.clock import FixedClock
from common.database import Database
from common.events import Event, Reader, Received
from common.ids import new_id, nip_hash
from common.inbox import Subscription
from common.outbox import unpack
from common.service import Service, create_app
from contracts.events import (
    Absence,
    Assignment,
    PersonChanged,
    Post,
    TrainingCompleted,
    TrainingCorrected,
    TrainingRevoked,
)
from credit.__main__ import build
from credit.base import metadata
from credit.rulebook import load_rules
from credit.settings import Settings

KEY = "test-nip-key"
NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
AGENCY = UUID("0199a000-0000-7000-8000-00000000000a")
OTHER_AGENCY = UUID("0199a000-0000-7000-8000-00000000000b")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _database(postgres) -> AsyncIterator[Database]:
    made = await postgres.create_service_database("credit", name="credit_tests")
    await asyncio.to_thread(migrations.upgrade, "credit", made.url)
    database = Database(made.url)
    yield database
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def database(_database: Database) -> Database:
    """The service's database, with nothing in it."""
    async with _database.engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)} CASCADE"))
    return _database


@pytest.fixture(scope="session")
def settings(issuer, _database: Database) -> Settings:
    return Settings(
        database_url=_database.url.render_as_string(hide_password=False),
        kafka="127.0.0.1:1",
        issuer=issuer.url,
        jwks_url=issuer.jwks_url,
        nip_key=KEY,
    )


@pytest.fixture(scope="session")
def service(settings: Settings) -> Service:
    return build(settings)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def rules():
    return load_rules()


@dataclass
class Api:
    """The service over HTTP, as any role."""

    http: httpx2.AsyncClient
    issuer: Any

    def headers(self, role: str, **claims: Any) -> dict[str, str]:
        if role in {"agency_hr", "verifier", "validator", "inspector"}:
            claims.setdefault("agency", AGENCY)
        return {"authorization": f"Bearer {self.issuer.token(role, **claims)}"}

    async def call(
        self, role: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **claims: Any
    ) -> httpx2.Response:
        return await self.http.request(
            method, f"/v1{path}", json=body, headers=self.headers(role, **claims) | (headers or {})
        )

    async def get(self, path: str, role: str = "lan", **claims: Any) -> Any:
        answer = await self.call(role, "GET", path, **claims)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def bulk(self, path: str, lines: Sequence[Any], role: str, **claims: Any) -> list[dict[str, Any]]:
        body = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
        answer = await self.http.post(f"/v1{path}", content=body, headers=self.headers(role, **claims))
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]


@pytest_asyncio.fixture(loop_scope="session")
async def api(service: Service, database: Database, clock: FixedClock, issuer) -> AsyncIterator[Api]:
    app = create_app(service, database, clock=clock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://credit") as http:
        yield Api(http, issuer)


@dataclass
class World:
    """Makes people and training records, and lets the service's consumers hear of them."""

    database: Database
    service: Service
    numbers: Any = field(default_factory=lambda: count(1))

    def nip(self) -> str:
        number = next(self.numbers)
        return f"19{70 + number // 9000:02}{1 + number // 999 % 9:02}01201001{1 + number % 2}{1 + number % 999:03}"

    def person(
        self,
        *,
        person_id: UUID | None = None,
        nip: str | None = None,
        agency: UUID = AGENCY,
        education: str | None = "S1",
        jenjang: str | None = "ahli_pertama",
        posts: Sequence[tuple[str | None, date, date | None]] | None = None,
    ) -> PersonChanged:
        golongan = {"ahli_muda": "III/c", "ahli_madya": "IV/a"}.get(jenjang or "", "III/a")
        held = posts if posts is not None else [(jenjang, date(2010, 1, 1), None)]
        return PersonChanged(
            person_id=person_id or new_id(),
            nip_hash=nip_hash(nip or self.nip(), KEY),
            staff_type="PNS",
            status="active",
            joined_on=date(2010, 1, 1),
            left_on=None,
            education=education,
            jenjang=jenjang,
            golongan=golongan,
            agency_id=agency,
            unit_id=None,
            unit_name=None,
            assignments=[
                Assignment(agency_id=agency, unit_id=None, unit_name=None, valid_from=date(2010, 1, 1), valid_to=None)
            ],
            posts=[
                Post(jenjang=level, golongan=golongan, position="Analis", valid_from=since, valid_to=until)
                for level, since, until in held
            ],
            absences=list[Absence](),
        )

    def completed(self, person_id: UUID, **changes: Any) -> TrainingCompleted:
        return TrainingCompleted(**self._record(person_id, **changes))

    def corrected(self, person_id: UUID, **changes: Any) -> TrainingCorrected:
        return TrainingCorrected(**self._record(person_id, **changes), reason="salah ketik")

    def _record(self, person_id: UUID, **changes: Any) -> dict[str, Any]:
        end = changes.get("end_date", date(2026, 3, 3))
        return {
            "record_id": new_id(),
            "person_id": person_id,
            "agency_id": AGENCY,
            "year": end.year,
            "form": "KL03",
            "title": "Pelatihan teknis",
            "provider_id": None,
            "course_id": None,
            "start_date": end,
            "end_date": end,
            "jp_stated": Decimal(8),
            "jp_counted": Decimal(8),
            "verified": True,
            "source_kind": "system",
            "degree": None,
            "international": False,
            "competencies": [],
            "rule_pack": "PP-11-2017",
        } | changes

    def revoked(self, of: TrainingCompleted | TrainingCorrected, reason: str = "sertifikat palsu") -> TrainingRevoked:
        return TrainingRevoked(
            record_id=of.record_id, person_id=of.person_id, agency_id=of.agency_id, year=of.year, reason=reason
        )

    def received(self, event: Event, sequence: int = 1, event_id: UUID | None = None) -> Received:
        headers = {
            "ce_id": str(event_id or new_id()),
            "ce_type": event.type,
            "ce_sequence": str(sequence),
            "ce_time": NOW.isoformat(),
        }
        return Reader([type(event)], []).decode(headers, event.model_dump_json().encode())

    async def hear(self, *received: Received) -> None:
        """Hands a batch to the consumer of its topic, in one transaction."""
        if received:
            topic = received[0].event.topic
            subscription: Subscription = next(found for found in self.service.subscriptions if found.topic == topic)
            async with self.database.transaction() as session:
                await subscription.handler(session, received)

    async def people(self, *people: PersonChanged, sequence: int = 1) -> list[UUID]:
        await self.hear(*(self.received(person, sequence) for person in people))
        return [person.person_id for person in people]

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.database.reading() as session:
            return list((await session.execute(text(query), values)).all())

    async def value(self, query: str, **values: Any) -> Any:
        async with self.database.reading() as session:
            return await session.scalar(text(query), values)

    async def emitted(self) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """Headers and body of every event in the outbox, in order."""
        rows = await self.rows("SELECT events FROM outbox ORDER BY id")
        records = [record for row in rows for record in unpack(row.events)[1]]
        return [({name: value.decode() for name, value in r.headers}, json.loads(r.value)) for r in records]


@pytest.fixture
def world(database: Database, service: Service) -> World:
    return World(database, service)


@pytest.fixture
def predicate():
    """A line for /predicates: a good year."""
    numbers = count(1)

    def make(person: UUID | None = None, /, **changes: Any) -> dict[str, Any]:
        line = {
            "reference": f"P-{next(numbers)}",
            "source_name": "e-kinerja",
            "person_id": str(person) if person else None,
            "period_start": "2025-01-01",
            "period_end": "2025-12-31",
            "predikat": "baik",
        }
        return {name: value for name, value in (line | changes).items() if value is not None}

    return make
