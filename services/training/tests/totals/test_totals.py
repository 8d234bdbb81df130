"""Everybody is told of no small group, whatever they ask one after the other, and whatever they know already."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from contracts.roles import ROLES

LEVELS = ("kind", "region", "agency", "position")
SIZES = {
    "a1": ("K", "DKI", 40, 40),
    "a2": ("K", "Bali", 40, 40),
    "b1": ("L", "DKI", 40, 40),
    "d1": ("D", "Bali", 30, 30),
    "d2": ("D", "Bali", 4, 0),
    "d3": ("D", "Aceh", 40, 20),
    "d4": ("D", "Aceh", 40, 20),
    "d5": ("D", "Papua", 40, 20),
}
"""Of each agency: its kind, its region, how many serve there, and how many of them have met their duty."""


def agency(name: str) -> str:
    return str(UUID(f"0199a000-0000-7000-8000-00000000f0{name}"))


@pytest.fixture
async def nation(world, line):
    """Agencies of three kinds; each third person has no functional position, and of the others each fifth another one."""
    for number, (name, (kind, region, size, met)) in enumerate(SIZES.items()):
        agency_id = UUID(agency(name))
        await world.agency(agency_id, kind=kind, region=region)
        states = [
            world.state(
                agency=agency_id,
                jenjang=None if each % 3 == 0 else "ahli_muda",
                position="Kepala" if each % 3 == 0 else "Analis" if each % 5 or number else "Peneliti",
            )
            for each in range(size)
        ]
        people = await world.people(*states)
        lines = [line(person, jp="20", start_date="2026-02-02", end_date="2026-02-03") for person in people[:met]]
        if lines:
            await world.store(*lines)


@pytest.fixture
async def published(run, nation):
    assert await run("sweep") == 0


async def told(api, by: str = "kind"):
    """As everybody is told: without a token."""
    answer = await api.http.get(f"/v1/duty-totals?by={by}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_kinds_of_agencies_are_told_to_everybody_and_sum_to_all(api, published):
    shown = await told(api)
    assert (shown["as_of"], shown["least"]) == ("2026-04-30", 10)
    assert shown["total"] == {"active": 274, "met": 210, "short": 64, "exempt": 0}
    assert {group["key"]: group["active"] for group in shown["groups"]} == {"K": 80, "L": 40, "D": 154}
    for part in ("active", "met", "short", "exempt"):
        assert sum(group[part] for group in shown["groups"]) == shown["total"][part]


async def test_the_numbers_are_those_of_the_counts(api, published):
    counts = await api.get("/duty-counts?day=2026-04-30")
    total = (await told(api))["total"]
    assert total == {part: counts["total"][part] for part in total}


async def test_a_total_less_what_is_shown_of_it_tells_of_no_small_group(api, published):
    """The attack: of the 34 people of its kind in Bali, less its agency of 30, the other one's 4 would be left. Nor may
    the agency of 30 take itself from the region, so another region is hidden with it.
    """
    regions = {(group["kind"], group["key"]): group["active"] for group in (await told(api, "region"))["groups"]}
    agencies = {group["key"]: group["active"] for group in (await told(api, "agency"))["groups"]}
    assert ("D", "Bali") not in regions
    assert agency("d1") not in agencies
    assert agency("d2") not in agencies
    for (kind, region), size in regions.items():
        below = [each for each, (of, where, *_) in SIZES.items() if (of, where) == (kind, region)]
        assert size - sum(agencies.get(agency(each), 0) for each in below) not in range(1, 10)
    of_kind = Counter(group["key"] for group in (await told(api, "kind"))["groups"] for _ in range(group["active"]))
    of_kind.subtract(Counter(kind for (kind, _), size in regions.items() for _ in range(size)))
    assert all(left == 0 or left >= 10 for left in of_kind.values())


async def test_positions_are_told_where_enough_others_serve(api, published):
    """Eight people of one agency are in another position: they are hidden. The names of posts are told of nobody else."""
    shown = await told(api, "position")
    assert [group["key"] for group in shown["groups"]] == ["Analis"]
    [analis] = shown["groups"]
    assert analis["active"] == sum(
        each % 3 != 0 and bool(each % 5 or name != "a1")
        for name, (*_, size, _) in SIZES.items()
        for each in range(size)
    )


async def test_a_position_that_an_agency_is_full_of_is_not_told(api, world, run):
    """The attack: 30 people of two agencies each, less the 50 in a position of these two alone, would be the 10 others;
    and whoever keeps one of the agencies would know of the other's 5.
    """
    for name in ("a1", "b1"):
        agency_id = UUID(agency(name))
        kind, region, *_ = SIZES[name]
        await world.agency(agency_id, kind=kind, region=region)
        own = [world.state(agency=agency_id, position="Pemeriksa") for _ in range(25)]
        await world.people(*own, *(world.state(agency=agency_id, jenjang=None) for _ in range(5)))
    assert await run("sweep") == 0
    assert {group["active"] for group in (await told(api, "agency"))["groups"]} == {30}
    assert (await told(api, "position"))["groups"] == []


async def test_an_analis_who_counts_a_region_across_all_kinds_learns_nothing_of_the_few_elsewhere(api, world, run):
    """The attack: 69 people, less the 60 whom the analis of Bali counts in two kinds of agencies, would be the 9 others."""
    few = {"a1": ("K", "Bali", 30), "b1": ("L", "Bali", 30), "a2": ("K", "Aceh", 5), "d1": ("L", "Aceh", 4)}
    for name, (kind, region, size) in few.items():
        agency_id = UUID(agency(name))
        await world.agency(agency_id, kind=kind, region=region)
        await world.people(*(world.state(agency=agency_id, jenjang=None) for _ in range(size)))
    assert await run("sweep") == 0
    counts = await api.get("/duty-counts?day=2026-04-30", "analis", region="Bali")
    assert counts["total"]["active"] == 60
    for level in LEVELS:
        shown = await told(api, level)
        assert (shown["total"], shown["groups"]) == (None, [])


async def test_what_is_published_stays_until_the_next_caturwulan_is_over(api, world, run, clock, published):
    """So what is corrected between two answers is nobody's to compute."""
    before = [await told(api, level) for level in LEVELS]
    await world.people(*(world.state() for _ in range(12)))
    assert await run("sweep") == 0
    assert [await told(api, level) for level in LEVELS] == before
    clock.moment += timedelta(days=100)
    assert await run("sweep") == 0
    after = await told(api)
    assert (after["as_of"], after["total"]["active"]) == ("2026-08-31", 286)


async def test_fewer_than_ten_people_are_not_even_a_total(api, world, run):
    await world.people(*(world.state() for _ in range(9)))
    assert await run("sweep") == 0
    for level in LEVELS:
        shown = await told(api, level)
        assert (shown["total"], shown["groups"]) == (None, [])


async def test_before_anything_is_published_there_is_nothing(api):
    answer = await api.http.get("/v1/duty-totals")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("query", ["day=2026-03-01", "region=Bali", "jenjang=ahli_muda", "position=Analis"])
async def test_nobody_narrows_what_is_counted(api, published, query):
    """No day and no filter of their own: the answer is that of the whole level."""
    assert await told(api, f"region&{query}") == await told(api, "region")


@pytest.mark.parametrize("level", ["unit", "jenjang"])
async def test_a_level_that_would_single_people_out_is_no_level(api, level):
    answer = await api.http.get(f"/v1/duty-totals?by={level}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "by")


async def test_whoever_has_a_token_is_told_what_everybody_is(api, published):
    for role in sorted(ROLES):
        assert (await api.call(role, "GET", "/duty-totals")).json() == await told(api)
