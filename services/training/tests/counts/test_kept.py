"""What is kept of a count says what counting people would have said at that moment, and when that was."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

from hypothesis import HealthCheck, given, settings

from services.training.tests.lives import live, lives
from training.counts.kept import EVERY, FRESH, keep_counts
from training.counts.queries import duty_counts
from training.counts.stood import Asked

NARROWED = (
    Asked(),
    Asked(region="Bali"),
    Asked(kind="L"),
    Asked(jenjang="ahli_pertama"),
    Asked(without=["region"]),
    Asked(position="Analis", without=["jenjang"]),
)


async def keep(world) -> int:
    """Has the nation counted if it is time, as one that is large enough."""
    large = world.parts.settings.model_copy(update={"counts_kept_from": -1})
    async with world.database.transaction() as session:
        return await keep_counts(session, replace(world.parts, settings=large))


async def told(world, role: str = "lan", **claims) -> list:
    """Everything that can be asked of a nation, with the moment at which it was counted."""
    caller, shown = world.caller(role, **claims), []
    for asked, by in product(NARROWED, (None, "region", "kind", "agency", "jenjang", "position")):
        async with world.database.reading() as session:
            shown.append(await duty_counts(session, asked, by, caller, "id"))
    return shown


def figures(shown: list) -> list:
    return [each.model_dump(exclude={"counted_at", "newest_record_at"}) for each in shown]


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=lives)
async def test_it_is_what_counting_people_says_for_whoever_asks(world, line, clock, people):
    await world.agency(world.here, region="Bali")
    for life in people:
        await live(world, line, life)
    clock.moment += FRESH
    askers = ({"role": "lan"}, {"role": "analis", "region": "Bali"}, {"role": "steward", "position": "Analis"})
    counted = [await told(world, **asker) for asker in askers]
    assert {each.counted_at for shown in counted for each in shown} == {clock.moment}
    assert await keep(world) == 1
    made_at, clock.moment = clock.moment, clock.moment + timedelta(seconds=1)
    kept = [await told(world, **asker) for asker in askers]
    assert {each.counted_at for shown in kept for each in shown} == {made_at}
    assert [figures(shown) for shown in kept] == [figures(shown) for shown in counted]


async def test_it_is_made_anew_in_time_and_an_old_one_is_told_to_nobody(world, api, clock):
    async def active(query: str = "") -> int:
        return (await api.get(f"/duty-counts?{query}"))["total"]["active"]

    await world.person()
    assert await keep(world) == 1
    await world.person()
    assert await keep(world) == 0, "it is not time yet"
    assert (await active(), await active(f"agency_id={world.here}")) == (1, 2), "an agency is counted on asking"
    assert await active("by=agency&without=unit") == 2, "a unit is not kept"
    yesterday = clock.today() - timedelta(days=1)
    assert await active(f"day={yesterday}") == 2, "of another day nothing is kept"
    clock.moment += EVERY
    assert await keep(world) == 1
    assert await active() == 2
    await world.person()
    clock.moment += FRESH - timedelta(seconds=1)
    assert await active() == 2
    clock.moment += timedelta(seconds=1)
    assert await active() == 3, "nobody has counted for long"
    assert await keep(world) == 1
    clock.moment += timedelta(days=1) - EVERY
    assert (await active(), await keep(world)) == (3, 1), "with a new day it is time"


async def test_of_few_people_nothing_is_kept(world):
    await world.person()
    async with world.database.transaction() as session:
        assert await keep_counts(session, world.parts) == 0
    assert await world.value("SELECT count(*) FROM kept_counts") == 0
