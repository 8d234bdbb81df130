"""Every count opens the people behind it, down to the person; who may see whom."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from common.ids import new_id
from common.store.database import counted_statements
from contracts.events.registry import Holding, PostChanged, PostState, UnitChanged, UnitState
from jejak_local.harness import AGENCY, OTHER_AGENCY, bare

COUNTS = ("met", "short", "exempt", "on_track", "needs_action", "overdue")
MOVED = date(2026, 5, 1)


@pytest.fixture
def unit(world):
    """Lets the service hear of a unit, below another until a day and below a third from then on."""

    async def made(name: str, parent: UUID | None = None, then: UUID | None = None) -> tuple[UUID, str]:
        unit_id = new_id()
        spans = [(date(2000, 1, 1), MOVED, parent), (MOVED, None, then or parent)]
        states = [UnitState(name=name, parent_id=up, valid_from=start, valid_to=end) for start, end, up in spans]
        await world.hear(
            world.received(UnitChanged(unit_id=unit_id, agency_id=AGENCY, code=name, states=states, successors=[]))
        )
        return unit_id, name

    return made


@pytest.fixture
async def agency(world, line, unit):
    """An agency of Bali: `Top` above `Left` and `Right`, and `Leaf` below `Left`, since May below `Right`; one person of
    another agency.
    """
    await world.agency(AGENCY, region="Bali")
    await world.agency(OTHER_AGENCY, region="Aceh")
    top = await unit("Top")
    left, right = await unit("Left", top[0]), await unit("Right", top[0])
    leaf = await unit("Leaf", left[0], right[0])
    people = {
        "head": await world.person(unit=top),
        "left": await world.person(unit=left),
        "leaf": await world.person(unit=leaf),
        "twig": await world.person(unit=leaf, jenjang=None),
        "right": await world.person(unit=right, absences=[(date(2026, 1, 1), None)]),
        "free": await world.person(),
        "else": await world.person(agency=OTHER_AGENCY),
    }
    await world.store(
        line(people["leaf"], jp="20"), line(people["left"], jp="7", source="self"), line(people["head"], jp="10")
    )
    return {"Top": top[0], "Left": left[0], "Right": right[0], "Leaf": leaf[0], **people}


async def everybody(api, path: str, role: str = "lan", **claims) -> list[dict[str, Any]]:
    """Whoever a list has, page by page."""
    found, after = [], ""
    while True:
        page = await api.get(f"{path.removeprefix('/v1')}&limit=2{after}", role, **claims)
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


async def assert_opens(api, counts: dict[str, Any], role: str = "lan") -> None:
    """Each number of a row of counts equals the people it opens, and their hours."""
    people = await everybody(api, counts["listed"], role)
    assert len({person["person_id"] for person in people}) == len(people) == counts["active"]
    for name in COUNTS:
        opened = await everybody(api, f"{counts['listed']}&state={name}", role)
        assert len(opened) == counts[name], name
        assert {person["state"] for person in opened} <= {name, "on_track", "needs_action", "overdue"}
    short = [person for person in people if person["missing"] is not None]
    assert counts["waiting"] == sum(Decimal(each["unverified"]) >= Decimal(each["missing"]) for each in short)
    for hours in ("missing", "target", "verified", "unverified"):
        assert sum(
            Decimal(person[hours] or 0) for person in people if hours != "target" or person["target"]
        ) == Decimal(counts[hours])


@pytest.mark.parametrize("day", ["2026-04-30", "2026-06-15"])
@pytest.mark.parametrize("by", ["region", "agency", "unit", "jenjang", "position"])
async def test_every_count_opens_the_people_behind_it(api, agency, by, day):
    within = {"unit": [f"agency_id={AGENCY}", *(f"unit_id={agency[each]}" for each in ("Top", "Left", "Leaf"))]}
    for narrower in within.get(by, ["", "region=Bali"]):
        shown = await api.get(f"/duty-counts?by={by}&day={day}&{narrower}")
        assert shown["groups"]
        for counts in (shown["total"], *shown["groups"]):
            await assert_opens(api, counts)
        assert sum(group["active"] for group in shown["groups"]) == shown["total"]["active"]


async def test_from_the_nation_down_to_the_person(api, agency):
    """002.34: nation, region, agency, unit with those below, person; each level is the sum of the next."""
    nation = await api.get("/duty-counts?by=region")
    bali = next(group for group in nation["groups"] if group["key"] == "Bali")
    region = await api.get(f"/duty-counts?by=agency&region={bali['key']}")
    [office] = region["groups"]
    units = await api.get(f"/duty-counts?by=unit&agency_id={office['key']}")
    top = next(group for group in units["groups"] if group["key"])
    assert nation["total"]["active"] == 7
    assert (bali["active"], office["active"], units["total"]["active"]) == (6, 6, 6)
    assert {group["label"]: group["active"] for group in units["groups"]} == {"Top": 5, None: 1}
    parts = await api.get(f"/duty-counts?by=unit&unit_id={top['key']}")
    assert {group["label"]: group["active"] for group in parts["groups"]} == {"Top": 1, "Left": 1, "Right": 3}
    right = next(group for group in parts["groups"] if group["label"] == "Right")
    people = await everybody(api, f"{right['listed']}&state=met")
    assert [person["person_id"] for person in people] == [str(agency["leaf"])]


async def test_a_unit_is_counted_with_those_that_were_below_it_on_the_day(api, agency):
    seen = {
        (day, name): (await api.get(f"/duty-counts?day={day}&unit_id={agency[name]}"))["total"]["active"]
        for day in (MOVED - timedelta(1), MOVED)
        for name in ("Top", "Left", "Right", "Leaf")
    }
    assert [seen[MOVED - timedelta(1), name] for name in ("Top", "Left", "Right", "Leaf")] == [5, 3, 1, 2]
    assert [seen[MOVED, name] for name in ("Top", "Left", "Right", "Leaf")] == [5, 1, 3, 2]
    alone = await api.get(f"/duty-counts?unit_id={agency['Top']}&below=false")
    assert alone["total"]["active"] == 1


async def test_each_person_is_in_one_state_with_its_rule(api, agency):
    people = await everybody(api, "/duty-people?day=2026-06-15")
    assert {person["person_id"]: person["state"] for person in people} == {
        str(agency["head"]): "on_track",
        str(agency["left"]): "overdue",
        str(agency["leaf"]): "met",
        str(agency["twig"]): "overdue",
        str(agency["right"]): "exempt",
        str(agency["free"]): "overdue",
        str(agency["else"]): "overdue",
    }
    rules = {person["state"]: person["rule"] for person in people}
    assert len({rule["explanation"] for rule in rules.values()}) == len(rules)
    assert all(rule["source"] and rule["status"] for rule in rules.values())
    left = next(person for person in people if person["person_id"] == str(agency["left"]))
    assert {name: left[name] for name in ("target", "verified", "unverified", "missing", "unit_name", "as_of")} == {
        "target": "20.00",
        "verified": "0.000",
        "unverified": "7.000",
        "missing": "20.000",
        "unit_name": "Left",
        "as_of": "2026-06-15",
    }


async def test_an_office_lists_its_own_agency_alone(api, agency):
    for role in ("agency_hr", "agency_head", "pic", "inspector"):
        claims = {"person": new_id()} if role == "pic" else {}
        found = {person["person_id"] for person in (await api.get("/duty-people", role, **claims))["items"]}
        assert str(agency["else"]) not in found
        assert len(found) == 6
        refused = await api.refused(role, "GET", f"/duty-people?agency_id={OTHER_AGENCY}", **claims)
        assert refused == (403, "forbidden", None)
    analis = await api.get("/duty-people", "analis", region="Aceh")
    assert [person["person_id"] for person in analis["items"]] == [str(agency["else"])]
    for role in ("intern", "researcher", "provider"):
        assert (await api.call(role, "GET", "/duty-people")).status_code == 403


async def test_whoever_holds_a_post_of_their_own_serves_in_its_unit(world, api, agency, line):
    """As the registry counts them, wherever they were assigned; who only acts for somebody stays where they were."""
    state = bare(
        PostState, type="JA", name="Kepala", jenjang="administrator", unit_id=agency["Right"], seats=1, valid_from=MOVED
    )
    post_id = new_id()
    await world.hear(world.received(PostChanged(post_id=post_id, agency_id=AGENCY, code="P", states=[state])))
    for name, kind in (("head", "definitive"), ("left", "plt")):
        held = [bare(Holding, post_id=post_id, kind=kind, valid_from=date(2020, 1, 1))]
        known = world.state(person_id=agency[name], unit=(agency[{"head": "Top", "left": "Left"}[name]], name))
        await world.hear(world.received(known.model_copy(update={"holdings": held}), 2))
    for day, where in (("2026-04-30", "Top"), ("2026-06-15", "Right")):
        units = {each["person_id"]: each["unit_id"] for each in await everybody(api, f"/duty-people?day={day}")}
        assert units[str(agency["head"])] == str(agency[where])
        assert units[str(agency["left"])] == str(agency["Left"])
    of_right = await everybody(api, f"/duty-people?day=2026-06-15&unit_id={agency['Right']}")
    assert str(agency["head"]) in {each["person_id"] for each in of_right}
    summary = await api.get(f"/agencies/{AGENCY}/jp-summary?year=2026")
    assert str(agency["Right"]) in {unit["unit_id"] for unit in summary["units"]}


async def test_a_steward_lists_whoever_held_the_position_on_the_day_in_all_agencies(world, api, agency, line):
    """000.27, 002.32: their records and how they stand, and nobody else's."""
    bangkom = {"position": "Analis Bangkom"}
    holders = [await world.person(agency=of, **bangkom) for of in (AGENCY, OTHER_AGENCY)]
    away = await world.person(absences=[(date(2026, 1, 1), None)], **bangkom)
    left = await world.person(left_on=date(2026, 5, 1), **bangkom)
    records = [each.id for each in await world.store(*(line(person, jp="20") for person in holders))]
    [strange] = await world.store(line(agency["else"]))
    steward = partial(api.call, "steward", "GET", **bangkom)
    found = {
        each["person_id"]: each for each in await everybody(api, "/duty-people?day=2026-06-15", "steward", **bangkom)
    }
    assert {person: each["agency_id"] for person, each in found.items()} == {
        str(person): str(of) for person, of in zip((*holders, away), (AGENCY, OTHER_AGENCY, AGENCY), strict=True)
    }
    assert [found[str(away)][name] for name in ("state", "verified")] == ["exempt", None]
    before = await everybody(api, "/duty-people?day=2026-04-30", "steward", **bangkom)
    assert {each["person_id"] for each in before} == {*found, str(left)}
    of_agency = (await steward(f"/duty-people?agency_id={OTHER_AGENCY}")).json()["items"]
    assert [each["person_id"] for each in of_agency] == [str(holders[1])]
    for person, record in zip(holders, records, strict=True):
        listed = (await steward(f"/trainings?person_id={person}")).json()["items"]
        assert [each["id"] for each in listed] == [str(record)]
        assert (await steward(f"/people/{person}/jp")).json()["verified"] == "20.000"
    assert (await steward(f"/trainings?person_id={agency['else']}")).json()["items"] == []
    for path in (f"/trainings/{strange.id}", f"/trainings/{strange.id}/history", f"/people/{agency['else']}/jp"):
        assert (await steward(path)).status_code == 404
    assert (await steward(f"/people/{left}/jp")).status_code == 404
    for path in ("/exemptions", f"/agencies/{AGENCY}/jp-summary", "/shortfalls", "/audits", "/courses"):
        assert (await steward(path)).status_code == 403


async def test_a_steward_counts_whoever_held_the_position_and_nobody_else(world, api, agency, line):
    """Each count is that of the list behind it; who holds another position is in none, whatever is asked for."""
    bangkom = {"position": "Analis Bangkom"}
    met, short = [await world.person(agency=of, **bangkom) for of in (AGENCY, OTHER_AGENCY)]
    await world.person(absences=[(date(2026, 1, 1), None)], **bangkom)
    await world.store(line(met, jp="20"), line(short, jp="5"), line(agency["else"], jp="20"))
    shown = await api.get("/duty-counts?by=agency", "steward", **bangkom)
    assert [shown["total"][name] for name in ("active", "met", "short", "exempt")] == [3, 1, 1, 1]
    assert {each["key"]: each["active"] for each in shown["groups"]} == {str(AGENCY): 2, str(OTHER_AGENCY): 1}
    for each in (shown["total"], *shown["groups"]):
        people = await everybody(api, each["listed"].removeprefix("/v1"), "steward", **bangkom)
        assert len(people) == each["active"]
    for query in (f"agency_id={AGENCY}", f"agency_id={AGENCY}&by=position", f"agency_id={AGENCY}&by=unit"):
        assert (await api.get(f"/duty-counts?{query}", "steward", **bangkom))["total"]["active"] == 2
    other = await api.refused("steward", "GET", f"/duty-counts?agency_id={AGENCY}", position="Peneliti")
    assert other == (403, "forbidden", None), "nobody there holds the position"
    assert (await api.get("/duty-counts?position=Analis", "steward", **bangkom))["total"]["active"] == 0
    assert (await api.call("steward", "GET", "/duty-counts", position=None)).status_code == 403


async def test_a_superior_lists_their_own_tree_and_no_more_of_whoever_is_exempt_than_until_when(
    world, api, agency, line
):
    top = await world.post()
    chief, under = await world.holder(top), await world.post(top)
    below, away = await world.holder(under), await world.holder(under)
    await world.store(line(away, jp="20"), line(below, jp="20"))
    asked = {"ground": "cuti-sakit", "valid_from": "2026-03-01", "valid_to": "2026-09-01", "paper": "SK-12/2026"}
    made = await api.call("person", "POST", "/exemptions", {"person_id": str(away), **asked}, person=away)
    assert (await api.call("agency_hr", "POST", f"/exemptions/{made.json()['id']}/approve")).status_code == 200
    found = await everybody(api, "/duty-people?day=2026-06-15", "person", person=chief)
    assert {person["person_id"]: person["state"] for person in found} == {str(below): "met", str(away): "exempt"}
    hidden = next(person for person in found if person["state"] == "exempt")
    assert hidden["exempt_until"] == "2026-09-01"
    assert [hidden[name] for name in ("target", "verified", "unverified", "missing")] == [None] * 4
    assert (await api.get(f"/duty-people?agency_id={OTHER_AGENCY}", "person", person=chief))["items"] == []
    assert (await api.get("/duty-people", "person", person=below))["items"] == []
    of_pic = await everybody(api, "/duty-people?day=2026-06-15&state=exempt", "pic")
    assert {(person["verified"], person["unverified"]) for person in of_pic} == {(None, None)}
    of_hr = await everybody(api, "/duty-people?day=2026-06-15&state=exempt", "agency_hr")
    assert {person["verified"] for person in of_hr} == {"0.000", "20.000"}
    for told in (found, of_hr):
        assert "sakit" not in str(told)
        assert "SK-12" not in str(told)


async def test_one_statement_a_page_however_many_and_one_entry(world, api):
    counts = []
    for number in (1, 30):
        await world.people(*(world.state() for _ in range(number)))
        await api.get("/duty-people?by=agency")
        with counted_statements(world.database) as statements:
            await api.get("/duty-people?state=short")
        counts.append(len(statements))
    assert counts == [1, 1]
    assert await world.value("SELECT count(*) FROM outbox WHERE topic = 'registry.access.v1'") == 4


@pytest.mark.parametrize("query", ["without=agency", "state=late", "day=2026-06-16", "below=perhaps", "after=x"])
async def test_a_list_that_cannot_be_asked_for_is_refused_by_its_field(api, query):
    status, _, field = await api.refused("lan", "GET", f"/duty-people?{query}")
    assert (status, field.partition(".")[0]) == (422, query.partition("=")[0])
