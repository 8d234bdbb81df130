"""What many people are called: for whom, with which number, and what it leaves."""

from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

import pytest

from common.store.database import counted_statements
from contracts.introductions import LASTS, introduce
from jejak_local.harness import NIP_KEY, FixedClock, caller


@pytest.fixture
async def people(api, nation, a_person):
    """Two of K-001 and one of D-001, by name."""
    lines = [
        a_person(1, name="Ani"),
        a_person(2, name="Budi"),
        a_person(3, name="Citra", agency_code="D-001", unit_code=None),
    ]
    await api.bulk("/people:batch", lines)
    return {each["name"]: each["id"] for each in (await api.get("/people", "service"))["items"]}


async def named(api, role, ids, query="", introductions=(), **claims):
    asked = {"person_ids": list(ids), "introductions": list(introductions)}
    answer = await api.call(role, "POST", f"/people:names{query}", asked, **claims)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    return {each["name"]: each["nip"] for each in shown["items"]}, shown["not_visible"]


async def test_whoever_is_out_of_sight_is_not_visible_like_somebody_who_does_not_exist(api, people, a_person):
    nobody = str(uuid4())
    seen, hidden = await named(api, "agency_hr", [*people.values(), nobody])
    assert seen == {"Ani": a_person(1)["nip"], "Budi": a_person(2)["nip"]}
    assert hidden == sorted([people["Citra"], nobody])
    seen, hidden = await named(api, "lan", [*people.values(), nobody])
    assert (seen.keys(), hidden) == ({"Ani", "Budi", "Citra"}, [nobody])
    assert (await named(api, "analis", people.values(), region="Papua"))[0].keys() == {"Citra"}
    for role in ("verifier", "validator"):
        assert (await named(api, role, people.values()))[0] == {"Ani": None, "Budi": None}, "of their agency, no number"


async def test_it_is_one_entry_with_those_shown(api, people, world):
    await named(api, "agency_hr", [*people.values(), str(uuid4())], person=uuid4())
    [look] = await world.looks()
    assert look.event.part == "identity"
    assert look.event.person_ids == sorted([UUID(people["Ani"]), UUID(people["Budi"])])


async def test_a_superior_names_their_own_tree_without_numbers(api, nation, people):
    hr = partial(api.call, "service", "POST")
    posts = {"Ani": None, "Budi": "P-Ani"}
    for name, above in posts.items():
        post = {"code": f"P-{name}", "type": "JA", "name": "Kepala", "jenjang": "administrator"}
        post |= {"unit_code": "K-001-U01", "superior_code": above}
        made = await hr(f"/agencies/{nation.agencies['K-001']}/posts", post)
        assert made.status_code == 201, made.text
        held = {"post_code": f"P-{name}", "agency_code": "K-001", "valid_from": "2026-01-01"}
        assert (await hr(f"/people/{people[name]}/holdings", held)).is_success
    everybody = list(people.values())
    assert await named(api, "person", everybody, person=people["Ani"]) == (
        {"Ani": None, "Budi": None},
        [people["Citra"]],
    )
    assert (await named(api, "person", everybody, person=people["Budi"]))[0] == {"Budi": None}
    for role in ("intern", "researcher"):
        assert (await api.call(role, "POST", "/people:names", {"person_ids": everybody})).status_code == 403


async def test_whom_another_service_has_introduced_is_named_without_number_to_that_caller_alone(
    api, people, world, clock
):
    """Forged, changed, another's or old: nothing."""
    everybody = list(people.values())
    for role, claims in (("provider", {"provider": uuid4()}), ("person", {"person": uuid4()})):
        claims["subject"] = role
        assert (await named(api, role, everybody, **claims)) == ({}, sorted(everybody)), "a stranger"
        whom = caller(role, clock=clock, nip_key=NIP_KEY)
        by = introduce(whom, [UUID(people["Citra"])])
        seen, hidden = await named(api, role, everybody, introductions=[by], **claims)
        assert seen == {"Citra": None}
        assert hidden == sorted([people["Ani"], people["Budi"]])
        forged = introduce(replace(whom, nip_key="other"), [UUID(people["Ani"])])
        others = introduce(replace(whom, subject="somebody"), [UUID(people["Ani"])])
        old = introduce(caller(role, clock=FixedClock(clock.moment - LASTS), nip_key=NIP_KEY), [])
        for wrong in (forged, others, old, by[:-2], "x"):
            asked = {"person_ids": everybody, "introductions": [by, wrong]}
            refused = await api.refused(role, "POST", "/people:names", asked, **claims)
            assert refused == (422, "introduction-invalid", "introductions")
    assert [look.event.person_ids for look in await world.looks()] == [[UUID(people["Citra"])]] * 2


async def test_of_a_past_day_the_agency_of_that_day_names_them(api, nation, people):
    move = {"agency_code": "D-001", "on": "2026-11-01"}
    assert (await api.call("lan", "POST", f"/people/{people['Ani']}/transfer", move)).status_code == 200
    assert (await named(api, "agency_hr", [people["Ani"]]))[0] == {}
    assert (await named(api, "agency_hr", [people["Ani"]], "?as_of=2026-10-31"))[0].keys() == {"Ani"}


async def test_up_to_a_thousand_in_as_many_statements_as_one(api, world, people):
    counts = []
    for number in (1, 1000):
        ids = [str(uuid4()) for _ in range(number - 1)]
        with counted_statements(world.database) as statements:
            await named(api, "lan", [people["Ani"], *ids])
        counts.append(len(statements))
    assert counts == [1, 1]


@pytest.mark.parametrize("number", [0, 1001])
async def test_none_and_more_than_a_thousand_are_refused(api, number):
    ids = {"person_ids": [str(uuid4()) for _ in range(number)]}
    assert await api.refused("lan", "POST", "/people:names", ids) == (422, "field-invalid", "person_ids")
