"""Moving ledgers while somebody else opens the year."""

from typing import Any

import pytest

from jejak_local.harness import owning
from training.ledger import commands
from training.ledger.commands import open_year


@pytest.fixture
def opened_meanwhile(monkeypatch: pytest.MonkeyPatch, database, rules) -> None:
    """2026 is opened by another process just after a move has found no rows for it."""
    move = commands._move

    async def moved_then_opened(*given: Any) -> Any:
        found = await move(*given)
        async with database.transaction() as session:
            await open_year(session, 2026, rules)
        return found

    monkeypatch.setattr(commands, "_move", moved_then_opened)


async def forget_years(database) -> None:
    async with owning(database) as connection:
        await connection.execute(commands.text("DELETE FROM jp_ledger"))


@pytest.mark.usefixtures("opened_meanwhile")
async def test_a_year_opened_in_the_middle_of_a_move_takes_the_hours(world, database, line) -> None:
    person = await world.person()
    await forget_years(database)
    [answer] = await world.store(line(person))
    assert answer.status == "stored"
    assert await world.ledger(person) == ("8.000", "0.000")


@pytest.mark.usefixtures("opened_meanwhile")
async def test_no_hours_are_lost_when_only_one_of_two_years_was_opened_in_the_middle(world, database, line) -> None:
    person = await world.person()
    await forget_years(database)
    await world.store(line(person), line(person, start_date="2025-03-02", end_date="2025-03-03"))
    assert await world.ledger(person, 2025) == ("8.000", "0.000")
    assert await world.ledger(person, 2026) == ("8.000", "0.000")
