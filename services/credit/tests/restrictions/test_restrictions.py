"""What of somebody's record rests at their request (UU 27/2022, Pasal 41): credit shows it to the fewest and decides nothing of it."""

from contracts.events.registry import RestrictionChanged


async def test_cases_that_rest_are_shown_to_the_fewest_and_decided_by_nobody(world, api, predicate):
    """A case waits as it is until the person lifts it: no points come of what is in doubt."""
    siti, budi = await world.people(world.state(), world.state())
    case, other = [
        (await api.call("agency_hr", "POST", "/predicates", predicate(each))).json()["id"] for each in (siti, budi)
    ]
    await world.hear(world.received(RestrictionChanged(person_id=siti, parts=["cases", "credit"])))
    for role, path in (("lan", f"/cases/{case}"), ("verifier", f"/cases/{case}"), ("bkn", f"/people/{siti}/credit")):
        assert await api.refused(role, "GET", path) == (403, "at-rest", None)
    assert [each["id"] for each in (await api.get("/cases"))["items"]] == [other]
    assert (await api.get(f"/cases/{case}", "agency_hr"))["state"] == "submitted"
    assert (await api.get(f"/people/{siti}/credit", "person", person=siti))["balance"] == "0.000"
    assert await api.refused("verifier", "POST", f"/cases/{case}/check") == (403, "at-rest", "id")
    lines = await api.bulk("/cases:check", [{"id": case}, {"id": other}], "verifier")
    assert [each.get("code", each["status"]) for each in lines] == ["at-rest", "updated"]
    await world.hear(world.received(RestrictionChanged(person_id=siti, parts=[]), 2))
    assert (await api.call("verifier", "POST", f"/cases/{case}/check")).json()["state"] == "checked"
