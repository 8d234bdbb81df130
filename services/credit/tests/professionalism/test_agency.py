"""D24 over an agency: the index and its competence dimension with bounds, by unit, without what would tell of few."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from common.ids import new_id
from common.store.database import counted_statements
from contracts.events.access import RecordViewed
from contracts.events.registry import UnitChanged, UnitState
from jejak_local.harness import AGENCY, OTHER_AGENCY

PATH = f"/agencies/{AGENCY}/professionalism"


@pytest.fixture
async def tree(world):
    """A unit of twelve, two of eleven, one of four; below the first a unit of ten of its twelve. Who serves in each."""
    first, second, third, small, below = (new_id() for _ in range(5))
    for unit, parent in ((first, None), (second, None), (third, None), (small, None), (below, first)):
        state = UnitState(name="Bagian", parent_id=parent, valid_from=date(2000, 1, 1), valid_to=None)
        told = UnitChanged(unit_id=unit, agency_id=AGENCY, code="U", states=[state], successors=[])
        await world.hear(world.received(told))
    sizes = ((first, 2), (second, 11), (third, 11), (small, 4), (below, 10))
    people = {
        unit: await world.people(*(world.state(unit=(unit, "Bagian"), education="S1") for _ in range(size)))
        for unit, size in sizes
    }
    await world.people(world.state(agency=OTHER_AGENCY))
    people[first] += people[below]
    return people


async def test_the_index_of_a_unit_is_the_average_of_its_people_with_bounds(world, api, tree) -> None:
    first, second, *_ = tree
    trained = [world.completed(each, jp_counted=Decimal(20), end_date=date(2026, 3, 3)) for each in tree[second][:5]]
    await world.hear(*(world.received(each) for each in trained))
    found = await api.get(PATH, "agency_hr")
    units = {each["unit_id"]: each for each in found["units"]}
    looks = [each.event for each in await world.told() if isinstance(each.event, RecordViewed)]
    viewed = {str(person) for look in looks for person in look.person_ids}
    assert viewed == {str(each) for each in list(tree.values())[3]}, "an average of four nearly tells each: an entry"
    assert {unit: each["people"] for unit, each in units.items()} == {
        str(unit): len(people) for unit, people in list(tree.items())[:4]
    }, "a unit with those below it; HR may read of each anyway"
    single = [await api.get(f"/people/{each}/professionalism", "agency_hr") for each in tree[second]]
    for name in ("at_least", "at_most"):
        mean = sum(Decimal(each[name]) for each in single) / len(single)
        assert Decimal(units[str(second)][name]) == mean.quantize(Decimal("0.01"), ROUND_HALF_UP)
    competence = [
        Decimal(dimension["score"])
        for each in single
        for dimension in each["dimensions"]
        if dimension["dimension"] == "competence"
    ]
    assert Decimal(units[str(second)]["competence_at_least"]) == (sum(competence) / 11).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )
    assert units[str(first)]["competence_at_least"] < units[str(second)]["competence_at_least"]
    assert (found["whole"]["people"], found["smallest_group"]) == (38, 10)
    inside = await api.get(f"{PATH}?unit_id={first}", "agency_hr")
    assert (inside["whole"]["people"], [each["people"] for each in inside["units"]]) == (12, [10])


async def test_no_small_group_is_told_nor_follows_by_subtraction(world, api, tree) -> None:
    *_, small, below = tree
    for role in ("lan", "bkn", "inspector"):
        found = await api.get(PATH, role)
        told = [each["people"] for each in found["units"]]
        assert found["whole"]["people"] == 38
        assert told == [11], "the small one is hidden, with it the one that would leave two, and one more"
        assert 38 - sum(told) >= 19, "what is left is no small group, even to whoever knows the other hidden one"
        assert str(small) not in {each["unit_id"] for each in found["units"]}
        inside = await api.get(f"{PATH}?unit_id={small}", role)
        assert (inside["whole"], inside["units"]) == (None, [])
        assert (await api.get(f"{PATH}?unit_id={below}", role))["whole"] is None, "two would be left of the unit above"
    outside = f"/agencies/{OTHER_AGENCY}/professionalism"
    few = await api.get(outside, "lan")
    assert (few["whole"], few["units"]) == (None, [])
    assert (await api.refused("agency_head", "GET", outside))[:2] == (404, "not-found")


async def test_it_takes_as_many_statements_whatever_the_agency_holds(world, api, tree) -> None:
    counts = []
    for agency in (AGENCY, OTHER_AGENCY):
        with counted_statements(world.database) as statements:
            await api.get(f"/agencies/{agency}/professionalism", "lan")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4
