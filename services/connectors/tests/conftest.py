"""Platforms that have signed in to a connectors service on real PostgreSQL, and the service from inside."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from common.answers import Answer, Done
from common.ids import new_id
from common.parts import Parts
from common.store.transient import insist
from connectors.reports.commands import Activity, SentBy, report
from connectors.service import SERVICE
from connectors.signals.reading import read_statements
from connectors.signing.tables import Connection
from contracts.events.connectors import ActivityReported
from contracts.events.training import ActivityRefused, ActivityTaken, CourseChanged
from jejak_local import harness
from jejak_local.harness import bare
from services.connectors.tests.platform import Platform
from services.connectors.tests.receiver import CANVAS_PORT


@pytest.fixture
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Receivers of webhooks and the keys of Canvas are here, on loopback."""
    files = tmp_path_factory.getbasetemp() / "files"
    return {"webhook_inside": True, "canvas_jwks_url": f"http://127.0.0.1:{CANVAS_PORT}/jwks", "files": files}


@pytest.fixture
def connect(api):
    """Connects a platform of the agency of the tests, or of another, and signs in with its key."""

    async def connected(**claims) -> Platform:
        made = await api.call("agency_hr", "POST", "/connections", {"name": "Moodle", "platform": "moodle"}, **claims)
        assert made.status_code == 201, made.text
        key = await api.call("agency_hr", "POST", f"/connections/{made.json()['id']}/credentials", **claims)
        assert key.status_code == 201, key.text
        return Platform(api.http, made.json()["id"], key.json()["id"], key.json()["secret"])

    return connected


@pytest.fixture
async def platform(connect) -> Platform:
    return await connect()


class World(harness.World):
    """The service from inside: what doors report, and what training answers."""

    async def report(self, connection_id: str, *activities: Activity, by: SentBy | None = None) -> list[Answer]:
        """As a door does it, in a transaction of its own."""

        async def once() -> list[Answer]:
            async with self.database.transaction() as session:
                connection = await session.get_one(Connection, UUID(connection_id))
                return await report(session, connection, activities, by or SentBy("door"), self.clock.now())

        return await insist(once, seconds=10, what="report")

    async def person(self, **values: Any) -> UUID:
        [person_id] = await self.people(self.state(**values))
        return person_id

    async def read(self) -> None:
        """What the role `due` does until nothing is due."""
        while True:
            async with self.database.transaction() as session:
                if not await read_statements(session, self.parts):
                    return

    async def course(self, code: str, title: str = "Data") -> UUID:
        """A course of the catalogue."""
        known = bare(CourseChanged, course_id=new_id(), code=code, provider_id=new_id(), title=title, form="KL03",
                     valid_from=date(2020, 1, 1))  # fmt: skip
        await self.hear(self.received(known))
        return known.course_id

    async def stands(self) -> list[tuple[str, str, str]]:
        """Person, course and moment of each report that counts for training now, in order."""
        newest = {body["report_id"]: (name, body) for name, _, body in await self.told_training() if "why" not in body}
        return sorted(
            (body["person_id"], body["course_id"], body["happened_at"])
            for name, body in newest.values()
            if name == ActivityReported.__name__
        )

    async def told_training(self) -> list[tuple[str, int, dict[str, Any]]]:
        """Name, version and body of what training was told, in order."""
        return [
            (headers["ce_type"].split(".")[-2], int(headers["ce_sequence"]), body)
            for headers, body in await self.outbox()
            if headers["ce_source"] == "/connectors"
        ]

    async def answer(self, refused: Callable[[dict[str, Any]], str | None] = lambda _: None) -> None:
        """Training's answer to the newest version of every report, each refused by the code that is given for it."""
        told = [each for each in await self.told_training() if "why" not in each[2]]
        newest = {body["report_id"]: (name, version, body) for name, version, body in told}
        answers: list[Any] = []
        for name, version, body in newest.values():
            named = {"report_id": body["report_id"], "person_id": body["person_id"]}
            code = refused(body)
            stands = name == ActivityReported.__name__ and not code
            named |= {"record_id": body["report_id"] if stands else None}
            words = {"id": f"Ditolak: {code}", "en": f"Refused: {code}"}
            answer = bare(ActivityRefused, **named, code=code, words=words) if code else ActivityTaken(**named)
            answers.append(self.received(answer, version))
        for kind in (ActivityTaken, ActivityRefused):
            await self.hear(*(each for each in answers if isinstance(each.event, kind)))

    async def states(self, *columns: str) -> Sequence[Any]:
        """The state of each report, by its reference, with further columns."""
        return await self.rows(f"SELECT {', '.join(['reference', 'state', *columns])} FROM reports ORDER BY reference")


@pytest.fixture
def world(parts: Parts) -> World:
    return World(parts.database, SERVICE, parts)


@pytest.fixture
def double(world, connect):
    """What may be a double of what was reported through another connection: its id."""

    async def made(connection_id: str) -> str:
        other = await connect(agency=new_id())
        [person] = await world.people(world.state())
        code = str(new_id())
        await world.course(code)
        for day, place in enumerate((other.connection_id, connection_id), 1):
            at = datetime(2026, 3, day, tzinfo=UTC)
            given = Activity(source_name="berkas", reference=code, happened_at=at, person_id=person, course_code=code)
            [answer] = await world.report(place, given)
        assert isinstance(answer, Done)
        return str(answer.id)

    return made
