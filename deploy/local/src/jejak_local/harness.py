"""What the tests of every service need: its database, its API over HTTP, events, and a look into its tables."""

import asyncio
import gc
import json
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import count
from types import NoneType
from typing import Any, Self, TypeVar, cast, get_args, get_origin
from unittest.mock import patch
from uuid import UUID

import asyncpg
import httpx2
from aiokafka import ConsumerRecord
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from sqlalchemy import MetaData, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from common.answers import Answer, Done
from common.app import create_app
from common.clock import Clock
from common.events import Event, Reader, Received, Wanted, event_of
from common.fields import FIRST_DAY
from common.ids import new_id
from common.messages.fetching import Record
from common.messages.inbox import Subscription
from common.parts import Parts, Role
from common.service import Service
from common.store.database import Database
from common.store.outbox import unpack
from common.web.principals import Callers
from contracts import PUBLISHED, topics
from contracts.callers import Caller
from contracts.events.reforms import ReformPreviewAsked
from contracts.events.registry import (
    Absence,
    AgencyChanged,
    Assignment,
    Holding,
    PersonChanged,
    Post,
    PostChanged,
    PostState,
    Schooling,
    StaffType,
    Standing,
    Status,
    UnitChanged,
    UnitState,
)
from contracts.imports import take_in
from contracts.nip import nip_hash
from contracts.roles import CALLERS, ROLES, named
from contracts.sex import Sex
from contracts.zone import JAKARTA, Zone
from jejak_local.issuer import Issuer
from jejak_local.postgres import Database as Made
from jejak_local.stack import UNLIMITED

NIP_KEY = "test-nip-key"
AGENCY = UUID("0199a000-0000-7000-8000-00000000000a")
OTHER_AGENCY = UUID("0199a000-0000-7000-8000-00000000000b")
PROVIDER = UUID("0199a000-0000-7000-8000-0000000000aa")
PATIENCE = 60.0
"""Seconds that the issuer of the tests may take for its keys: a busy machine is not what they are about."""
REGION = "Jawa Barat"
SPEAKS_FOR: dict[str, Any] = {
    "agency": AGENCY,
    "provider": PROVIDER,
    "region": REGION,
    "position": "Analis Bangkom",
    "connection": UUID("0199a000-0000-7000-8000-0000000000cc"),
    "address": UUID("0199a000-0000-7000-8000-0000000000dd"),
}
"""What a role needs to say unless a test says something else; `person` is always said by the test."""


class FixedClock(Clock):
    """A clock that stands still until it is set."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(JAKARTA)
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


class OwnedDatabase(Database):
    """A service's database, of which its tests know the owner too."""

    def __init__(self, made: Made) -> None:
        super().__init__(made.url)
        self.owner = create_async_engine(made.owner.url)

    async def close(self) -> None:
        await self.owner.dispose()
        await super().close()


@asynccontextmanager
async def owning(database: OwnedDatabase) -> AsyncIterator[AsyncConnection]:
    """A transaction of the role that owns the tables, for what the service itself may not do to them."""
    async with database.owner.begin() as connection:
        yield connection


async def emptying(database: OwnedDatabase, metadata: MetaData) -> str:
    """The statement that takes every row out of a service's tables, and every partition that has come since.

    TRUNCATE makes new files for a table and its indexes, and waits for the disk: only what a trigger guards needs it.
    """
    async with owning(database) as connection:
        guarded = set(await connection.scalars(text(GUARDED)))
        partitions = [str(each) for each in await connection.scalars(text(PARTITIONS))]
    tables = [table.name for table in reversed(metadata.sorted_tables)]
    statements = [
        f"IF EXISTS (SELECT FROM {table}) THEN TRUNCATE {table} CASCADE; END IF;"
        for table in tables
        if table in guarded
    ]
    statements += [f"DELETE FROM {table};" for table in tables if table not in guarded]
    more = f"{PARTITIONS} AND c.oid <> ALL (CAST('{{{','.join(partitions)}}}' AS oid[]))"
    drop = f"FOR part IN {more} LOOP EXECUTE format('DROP TABLE %s', CAST(part AS regclass)); END LOOP;"
    return f"DO $$ DECLARE part oid; BEGIN {drop} {' '.join(statements)} END $$"


GUARDED = "SELECT CAST(CAST(tgrelid AS regclass) AS text) FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 8 > 0"
"""Tables with a trigger that hears of DELETE."""
PARTITIONS = "SELECT c.oid FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'"


def settings_of(database: Database, issuer: Issuer) -> dict[str, Any]:
    """What every service has to be told; there is no Kafka."""
    return {
        "database_url": database.url.render_as_string(hide_password=False),
        "kafka": "127.0.0.1:1",
        "issuer": issuer.url,
        "jwks_url": issuer.jwks_url,
        "nip_key": NIP_KEY,
        **UNLIMITED,
    }


@dataclass(frozen=True)
class _Bare(Service):
    routers: Sequence[APIRouter] = ()  # pyright: ignore[reportIncompatibleMethodOverride] - given, not found
    newest_revision: str | None = None  # pyright: ignore[reportIncompatibleMethodOverride] - it has no migrations


def app_of(parts: Parts, *routers: APIRouter, callers: Callers = CALLERS) -> FastAPI:
    """An application of the kit's with these routes, of no service."""
    return create_app(_Bare("common", "Kit", 0, [], callers, JAKARTA, routers=routers), parts)


def caller(
    *roles: str, clock: Clock | None = None, rules: Any = None, nip_key: str = "key", **claims: Any
) -> Caller[Any]:
    """A caller in these roles, as a route would hand it to its use case; the subject is named for the roles."""
    return Caller(
        subject="-".join(roles),
        named=named(*roles),
        claims=claims,
        clock=clock or Clock(JAKARTA),
        rules=rules,
        nip_key=nip_key,
    )


async def sent_import(database: Database, kind: str, role: str, **claims: Any) -> UUID:
    """An import that somebody in this role has sent, of which nothing is worked off yet."""
    import_id = new_id()
    async with database.transaction() as session:
        await take_in(session, kind, import_id, "text/csv", 1, False, caller(role, **claims))
    return import_id


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """HTTP to an application of this process."""
    app.state.parts.authenticator.keys.answer_seconds = PATIENCE
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://service") as client:
        yield client


@dataclass
class Api:
    """A service over HTTP, as any role; agency roles speak for AGENCY, providers for PROVIDER unless told."""

    http: httpx2.AsyncClient
    issuer: Issuer

    def headers(self, role: str, **claims: Any) -> dict[str, str]:
        for claim in SPEAKS_FOR.keys() & {*ROLES[role].needs, *ROLES[role].either}:
            claims.setdefault(claim, SPEAKS_FOR[claim])
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

    async def bulk(
        self,
        path: str,
        lines: Sequence[Any],
        role: str = "service",
        headers: dict[str, str] | None = None,
        **claims: Any,
    ) -> list[dict[str, Any]]:
        """The answers to these lines, each a document or raw bytes."""
        raw = (line if isinstance(line, bytes) else json.dumps(line, default=str).encode() for line in lines)
        sent = self.headers(role, **claims) | {"content-type": "application/x-ndjson"} | (headers or {})
        answer = await self.http.post(f"/v1{path}", content=b"".join(line + b"\n" for line in raw), headers=sent)
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]


def received(event: Event, sequence: int = 1, event_id: UUID | None = None, wanted: Wanted | None = None) -> Received:
    """An event as a consumer's handler gets it that reads it as `wanted`, or whole."""
    record = recorded(event, sequence, event_id)
    headers = {name: value.decode() for name, value in record.headers}
    return Reader([wanted or type(event)], []).decode(headers, record.value or b"")


def recorded(
    event: Event,
    sequence: int = 1,
    event_id: UUID | None = None,
    at: datetime = datetime(2026, 6, 15, 3, 0, tzinfo=UTC),
    **further: str,
) -> Record:
    """An event as it lies in Kafka; `further` are headers of its own."""
    payload = event.model_dump_json().encode()
    headers = {
        "ce_id": str(event_id or new_id()),
        "ce_type": event.type,
        "ce_sequence": str(sequence),
        "ce_time": at.isoformat(),
        **further,
    }
    said = [(name, value.encode()) for name, value in headers.items()]
    key = str(event.key()).encode()
    return ConsumerRecord(event.topic.name, 0, 0, 0, 0, key, payload, None, 0, len(payload), said)


def told(answers: Iterable[Answer]) -> list[str]:
    """For each line of an upload its status when it was taken, the code of what is wrong with it when it was not."""
    return [answer.status if isinstance(answer, Done) else answer.code for answer in answers]


@dataclass
class Inside:
    """A service from inside: what it hears, what its tables hold, and what it tells."""

    database: OwnedDatabase
    service: Service
    parts: Parts
    numbers: Iterator[int] = field(default_factory=lambda: count(1), kw_only=True)

    @property
    def clock(self) -> FixedClock:
        return cast("FixedClock", self.parts.clock)

    def nip(self) -> str:
        """A NIP that nobody has yet."""
        number = next(self.numbers)
        return f"19{70 + number // 9000:02}{1 + number // 999 % 9:02}01201001{1 + number % 2}{1 + number % 999:03}"

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.database.reading() as session:
            return list((await session.execute(text(query), values)).all())

    async def value(self, query: str, **values: Any) -> Any:
        async with self.database.reading() as session:
            return await session.scalar(text(query), values)

    async def outbox(self) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """Headers and body of every event in the outbox, in order; but for who looked."""
        told = [each for each in await self.told() if each.event.topic is not topics.ACCESS]
        return [(dict(each.headers), json.loads(each.payload)) for each in told]

    async def told(self) -> list[Received]:
        """Every event in the outbox, in order, as a consumer gets it; each says of itself what is true, and no more."""
        found: list[Received] = []
        for row in await self.rows("SELECT topic, events FROM outbox ORDER BY id"):
            for record in unpack(row.events)[1]:
                each = EVERYTHING.decode({name: value.decode() for name, value in record.headers}, record.value)
                event: Event = each.event
                assert event == type(event).model_validate_json(
                    record.value
                )  # a reader overlooks what it does not know
                said = (row.topic, record.key.decode(), each.headers["ce_subject"])
                assert said == (event.topic.name, str(event.key()), str(event.subject()))
                found.append(each)
        return found

    @cached_property
    def _heard(self) -> dict[str, tuple[Subscription, Wanted]]:
        """Who hears of a type of event in this service, and as what."""
        subscriptions = self.service.subscriptions(self.parts)
        return {event_of(each).type: (found, each) for found in subscriptions for each in found.wanted}

    def received(self, event: Event, sequence: int = 1, event_id: UUID | None = None) -> Received:
        """An event as the service reads it."""
        return received(event, sequence, event_id, self._heard[event.type][1])

    def hears(self, event: type[Event]) -> bool:
        """Whether the service asks to be told of such."""
        return event.type in self._heard

    async def hear(self, *batch: Received) -> None:
        """Hands a batch to the consumer of its topic, in one transaction."""
        if batch:
            subscription, _ = self._heard[batch[0].type]
            async with self.database.transaction() as session:
                await subscription.handler(session, batch)

    async def holds(self, agency_id: UUID) -> dict[str, tuple[str, int, str | None]]:
        """What the service tells that it holds of an agency of which a reform is planned: who gets it, how much, where it is listed."""
        await self.hear(self.received(ReformPreviewAsked(preview_id=new_id(), agency_id=agency_id)))
        [answer] = [each.event for each in (await self.told())[-1:]]
        return {each.kind: (each.goes_to, each.count, each.listed) for each in answer.items}


EVERYTHING = Reader(PUBLISHED, [])
Said = TypeVar("Said", bound=BaseModel)


def bare(of: type[Said], /, **said: Any) -> Said:
    """An event, or a part of one, that says this; whatever else may be null, empty or no is that."""
    for name, field_ in of.model_fields.items():
        if field_.is_required() and name not in said:
            if NoneType in get_args(field_.annotation):
                said[name] = None
            elif get_origin(field_.annotation) is list:
                said[name] = []
            elif field_.annotation is bool:
                said[name] = False
    return of(**said)


def numbered(prefix: str, **usual: Any) -> Callable[..., dict[str, Any]]:
    """Makes lines of a kind: `make(person, title="other")`, each with a reference of its own; what is None is left out."""
    numbers = count(1)

    def make(person: UUID | None = None, /, **changes: Any) -> dict[str, Any]:
        own = {"reference": f"{prefix}-{next(numbers)}", "person_id": str(person) if person else None}
        return {name: value for name, value in (own | usual | changes).items() if value is not None}

    return make


def agency_changed(agency_id: UUID, code: str = "X", **said: Any) -> AgencyChanged:
    """An agency that is there; an institution unless something else is said."""
    return bare(
        AgencyChanged, agency_id=agency_id, code=code, **{"name": f"Badan {code}", "kind": "L", "active": True} | said
    )


@dataclass
class World(Inside):
    """A service that hears of people and of what they do, as Kafka would tell it."""

    def state(
        self,
        *,
        person_id: UUID | None = None,
        nip: str | None = None,
        former: Sequence[str] = (),
        staff_type: StaffType = "PNS",
        joined_on: date = date(2010, 1, 1),
        left_on: date | None = None,
        agency: UUID = AGENCY,
        unit: tuple[UUID, str] | tuple[None, None] = (None, None),
        assignments: Sequence[tuple[UUID, date, date | None]] | None = None,
        jenjang: str | None = "ahli_pertama",
        position: str = "Analis",
        posts: Sequence[tuple[str | None, date, date | None]] | None = None,
        education: str | None = "S1",
        learned: Sequence[tuple[str, date]] = (),
        away: Sequence[tuple[Status, date, date | None]] = (),
        absences: Sequence[tuple[date, date | None]] = (),
        sex: Sex | None = None,
    ) -> PersonChanged:
        """Somebody in service since 2010. A part of a history is its value, its first day and the day after its last."""
        unit_id, unit_name = unit
        golongan = {"ahli_muda": "III/c", "ahli_madya": "IV/a"}.get(jenjang or "", "III/a")
        degrees = [*([(education, joined_on)] if education else []), *learned]
        return PersonChanged(
            person_id=person_id or new_id(),
            nip_hash=nip_hash(nip or self.nip(), NIP_KEY),
            former_nip_hashes=[nip_hash(number, NIP_KEY) for number in former],
            staff_type=staff_type,
            status="retired" if left_on else "active",
            joined_on=joined_on,
            left_on=left_on,
            education=degrees[-1][0] if degrees else None,
            jenjang=jenjang,
            golongan=golongan,
            agency_id=agency,
            unit_id=unit_id,
            unit_name=unit_name,
            assignments=[
                Assignment(agency_id=place, unit_id=unit_id, unit_name=unit_name, valid_from=since, valid_to=until)
                for place, since, until in assignments or [(agency, joined_on, left_on)]
            ],
            posts=[
                Post(jenjang=level, golongan=golongan, position=position, valid_from=since, valid_to=until)
                for level, since, until in ([(jenjang, joined_on, None)] if posts is None else posts)
            ],
            absences=[Absence(status="leave", valid_from=since, valid_to=until) for since, until in absences],
            educations=[Schooling(degree=degree, valid_from=since, valid_to=None) for degree, since in degrees],
            statuses=[
                Standing(status=status, valid_from=since, valid_to=until)
                for status, since, until in [("active", joined_on, None), *away]
            ],
            sex=sex,
        )

    async def agency(self, agency_id: UUID, zone: Zone = "WIB", sequence: int = 1, **said: Any) -> None:
        """Lets the service know of an agency."""
        state = agency_changed(agency_id, code=f"L-{str(agency_id)[-2:]}", zone=zone, **said)
        await self.hear(self.received(state, sequence))

    async def post(self, superior: UUID | None = None) -> UUID:
        """Lets the service know of a post, and of the one above it."""
        post_id = new_id()
        held = {"type": "JA", "name": "Kepala", "jenjang": "administrator", "unit_id": post_id, "seats": 9}
        state = bare(PostState, **held, superior_id=superior, valid_from=FIRST_DAY)
        await self.hear(self.received(PostChanged(post_id=post_id, agency_id=AGENCY, code="P", states=[state])))
        return post_id

    async def holder(self, *posts: Holding | UUID, nip: str | None = None, person_id: UUID | None = None) -> UUID:
        """Lets the service hear of somebody who holds these posts."""
        held = [
            each
            if isinstance(each, Holding)
            else bare(Holding, post_id=each, kind="definitive", valid_from=date(2020, 1, 1))
            for each in posts
        ]
        state = self.state(nip=nip, person_id=person_id).model_copy(update={"holdings": held})
        return (await self.people(state))[0]

    async def people(self, *states: PersonChanged, sequence: int = 1) -> list[UUID]:
        """Lets the service hear of people, and first of the units they serve in, where it asks for those."""
        if self.hears(UnitChanged):
            units = {part.unit_id: part for state in states for part in state.assignments if part.unit_id}
            await self.hear(*(self.received(_unit(part), sequence) for part in units.values()))
        await self.hear(*(self.received(state, sequence) for state in states))
        return [state.person_id for state in states]


def _unit(part: Assignment) -> UnitChanged:
    """The unit of an assignment, called by one name for ever."""
    assert part.unit_id, "a unit is named"
    state = UnitState(name=part.unit_name or "", parent_id=None, valid_from=FIRST_DAY, valid_to=None)
    return UnitChanged(unit_id=part.unit_id, agency_id=part.agency_id, code="U", states=[state], successors=[])


# --- what something costs


@contextmanager
def fetched_rows(database: Database) -> Generator[list[int]]:
    """How many rows each statement of the block has brought to Python."""
    rows: list[int] = []

    def note(_conn: Any, cursor: Any, *_: Any) -> None:
        rows.append(cursor.rowcount if cursor.description else 0)

    event.listen(database.engine.sync_engine, "after_cursor_execute", note)
    try:
        yield rows
    finally:
        event.remove(database.engine.sync_engine, "after_cursor_execute", note)


@contextmanager
def counted_copies() -> Generator[list[str]]:
    """The tables of the COPYs of the block, which `counted_statements` does not see."""
    tables: list[str] = []
    copied = asyncpg.Connection.copy_records_to_table

    async def noted(connection: Any, table_name: str, **rest: Any) -> str:
        tables.append(table_name)
        return await copied(connection, table_name, **rest)

    with patch.object(asyncpg.Connection, "copy_records_to_table", noted):
        yield tables


class Peak:
    """Bytes that Python held at most inside of a block.

    What is made out of objects that were kept for it (Python keeps up to 2,000 tuples of each length) is not counted; a whole
    collection empties these, so that the figure is the same whatever ran before.
    """

    bytes = 0

    def __enter__(self) -> Self:
        gc.collect()
        tracemalloc.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


async def streamed(app: FastAPI, path: str, token: str, lines: Iterable[Any]) -> None:
    """Streams an upload into the application, line by line, and forgets the answer: a client would hold both."""
    statuses: list[int] = []

    async def messages() -> AsyncIterator[dict[str, Any]]:
        for each in lines:
            yield {"type": "http.request", "body": json.dumps(each).encode() + b"\n", "more_body": True}
        yield {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.Event().wait()  # and stays for the answer

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": f"/v1{path}",
        "raw_path": f"/v1{path}".encode(),
        "query_string": b"",
        "headers": [(b"host", b"service"), (b"authorization", f"Bearer {token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("service", 80),
    }
    await app(scope, messages().__anext__, send)
    assert statuses == [200]


# The lock of a row is that of a transaction, which is in no database: but then the session holds its table's too.
WAITING = text("""
    SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (
        SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database()
    )
""")


async def waits_for_a_lock(connection: AsyncConnection | AsyncSession, task: asyncio.Task[Any]) -> None:
    """Returns once the task waits for a row, table or advisory lock. Raises AssertionError when it ends before.

    `connection` only asks; nothing else may wait for a lock in its database at the time.
    """
    while not await connection.scalar(WAITING):
        assert not task.done()
        await asyncio.sleep(0.01)


async def until_waiting(database: Database, number: int = 1) -> None:
    """Returns once so many sessions wait for a lock in a database."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    async def they_wait() -> bool:
        async with database.reading() as session:
            return (await session.scalar(waiting) or 0) >= number

    await until(they_wait)


# --- waiting for what runs beside


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = 40.0) -> None:
    """Waits for a state, not for a time; the limit only keeps a broken test from hanging."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


class Running:
    """A role that runs inside the block."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    async def __aenter__(self) -> None:
        self.tasks = [asyncio.create_task(role.run()) for role in self.roles]

    async def __aexit__(self, *_: object) -> None:
        for role in self.roles:
            role.stop()
        await asyncio.wait_for(asyncio.gather(*self.tasks), 30)
