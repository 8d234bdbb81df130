"""A database of the service's own, its API with real tokens, and a small world to fill it with."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, ClassVar
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import text

from common import migrations
from common.auth import Principal
from common.clock import FixedClock
from common.database import Database
from common.events import Reader, Received
from common.ids import new_id, nip_hash
from common.outbox import unpack
from common.service import Service, create_app
from contracts.events import Absence, Assignment, PersonChanged
from training.__main__ import build
from training.base import metadata
from training.desk import Desk
from training.people.consumers import keep_people
from training.records.commands import store
from training.records.schemas import Training
from training.settings import Settings

KEY = "test-nip-key"
NOW = datetime(2026, 6, 15, 3, 0, tzinfo=UTC)
AGENCY = UUID("0199a000-0000-7000-8000-00000000000a")
OTHER_AGENCY = UUID("0199a000-0000-7000-8000-00000000000b")
PROVIDER = UUID("0199a000-0000-7000-8000-0000000000aa")
OTHER_PROVIDER = UUID("0199a000-0000-7000-8000-0000000000bb")
AGENCY_ROLES = {"agency_hr", "verifier", "validator", "inspector"}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _database(postgres) -> AsyncIterator[Database]:
    made = await postgres.create_service_database("training", name="training_tests")
    await asyncio.to_thread(migrations.upgrade, "training", made.url)
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
def book(service: Service):
    return service.state["book"]


@dataclass
class Api:
    """The service over HTTP, as any role; agency roles speak for AGENCY, providers for PROVIDER unless told."""

    http: httpx2.AsyncClient
    issuer: Any

    def headers(self, role: str, **claims: Any) -> dict[str, str]:
        if role in AGENCY_ROLES:
            claims.setdefault("agency", AGENCY)
        if role == "provider":
            claims.setdefault("provider", PROVIDER)
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

    async def refused(self, role: str, method: str, path: str, body: Any = None, **claims: Any) -> tuple[int, str, str]:
        """Status, code and field of a problem."""
        answer = await self.call(role, method, path, body, **claims)
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        return answer.status_code, problem["code"], problem["errors"][0]["field"]

    async def bulk(self, lines: Sequence[Any], role: str = "service", path: str = "/trainings:batch", **claims: Any):
        body = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
        answer = await self.http.post(f"/v1{path}", content=body, headers=self.headers(role, **claims))
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]


@pytest_asyncio.fixture(loop_scope="session")
async def api(service: Service, database: Database, clock: FixedClock, issuer) -> AsyncIterator[Api]:
    app = create_app(service, database, clock=clock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://training") as http:
        yield Api(http, issuer)


@dataclass
class World:
    """People, providers and lines; what the tables hold, and what was emitted."""

    here: ClassVar[UUID] = AGENCY
    there: ClassVar[UUID] = OTHER_AGENCY
    school: ClassVar[UUID] = PROVIDER
    other_school: ClassVar[UUID] = OTHER_PROVIDER
    database: Database
    book: Any
    clock: FixedClock
    numbers: Any = field(default_factory=lambda: count(1))

    def nip(self) -> str:
        number = next(self.numbers)
        return f"19{70 + number // 9000:02}{1 + number // 999 % 9:02}01201001{1 + number % 2}{1 + number % 999:03}"

    def state(
        self,
        *,
        person_id: UUID | None = None,
        nip: str | None = None,
        agency: UUID = AGENCY,
        staff_type: str = "PNS",
        joined_on: date = date(2010, 1, 1),
        left_on: date | None = None,
        assignments: Sequence[tuple[UUID, date, date | None]] | None = None,
        absences: Sequence[tuple[date, date | None]] = (),
        unit: tuple[UUID, str] | None = None,
    ) -> PersonChanged:
        unit_id, unit_name = unit or (None, None)
        served = assignments if assignments is not None else [(agency, joined_on, left_on)]
        return PersonChanged(
            person_id=person_id or new_id(),
            nip_hash=nip_hash(nip or self.nip(), KEY),
            staff_type=staff_type,
            status="retired" if left_on else "active",
            joined_on=joined_on,
            left_on=left_on,
            education="S1",
            jenjang=None,
            golongan="III/a",
            agency_id=agency,
            unit_id=unit_id,
            unit_name=unit_name,
            assignments=[
                Assignment(agency_id=place, unit_id=unit_id, unit_name=unit_name, valid_from=since, valid_to=until)
                for place, since, until in served
            ],
            posts=[],
            absences=[Absence(status="leave", valid_from=since, valid_to=until) for since, until in absences],
        )

    def received(self, event: PersonChanged, sequence: int = 1) -> Received:
        headers = {
            "ce_id": str(new_id()),
            "ce_type": event.type,
            "ce_sequence": str(sequence),
            "ce_time": NOW.isoformat(),
        }
        return Reader([PersonChanged], []).decode(headers, event.model_dump_json().encode())

    async def hear(self, *received: Received) -> None:
        async with self.database.transaction() as session:
            await keep_people(session, received, self.book, self.clock)

    async def people(self, *states: PersonChanged, sequence: int = 1) -> list[UUID]:
        await self.hear(*(self.received(state, sequence) for state in states))
        return [state.person_id for state in states]

    async def person(self, **values: Any) -> UUID:
        [person_id] = await self.people(self.state(**values))
        return person_id

    def desk(self, role: str = "service", **claims: Any) -> Desk:
        principal = Principal(subject=f"test-{role}", roles=frozenset({role}), **claims)
        return Desk(principal, self.book, self.clock)

    async def store(self, *lines: dict[str, Any], role: str = "service", **claims: Any):
        """The command behind POST /trainings and its batch, in a transaction of its own."""
        given = [Training.model_validate_json(json.dumps(line)) for line in lines]
        async with self.database.transaction() as session:
            return await store(session, given, self.desk(role, **claims), KEY)

    async def provider(self, forms: Sequence[tuple[str, date, date | None]], provider_id: UUID = PROVIDER) -> str:
        code = f"P-{str(provider_id)[-2:]}"
        async with self.database.transaction() as session:
            await session.execute(
                text("INSERT INTO providers (id, code, name, version) VALUES (:id, :code, :code, 1)"),
                {"id": provider_id, "code": code},
            )
            await session.execute(
                text("INSERT INTO accreditations VALUES (:provider, :form, :since, :until)"),
                [
                    {"provider": provider_id, "form": form, "since": since, "until": until}
                    for form, since, until in forms
                ],
            )
        return code

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.database.reading() as session:
            return list((await session.execute(text(query), values)).all())

    async def value(self, query: str, **values: Any) -> Any:
        async with self.database.reading() as session:
            return await session.scalar(text(query), values)

    async def ledger(self, person_id: UUID, year: int = 2026) -> tuple[str, str]:
        """Verified and unverified JP."""
        [row] = await self.rows(
            "SELECT verified, unverified FROM jp_ledger WHERE person_id = :person AND year = :year",
            person=person_id,
            year=year,
        )
        return str(row.verified), str(row.unverified)

    async def emitted(self) -> list[tuple[str, int, dict[str, Any]]]:
        """Name, sequence and body of every event in the outbox, in order."""
        rows = await self.rows("SELECT events FROM outbox ORDER BY id")
        found: list[tuple[str, int, dict[str, Any]]] = []
        for record in [record for row in rows for record in unpack(row.events)[1]]:
            headers = {name: value.decode() for name, value in record.headers}
            found.append((headers["ce_type"].split(".")[-2], int(headers["ce_sequence"]), json.loads(record.value)))
        return found


@pytest.fixture
def world(database: Database, book, clock: FixedClock) -> World:
    return World(database, book, clock)


@pytest.fixture
def line():
    """A line for /trainings: a technical training of eight hours."""
    numbers = count(1)

    def make(person_id: UUID | None = None, **changes: Any) -> dict[str, Any]:
        made = {
            "reference": f"T-{next(numbers)}",
            "source_name": "lms-test",
            "person_id": str(person_id) if person_id else None,
            "form": "KL03",
            "title": "Pelatihan teknis",
            "start_date": "2026-03-02",
            "end_date": "2026-03-03",
            "jp": "8",
        } | changes
        return {name: value for name, value in made.items() if value is not None}

    return make
