"""Cases go with their people; what the old agency had sent is known when the new one sends it again."""

from datetime import date

from common.ids import new_id
from contracts.events.registry import DutyDelegated
from jejak_local.harness import AGENCY, OTHER_AGENCY

ON = date(2026, 6, 1)


async def test_open_cases_and_references_of_a_merged_agency_are_the_new_ones(world, api, predicate):
    for agency in (AGENCY, OTHER_AGENCY):
        await world.agency(agency)
    moving, left, own = await world.people(
        world.state(agency=OTHER_AGENCY),
        world.state(agency=OTHER_AGENCY, left_on=date(2026, 5, 2)),
        world.state(),
    )
    lines = [predicate(person) for person in (moving, left)]
    old = {"agency": OTHER_AGENCY}
    cases = [(await api.call("agency_hr", "POST", "/predicates", line, **old)).json()["id"] for line in lines]
    assert await world.holds(OTHER_AGENCY) == {
        "cases": ("person", 2, f"/v1/cases?agency_id={OTHER_AGENCY}"),
        "references": ("person", 2, None),
    }
    assert (await api.get("/cases", "verifier"))["items"] == []

    merged = {"sequence": 2, "active": False, "closed_on": ON, "successors": [AGENCY]}
    await world.agency(OTHER_AGENCY, **merged)
    await world.people(world.state(person_id=moving), sequence=2)
    assert [case["id"] for case in (await api.get("/cases", "verifier"))["items"]] == cases
    assert (await api.call("verifier", "POST", f"/cases/{cases[0]}/check")).status_code == 200
    again = [await api.call("agency_hr", "POST", "/predicates", line) for line in lines]
    assert [(answer.status_code, answer.json()["id"]) for answer in again] == [(200, case) for case in cases]
    differs = lines[0] | {"predikat": "kurang"}
    assert (await api.refused("agency_hr", "POST", "/predicates", differs))[1] == "reference-conflict"
    same_reference = predicate(own, reference=lines[0]["reference"])
    assert (await api.call("agency_hr", "POST", "/predicates", same_reference)).status_code == 201


async def test_a_deputy_reaches_what_a_reform_brought_to_the_agency_of_whom_they_act_for(world, api, predicate):
    """Somebody who had left before it stays on record in the old agency: the new one's verifier answers for them, and so does a deputy."""
    for agency in (AGENCY, OTHER_AGENCY):
        await world.agency(agency)
    left, verifier, deputy = await world.people(
        world.state(agency=OTHER_AGENCY, left_on=date(2026, 5, 2)), world.state(), world.state()
    )
    old = {"agency": OTHER_AGENCY}
    case = (await api.call("agency_hr", "POST", "/predicates", predicate(left), **old)).json()["id"]
    delegation = DutyDelegated(
        delegation_id=new_id(),
        person_id=verifier,
        deputy_id=deputy,
        duty="verifier",
        valid_from=date(2026, 7, 1),
        valid_to=date(2026, 8, 1),
        named_by=["hr-siti"],
    )
    await world.hear(world.received(delegation))

    async def check() -> int:
        headers = {"acting-for": str(verifier)}
        return (await api.call("person", "POST", f"/cases/{case}/check", None, headers, person=deputy)).status_code

    assert await check() == 404
    await world.agency(OTHER_AGENCY, sequence=2, active=False, closed_on=ON, successors=[AGENCY])
    assert await check() == 200
