"""Who may see totals only is told of no small group, whatever they ask one after the other."""

from datetime import date

import pytest

from contracts.roles import ROLES
from jejak_local.harness import AGENCY

TOTALS = ("researcher", "intern")


@pytest.fixture
async def nation(world, line):
    """The region of each agency: in the first of two an agency of 30 and one of 4, in the second two of 12, of which 3 have met their duty."""
    sizes = {"0a": ("Bali", 30, 15), "0b": ("Bali", 4, 0), "0c": ("Aceh", 12, 0), "0d": ("Aceh", 12, 3)}
    regions = {}
    for number, (region, size, met) in sizes.items():
        agency = type(world.here)(f"0199a000-0000-7000-8000-00000000f0{number}")
        await world.agency(agency, region=region)
        regions[str(agency)] = region
        states = [
            world.state(agency=agency, jenjang="ahli_muda" if each < 3 else "ahli_pertama") for each in range(size)
        ]
        people = await world.people(*states)
        lines = [line(person, jp="20", start_date="2026-02-02", end_date="2026-02-03") for person in people[:met]]
        if lines:
            await world.store(*lines)
    return regions


@pytest.mark.parametrize("role", TOTALS)
async def test_a_total_less_what_is_shown_of_it_tells_of_no_small_group(api, nation, role):
    """The attack: the region's 34 people less its agency of 30 would be the other one's 4."""
    region = await api.get("/duty-totals?by=region", role)
    agency = await api.get("/duty-totals?by=agency", role)
    assert (region["as_of"], region["least"], region["total"]["active"]) == ("2026-04-30", 10, 58)
    told = {group["key"]: group["active"] for group in region["groups"]}
    assert told == {"Bali": 34, "Aceh": 24}
    for group in agency["groups"]:
        told[nation[group["key"]]] -= group["active"]
    assert told == {"Bali": 34, "Aceh": 0}


async def test_what_is_done_by_few_is_hidden_with_another_part_and_group(api, nation):
    """3 of the region's 24 have met their duty: neither they nor the 21 others are told, nor what the other region has."""
    shown = await api.get("/duty-totals?by=region", "researcher")
    assert shown["total"] == {"active": 58, "met": 18, "short": 40, "exempt": 0}
    assert [[group[part] for part in ("met", "short", "exempt")] for group in shown["groups"]] == [[None] * 3] * 2


async def test_another_level_of_the_same_people_tells_no_more(api, nation):
    shown = await api.get("/duty-totals?by=jenjang", "intern")
    assert {group["key"]: group["active"] for group in shown["groups"]} == {"ahli_pertama": 46, "ahli_muda": 12}
    assert (await api.get("/duty-totals", "intern"))["total"] == shown["total"]


async def test_fewer_than_ten_people_are_not_even_a_total(api, world):
    await world.people(*(world.state() for _ in range(9)))
    shown = await api.get("/duty-totals?by=agency", "researcher")
    assert (shown["total"], shown["groups"]) == (None, [])


@pytest.mark.parametrize("query", ["day=2026-03-01", "region=Bali", "jenjang=ahli_muda", "position=Pranata"])
async def test_nobody_narrows_what_is_counted(api, nation, query):
    """No day and no filter of their own: the answer is that of the whole level."""
    assert await api.get(f"/duty-totals?by=region&{query}", "intern") == await api.get(
        "/duty-totals?by=region", "intern"
    )


@pytest.mark.parametrize("level", ["unit", "position"])
async def test_a_level_that_would_single_people_out_is_no_level(api, level):
    assert await api.refused("researcher", "GET", f"/duty-totals?by={level}") == (422, "field-invalid", "by")


@pytest.mark.parametrize("role", sorted(ROLES.keys() - set(TOTALS)))
async def test_who_may_see_counts_asks_for_counts(api, role):
    assert (await api.call(role, "GET", "/duty-totals")).status_code == 403


@pytest.mark.parametrize("role", ["agency_hr", "agency_head", "inspector"])
async def test_who_may_count_an_agency_is_told_no_totals_to_take_it_from(api, role):
    token = api.issuer.mint("researcher", role, agency=AGENCY)
    answer = await api.http.get("/v1/duty-totals", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_the_numbers_are_those_of_the_counts(api, nation):
    totals = await api.get("/duty-totals", "researcher")
    counts = await api.get(f"/duty-counts?day={date(2026, 4, 30)}")
    assert totals["total"] == {part: counts["total"][part] for part in totals["total"]}
