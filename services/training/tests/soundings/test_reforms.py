"""Whoever plans a reform reads what there is of an agency, and its heir the shortfalls that are open."""

from datetime import date
from uuid import UUID


async def test_the_heir_sees_the_open_shortfalls_and_whoever_plans_what_there_is(sounding, world, api, line):
    people = [await world.person(agency=world.there) for _ in range(2)]
    await world.agency(world.there)
    await world.store(line(people[0], jp="1"), role="agency_hr", agency=world.there)
    await sounding.sweep_only(2026, 1, "2026-05-01")
    listed = f"/shortfalls?state=open&agency_id={world.there}"
    assert await world.holds(world.there) == {
        "references": ("person", 1, None),
        "courses": ("person", 0, None),
        "exemptions": ("person", 0, None),
        "shortfalls": ("heir", 2, f"/v1{listed}"),
    }
    assert len((await api.get(listed, "lan"))["items"]) == 2
    assert (await api.get("/shortfalls?state=open", "agency_hr"))["items"] == []
    merged = {"sequence": 2, "active": False, "closed_on": date(2026, 5, 1), "successors": [world.here]}
    await world.agency(world.there, **merged)
    found = (await api.get("/shortfalls?state=open", "agency_hr"))["items"]
    assert {UUID(each["person_id"]) for each in found} == set(people)
