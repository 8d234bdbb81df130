"""What is kept of a count says what counting people would have said at that moment, and when that was."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from common.fields import FIRST_DAY
from common.ids import new_id
from common.store.database import counted_statements
from contracts.events.registry import UnitChanged, UnitState
from jejak_local.harness import bare
from services.training.tests.lives import live, lives
from training.counts.kept import EVERY, FRESH, keep_counts
from training.counts.queries import duty_counts
from training.counts.stood import Asked

NO_UNITS: Mapping[str, UUID] = {}
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


async def told(world, role: str = "lan", units: Mapping[str, UUID] = NO_UNITS, **claims) -> list:
    """Everything that can be asked of a nation, and of an agency with these units, with the moment at which it was counted."""
    caller = world.caller(role, **claims)
    if role == "analis":
        caller = replace(caller, region=frozenset({(world.here, None, None)}))
    here = Asked(agency_id=world.here)
    asked = [
        *product(NARROWED, (None, "region", "kind", "agency", "jenjang", "position")),
        *product((here, replace(here, position="Analis")), (None, "agency", "jenjang", "position")),
    ]
    if role != "steward":
        within = [here, replace(here, without=["unit"]), *(replace(here, unit_id=each) for each in units.values())]
        asked += product([*within, *(replace(each, below=False) for each in within if each.unit_id)], (None, "unit"))
    shown = []
    for each, by in asked:
        async with world.database.reading() as session:
            shown.append(await duty_counts(session, each, by, caller, "id"))
    return shown


def figures(shown: list) -> list:
    return [each.model_dump(exclude={"counted_at", "newest_record_at"}) for each in shown]


@pytest.fixture
def every_agency_is_large(monkeypatch) -> None:
    monkeypatch.setattr("training.counts.kept.LARGE", 1)


async def units_of(world) -> dict[str, UUID]:
    """Two units below one, of which each has somebody, and one who is of that one itself; others are of none."""
    units = {name: new_id() for name in ("Top", "Left", "Right")}
    for name, unit_id in units.items():
        above = None if name == "Top" else units["Top"]
        state = bare(UnitState, name=name, parent_id=above, valid_from=FIRST_DAY)
        told = bare(UnitChanged, unit_id=unit_id, agency_id=world.here, code=name, states=[state], successors=[])
        await world.hear(world.received(told))
        await world.person(agency=world.here, unit=(unit_id, name), position="Analis")
    return units


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=lives)
async def test_it_is_what_counting_people_says_for_whoever_asks(world, line, clock, every_agency_is_large, people):
    await world.agency(world.here, region="Bali")
    units = await units_of(world)
    await world.store(line(await world.person(agency=world.here, unit=(units["Left"], "Left")), jp="20", source="self"))
    for life in people:
        await live(world, line, life)
    clock.moment += FRESH
    askers = (
        {"role": "lan", "units": units},
        {"role": "agency_hr", "units": units, "agency": world.here},
        {"role": "analis", "region": "Bali", "units": units},
        {"role": "steward", "position": "Analis"},
    )
    counted = [await told(world, **asker) for asker in askers]
    assert {each.counted_at for shown in counted for each in shown} == {clock.moment}
    assert await keep(world) == 1
    made_at, clock.moment = clock.moment, clock.moment + timedelta(seconds=1)
    kept = [await told(world, **asker) for asker in askers]
    assert {each.counted_at for shown in kept for each in shown} == {made_at}
    assert [figures(shown) for shown in kept] == [figures(shown) for shown in counted]
    assert max(each.total.waiting for each in kept[1]) >= 1


async def test_an_agency_is_told_from_what_is_kept_if_it_is_large(world, api, clock, monkeypatch):
    """In three statements, with a list of now; a small one, and whatever is not kept, is counted."""
    monkeypatch.setattr("training.counts.kept.LARGE", 2)
    await world.people(*(world.state(position="Analis") for _ in range(2)), world.state(agency=world.there))
    assert await keep(world) == 1
    await world.people(world.state(position="Analis"), world.state(agency=world.there))
    asked = f"/duty-counts?by=unit&agency_id={world.here}"
    with counted_statements(world.database) as statements:
        shown = await api.get(asked)
    assert (shown["total"]["active"], len(statements)) == (2, 3)
    assert len((await api.get("/duty-people", "agency_hr"))["items"]) == 3, "the list is of now"
    assert (await api.get(f"/duty-counts?by=unit&agency_id={world.there}"))["total"]["active"] == 2, "a small one"
    assert await api.refused("agency_hr", "GET", f"/duty-counts?agency_id={world.there}") == (403, "forbidden", None)
    assert (await api.get(f"{asked}&position=Analis", "agency_hr"))["total"]["active"] == 3
    steward = await api.get(asked, "steward", position="Analis")
    assert steward["total"]["active"] == 3, "units are not kept by position"
    clock.moment += FRESH
    assert (await api.get(asked, "agency_hr"))["total"]["active"] == 3, "nobody has counted for long"


async def test_it_is_made_anew_in_time_and_an_old_one_is_told_to_nobody(world, api, clock):
    async def active(query: str = "") -> int:
        return (await api.get(f"/duty-counts?{query}"))["total"]["active"]

    await world.person()
    assert await keep(world) == 1
    await world.person()
    assert await keep(world) == 0, "it is not time yet"
    assert (await active(), await active(f"agency_id={world.here}")) == (1, 2), "a small agency is counted on asking"
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
