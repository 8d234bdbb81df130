"""A service that keeps everything a copy may hold, and nothing else."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from common.events import Event, Received
from common.ids import new_id
from common.messages.inbox import Subscription
from common.messages.waiting import hold
from common.store.database import Database
from common.store.tables import add_waiting, metadata_of
from contracts import topics
from contracts.events import Part
from contracts.events.registry import (
    Absence,
    Assignment,
    PersonChanged,
    Post,
    Schooling,
    Standing,
)
from contracts.events.training import TrainingRevoked
from jejak_local.harness import AGENCY, bare, received
from jejak_local.postgres import PostgresServer
from roster.agencies import Agencies
from roster.copies import News
from roster.deputies import Deputies
from roster.people import People
from roster.structure import Posts, Units

metadata = metadata_of(__name__.partition(".")[0])
add_waiting(metadata)

PEOPLE = People(
    __name__,
    *("staff_type", "status", "education", "jenjang", "golongan", "unit_id", "unit_name"),
    assignments=("agency_id", "unit_id", "unit_name"),
    posts=("jenjang", "golongan", "position"),
    statuses=("status",),
    absences=("status",),
    educations=("degree",),
    holdings=("post_id", "kind"),
)
AGENCIES = Agencies(__name__, "code", "name", "region", "zone", "active", "pics")
UNITS = Units(__name__, "name", "parent_id")
DEPUTIES = Deputies(__name__)
POSTS = Posts(__name__, "name", "type", "seats", "superior_id")
JOINED = date(2020, 1, 1)
PARTS: dict[str, tuple[type[Part], str, dict[str, Any]]] = {
    "assignments": (Assignment, "agency_id", {"unit_id": None, "unit_name": None}),
    "posts": (Post, "jenjang", {"golongan": "III/c", "position": "Analis"}),
    "absences": (Absence, "status", {}),
    "statuses": (Standing, "status", {}),
    "educations": (Schooling, "degree", {}),
}


@dataclass
class Service:
    """What it has heard, and what it has taken up of the events that waited for somebody."""

    copies: ClassVar[People] = PEOPLE
    database: Database
    news: list[News] = field(default_factory=list[News])
    taken: list[UUID] = field(default_factory=list[UUID])

    def __post_init__(self) -> None:
        async def hear(_: Any, news: News) -> None:
            self.news.append(news)

        async def take(session: Any, batch: Sequence[Received]) -> None:
            here = await hold(session, "test.records", batch, lambda event: event.person_id, PEOPLE.known)
            self.taken += [each.event.record_id for each in here]

        self.records = Subscription("test.records", topics.RECORDS, (TrainingRevoked,), take)
        self.people = PEOPLE.subscription("test.people", hear, awaited_by=[self.records])
        self.agencies = AGENCIES.subscription("test.agencies", hear)
        self.units = UNITS.subscription("test.units", hear)
        self.deputies = DEPUTIES.subscription("test.deputies", hear)
        self.posts = POSTS.subscription("test.posts", hear)

    def person(self, **changes: Any) -> PersonChanged:
        """Somebody who serves since `JOINED`; histories are tuples of a value, first day and day after the last."""
        now = {"status": "active", "education": "S1", "jenjang": "ahli_muda", "golongan": "III/c", "agency_id": AGENCY}
        own = {"person_id": new_id(), "nip_hash": uuid4().hex, "staff_type": "PNS", "joined_on": JOINED}
        since: dict[str, Any] = {
            "assignments": [(AGENCY, JOINED, None)],
            "posts": [("ahli_muda", JOINED, None)],
            "absences": [],
            "statuses": [("active", JOINED, None)],
            "educations": [("S1", JOINED, None)],
        }
        made = own | now | since | changes
        for name, (part, value, other) in PARTS.items():
            made[name] = [
                part(**{value: held, **other}, valid_from=start, valid_to=after) for held, start, after in made[name]
            ]
        return bare(PersonChanged, **made)

    async def hear(self, *batch: Received) -> None:
        """Hands a batch to the consumer of its topic, in one transaction."""
        [subscription] = [
            each
            for each in (self.people, self.agencies, self.units, self.posts, self.deputies, self.records)
            if type(batch[0].event) in each.wanted
        ]
        async with self.database.transaction() as session:
            await subscription.handler(session, batch)

    async def told(self, *events: Event, sequence: int = 1) -> News:
        """What it hears of these events."""
        await self.hear(*(received(event, sequence) for event in events))
        return self.news[-1]

    async def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.database.reading() as session:
            return [tuple(row) for row in await session.execute(text(query), values)]


@pytest.fixture(scope="session")
async def pool(postgres: PostgresServer, worker_id: str) -> AsyncIterator[Database]:
    made = await postgres.create_service_database("roster", name=f"roster_{worker_id}")
    database = Database(made.owner.url)
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
async def service(pool: Database) -> Service:
    async with pool.engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)}"))
    return Service(pool)
