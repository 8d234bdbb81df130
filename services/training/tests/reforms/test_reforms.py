"""When an agency is merged or split, its records stay its own, and whoever has its people now reads and corrects them."""

from datetime import date
from functools import partial
from uuid import UUID

import pytest

JOINED, ON = date(2020, 1, 1), date(2026, 6, 1)
THIRD = UUID(int=3)


@pytest.fixture
def reform(world):
    """The registry tells that `there` was closed, and where each of these people serves from that day on."""

    async def reform(moved, successors=(world.here,)):
        await world.agency(world.there, sequence=2, active=False, closed_on=ON, successors=list(successors))
        states = [
            world.state(person_id=person, agency=to, assignments=[(world.there, JOINED, ON), (to, ON, None)])
            for person, to in moved.items()
        ]
        await world.people(*states, sequence=2)

    return reform


@pytest.fixture
async def staff(world):
    """Somebody of `there` who will move, and somebody who had left it by then."""
    for agency in (world.here, world.there):
        await world.agency(agency)
    stays = [(world.there, JOINED, None)]
    moving = await world.person(agency=world.there, assignments=stays)
    left = await world.person(agency=world.there, assignments=stays, left_on=date(2026, 5, 2))
    return moving, left


def correction(line, **changes):
    said = {name: value for name, value in line.items() if name not in {"reference", "source_name", "person_id"}}
    return said | {"reason": "Salah ketik", "title": "Judul benar"} | changes


async def test_hr_of_the_new_agency_reads_and_corrects_what_was_the_old_ones(world, api, line, staff, reform):
    old = {"role": "agency_hr", "agency": world.there}
    lines = [line(person) for person in staff]
    records = [answer.id for answer in await world.store(*lines, **old)]
    hr = partial(api.call, "agency_hr")
    assert [(await hr("GET", f"/trainings/{each}")).status_code for each in records] == [404, 404]
    await reform({staff[0]: world.here})
    for record, sent in zip(records, lines, strict=True):
        assert (await hr("GET", f"/trainings/{record}")).status_code == 200
        changed = await hr("PUT", f"/trainings/{record}", correction(sent))
        assert (changed.status_code, changed.json()["agency_id"]) == (200, str(world.there))
    late = await hr("POST", "/trainings", line(staff[0], title="Telat"))
    assert (late.status_code, late.json()["agency_id"]) == (201, str(world.there))


async def test_what_is_told_of_a_day_before_stays_as_it_was(world, api, line, staff, reform):
    await world.person()
    await world.store(line(staff[0], jp="20"))
    day = "/duty-counts?by=agency&day=2026-05-01"

    async def told(role, path, **claims):
        return (await api.call(role, "GET", path, **claims)).content

    before = [await told("lan", day), await told("agency_hr", day)]
    of_old = await told("agency_hr", f"{day}&agency_id={world.there}", agency=world.there)
    await reform({staff[0]: world.here})
    assert [await told("lan", day), await told("agency_hr", day)] == before
    assert await told("agency_hr", f"{day}&agency_id={world.there}") == of_old, (
        "asked for by name, it is theirs to read"
    )


async def test_a_reference_of_the_old_agency_is_known_of_its_people_and_free_for_others(
    world, api, line, staff, reform
):
    own = await world.person()
    sent = [line(person) for person in staff]
    first = [str(answer.id) for answer in await world.store(*sent, role="agency_hr", agency=world.there)]
    await reform({staff[0]: world.here})
    other = line(own, reference=sent[0]["reference"])
    again = await api.bulk("/trainings:batch", [*sent, sent[0] | {"title": "Lain"}, other], "agency_hr")
    assert [(answer["status"], answer.get("id")) for answer in again[:2]] == [("duplicate", each) for each in first]
    assert [answer.get("code", answer["status"]) for answer in again[2:]] == ["reference-conflict", "stored"]


async def test_of_a_split_agency_each_corrects_what_is_of_its_own_people(world, api, line, staff, reform):
    moving, left = staff
    elsewhere = await world.person(agency=world.there, assignments=[(world.there, JOINED, None)])
    lines = [line(person) for person in (moving, elsewhere, left)]
    records = [answer.id for answer in await world.store(*lines, role="agency_hr", agency=world.there)]
    await world.agency(THIRD)
    await reform({moving: world.here, elsewhere: THIRD}, successors=(THIRD, world.here))
    answers = {
        agency: [
            (await api.call("agency_hr", "PUT", f"/trainings/{record}", correction(sent), agency=agency)).status_code
            for record, sent in zip(records, lines, strict=True)
        ]
        for agency in (world.here, THIRD)
    }
    assert answers == {world.here: [200, 404, 404], THIRD: [403, 200, 200]}
