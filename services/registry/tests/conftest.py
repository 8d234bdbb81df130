"""What the registry emitted, and two agencies with people of theirs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.events import Received
from common.ids import new_id
from common.parts import Parts
from common.service import Service
from contracts import topics
from jejak_local.harness import AGENCY, OTHER_AGENCY, REGION, Api, Inside

REGIONS = {"K-001": REGION, "D-001": "Papua"}
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def moment() -> datetime:
    return NOW


@pytest.fixture
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return {"link_key": "test-link-key", "check_hours": 48, "files": tmp_path_factory.getbasetemp() / "files"}


@dataclass
class World(Inside):
    """The registry from inside, and ids by code of what `nation` has made."""

    agencies: dict[str, UUID] = field(default_factory=lambda: {"K-001": AGENCY, "D-001": OTHER_AGENCY})
    units: dict[str, UUID] = field(default_factory=dict[str, UUID])

    async def emitted(self) -> list[Received]:
        """Reads and forgets what waits in the outbox, but for who looked."""
        return [each for each in await self._taken() if each.event.topic is not topics.ACCESS]

    async def looks(self) -> list[Received]:
        """Who looked; reads and forgets what waits in the outbox."""
        return [each for each in await self._taken() if each.event.topic is topics.ACCESS]

    async def hear_looks(self) -> None:
        """Hands the registry who looked, as Kafka would."""
        [heard] = [each for each in self.service.subscriptions(self.parts) if each.topic is topics.ACCESS]
        async with self.database.transaction() as session:
            await session.execute(text("SELECT 1"))  # as the inbox: COPY needs a transaction under way
            await heard.handler(session, await self.looks())

    async def _taken(self) -> list[Received]:
        told = await self.told()
        async with self.database.transaction() as session:
            await session.execute(text("DELETE FROM outbox"))
        return told


@pytest.fixture
def world(declared: Service, parts: Parts) -> World:
    return World(parts.database, declared, parts)


@pytest.fixture
async def nation(world: World, api: Api) -> World:
    """Two agencies with two units each, made through the API."""
    agencies = [
        {"id": agency_id, "code": code, "name": f"Instansi {code}", "kind": code[0], "region": REGIONS[code]}
        for code, agency_id in world.agencies.items()
    ]
    units: list[dict[str, Any]] = []
    for code in world.agencies:
        for number in (1, 2):
            unit = f"{code}-U{number:02d}"
            world.units[unit] = new_id()
            named = {"id": world.units[unit], "code": unit, "name": f"Unit {number} {code}"}
            units.append({"agency_code": code, **named})
    for path, lines in (("/agencies:batch", agencies), ("/units:batch", units)):
        assert {answer["status"] for answer in await api.bulk(path, lines)} == {"stored"}
    await world.emitted()
    return world


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
