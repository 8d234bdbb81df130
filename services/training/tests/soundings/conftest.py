"""Sweeping in tests: step by step or as the command does, and what came of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.store.database import Database
from contracts import topics
from training.domain.caturwulan import period_of
from training.ledger.commands import Moved, move
from training.soundings import commands, daily
from training.soundings.invariants import INVARIANTS
from training.soundings.queries import Outcome
from training.soundings.shortfalls import settle

MANY = """
    WITH people AS (
        INSERT INTO people (person_id, nip_hash, staff_type, joined_on, agency_id, sequence)
        SELECT gen_random_uuid(), md5(random()::text), 'PNS', '2010-01-01', :agency, 1
        FROM generate_series(1, :number) RETURNING person_id, joined_on, agency_id
    ), assignments AS (
        INSERT INTO assignments (person_id, number, valid_from, agency_id)
        SELECT person_id, 1, joined_on, agency_id FROM people
    )
    INSERT INTO jp_ledger (person_id, year, pack, floor, yearly, target, duty_months, verified, unverified)
    SELECT person_id, :year, 'jp-2018', 20, 20, 20, 4095, :verified, 0 FROM people
"""


@dataclass
class Sounding:
    """The sweeps of a world."""

    world: Any

    @property
    def database(self) -> Database:
        return self.world.database

    async def sweep(self, as_of: str, **options: Any) -> list[Outcome]:
        """What the command does, on the day itself."""
        day = date.fromisoformat(as_of)
        self.world.clock.moment = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        return await daily.sweep(self.database, self.world.clock, self.world.book, as_of=day, **options)

    async def sweep_only(self, year: int, number: int, as_of: str) -> UUID:
        """One period, begun to done."""
        sweep_id = await self.begin(year, number, as_of)
        while await self.announce(sweep_id):
            pass
        await self.finish(sweep_id)
        return sweep_id

    async def step(self, act: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
        async with self.database.transaction() as session:
            return await act(session)

    async def begin(self, year: int, number: int, as_of: str, replaces: UUID | None = None) -> Any:
        day, period = date.fromisoformat(as_of), period_of(year, number)
        return await self.step(lambda s: commands.begin(s, self.world.clock, year, period, day, replaces))

    async def announce(self, sweep_id: UUID) -> int:
        return await self.step(lambda s: commands.announce_next(s, self.world.clock, sweep_id))

    async def finish(self, sweep_id: UUID) -> None:
        await self.step(lambda s: commands.finish(s, self.world.clock, sweep_id))

    async def reach(self, person: UUID, verified: str, year: int = 2026) -> None:
        """Verified hours of somebody go up or down, as the use cases of records do it."""
        await self.step(lambda s: self.change(s, person, verified, year))

    async def change(self, session: AsyncSession, person: UUID, verified: str, year: int = 2026) -> None:
        moved = Moved(person, year, Decimal(verified), Decimal(0))
        await self.move(session, [moved])

    async def move(self, session: AsyncSession, moves: Sequence[Moved]) -> None:
        await settle(session, await move(session, moves, self.world.book), self.world.clock)

    async def many(self, number: int, agency: UUID, verified: str = "0", year: int = 2026) -> None:
        """People who joined long ago."""
        await self.step(
            lambda s: s.execute(
                text(MANY), {"number": number, "agency": agency, "verified": Decimal(verified), "year": year}
            )
        )

    async def events(self) -> list[Received]:
        """All shortfall events, oldest first."""
        return [each for each in await self.world.told() if each.event.topic is topics.SHORTFALLS]

    async def shortfalls(self, sweep_id: UUID | None = None) -> dict[UUID, tuple[str, str, str]]:
        """State, threshold and missing hours by person."""
        rows = await self.world.rows(
            "SELECT person_id, state, threshold, missing FROM shortfalls"
            " WHERE CAST(:sweep AS uuid) IS NULL OR sweep_id = :sweep",
            sweep=sweep_id,
        )
        return {row.person_id: (row.state, str(row.threshold), str(row.missing)) for row in rows}

    async def broken(self) -> list[str]:
        """The invariants that do not hold."""
        return [each.name for each in INVARIANTS if await self.world.rows(each.query)]


@pytest.fixture
def sounding(world, request: pytest.FixtureRequest) -> Sounding:
    """Its people reach their hours without records."""
    request.applymarker(
        pytest.mark.breaks_invariants("each ledger holds what its valid records count, verified and unverified")
    )
    return Sounding(world)
