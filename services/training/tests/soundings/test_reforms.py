"""Whoever plans a reform reads what there is of an agency, and its heir the shortfalls that are open."""

from datetime import date
from uuid import UUID


async def test_the_heir_sees_the_open_shortfalls_and_whoever_plans_what_there_is(sounding, world, api, line):
    people = [await world.person(agency=world.there) for _ in range(2)]
    await world.agency(world.there)
    await world.store(line(people[0], jp="1"), role="agency_hr", agency=world.there)
    await sounding.sweep_only(2026, 1, "2026-05-01")
    held = await api.get(f"/agencies/{world.there}/held", "lan")
    assert [(item["kind"], item["goes_to"], item["count"]) for item in held["items"]] == [
        ("references", "person", 1),
        ("courses", "person", 0),
        ("exemptions", "person", 0),
        ("shortfalls", "heir", 2),
    ]
    listed = held["items"][-1]["listed"].removeprefix("/v1")
    assert len((await api.get(listed, "lan"))["items"]) == 2
    assert (await api.get("/shortfalls?state=open", "agency_hr"))["items"] == []
    merged = {"sequence": 2, "active": False, "closed_on": date(2026, 5, 1), "successors": [world.here]}
    await world.agency(world.there, **merged)
    found = (await api.get("/shortfalls?state=open", "agency_hr"))["items"]
    assert {UUID(each["person_id"]) for each in found} == set(people)
