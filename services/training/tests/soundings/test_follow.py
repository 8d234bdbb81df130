"""Shortfalls of people who, as it turns out later, served elsewhere on the sweep's date."""

from datetime import date
from uuid import UUID

import pytest

from common.store.database import counted_statements

HERE, THERE = UUID(int=1), UUID(int=2)
JOINED, TENTH = date(2020, 1, 1), date(2026, 4, 10)
STAYED = [(HERE, JOINED, None)]
MOVED = [(HERE, JOINED, TENTH), (THERE, TENTH, None)]
MAY = "2026-05-01"


async def told(world, person, assignments, sequence):
    await world.people(
        world.state(person_id=person, agency=assignments[-1][0], assignments=assignments), sequence=sequence
    )


def words(found):
    """What was said to whom: agency, kind of word, people, version."""
    return [
        (each.event.agency_id, "resolved", [each.event.person_id], each.sequence)
        if hasattr(each.event, "person_id")
        else (each.event.agency_id, each.event.kind, [person.person_id for person in each.event.people], each.sequence)
        for each in found
    ]


async def test_an_open_shortfall_goes_with_its_person_and_comes_back(sounding, world, api):
    person, other = [await world.person(agency=HERE, assignments=STAYED) for _ in range(2)]
    sweep_id = await sounding.sweep_only(2026, 1, MAY)
    await told(world, person, MOVED, 2)
    assert words(await sounding.events())[1:] == [
        (HERE, "resolved", [person], 2),
        (THERE, "reopened", [person], 3),
    ]
    assert (await sounding.events())[2].event.sweep_id == sweep_id
    for agency, whom in ((HERE, [other]), (THERE, [person])):
        listed = await api.get("/shortfalls?state=open", "agency_hr", agency=agency)
        assert [UUID(each["person_id"]) for each in listed["items"]] == whom
    assert await sounding.broken() == []
    await told(world, person, STAYED, 3)
    assert words(await sounding.events())[3:] == [
        (THERE, "resolved", [person], 4),
        (HERE, "reopened", [person], 5),
    ]
    assert await sounding.broken() == []


async def test_who_catches_up_in_the_new_agency_is_resolved_there(sounding, world):
    person = await world.person(agency=HERE, assignments=STAYED)
    await sounding.sweep_only(2026, 1, MAY)
    await told(world, person, MOVED, 2)
    await sounding.reach(person, "10")
    assert words(await sounding.events())[3:] == [(THERE, "resolved", [person], 4)]
    assert await sounding.broken() == []


async def test_a_resolved_shortfall_goes_in_silence_and_opens_in_the_new_agency(sounding, world):
    person = await world.person(agency=HERE, assignments=STAYED)
    await sounding.sweep_only(2026, 1, MAY)
    await sounding.reach(person, "10")
    await told(world, person, MOVED, 2)
    assert words(await sounding.events())[2:] == []
    await sounding.reach(person, "-10")
    assert words(await sounding.events())[2:] == [(THERE, "reopened", [person], 3)]
    assert await sounding.broken() == []


async def test_who_moved_after_the_date_of_the_sweep_stays(sounding, world):
    person = await world.person(agency=HERE, assignments=STAYED)
    await sounding.sweep_only(2026, 1, MAY)
    await told(world, person, [(HERE, JOINED, date(2026, 5, 2)), (THERE, date(2026, 5, 2), None)], 2)
    assert len(await sounding.events()) == 1
    assert await sounding.broken() == []


async def test_a_history_told_while_a_sweep_runs_is_followed_when_it_finishes(sounding, world):
    person, other = [await world.person(agency=HERE, assignments=STAYED) for _ in range(2)]
    sweep_id = await sounding.begin(2026, 1, MAY)
    await told(world, person, MOVED, 2)
    assert await sounding.events() == []
    while await sounding.announce(sweep_id):
        pass
    await sounding.finish(sweep_id)
    [announced, *rest] = words(await sounding.events())
    assert (announced[0], announced[1], sorted(announced[2])) == (HERE, "sweep", sorted([person, other]))
    assert rest == [(HERE, "resolved", [person], 2), (THERE, "reopened", [person], 3)]
    assert await sounding.broken() == []


async def leaves(world, person, on, sequence):
    await world.people(world.state(person_id=person, agency=HERE, assignments=STAYED, left_on=on), sequence=sequence)


@pytest.mark.parametrize("left", [date(2025, 6, 1), TENTH, date(2026, 5, 1)])
async def test_who_had_left_by_the_date_of_the_sweep_is_short_nowhere_until_that_is_taken_back(
    sounding, world, api, left
):
    person = await world.person(agency=HERE, assignments=STAYED)
    await sounding.reach(person, "1")
    await sounding.sweep_only(2026, 1, MAY)
    await leaves(world, person, left, 2)
    assert words(await sounding.events())[1:] == [(HERE, "resolved", [person], 2)]
    assert (await api.get("/shortfalls?state=open", "agency_hr", agency=HERE))["items"] == []
    await sounding.reach(person, "-1")
    assert len(await sounding.events()) == 2, "hours that are revoked later put nobody back who had left"
    assert await sounding.broken() == []
    await leaves(world, person, None, 3)
    assert words(await sounding.events())[2:] == [(HERE, "reopened", [person], 3)]
    assert await sounding.broken() == []


async def test_who_left_after_the_date_of_the_sweep_stays_listed(sounding, world):
    person = await world.person(agency=HERE, assignments=STAYED)
    await sounding.sweep_only(2026, 1, MAY)
    await leaves(world, person, date(2026, 12, 15), 2)
    assert len(await sounding.events()) == 1
    assert await sounding.broken() == []


async def test_a_death_told_while_a_sweep_runs_is_followed_when_it_finishes(sounding, world):
    person = await world.person(agency=HERE, assignments=STAYED)
    sweep_id = await sounding.begin(2026, 1, MAY)
    await leaves(world, person, TENTH, 2)
    while await sounding.announce(sweep_id):
        pass
    await sounding.finish(sweep_id)
    assert words(await sounding.events()) == [(HERE, "sweep", [person], 1), (HERE, "resolved", [person], 2)]
    assert await sounding.broken() == []


async def test_statements_do_not_grow_with_those_who_moved(sounding, world):
    people = await world.people(*(world.state(agency=HERE, assignments=STAYED) for _ in range(200)))
    await sounding.sweep_only(2026, 1, MAY)
    counts = []
    for sequence, size in ((2, 1), (3, 200)):
        batch = [
            world.received(world.state(person_id=person, agency=THERE, assignments=MOVED), sequence)
            for person in people[:size]
        ]
        with counted_statements(sounding.database) as statements:
            await world.hear(*batch)
        counts.append(len(statements))
    # Two of them ask who had left by a sweep's date, and who had not after all.
    assert counts == [17, 17]
    assert len(words(await sounding.events())) == 1 + 1 + 1 + 199 + 1
    assert await sounding.broken() == []
