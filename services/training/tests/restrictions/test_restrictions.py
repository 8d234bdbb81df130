"""What of somebody's record rests at their request (UU 27/2022, Pasal 41): training shows it to the fewest, and counts all the same."""

from uuid import uuid4

from contracts.events.registry import RestrictionChanged
from jejak_local.harness import AGENCY, OTHER_AGENCY


async def test_hours_that_rest_are_shown_to_the_person_and_their_hr_alone_and_still_count(world, api, line):
    """LAN, the head, an inspector and the superior read them no more; what the agency is told in figures stays."""
    top = await world.post()
    chief, siti, other = (await world.holder(top), *[await world.holder(await world.post(top)) for _ in range(2)])
    await world.store(line(siti, jp="7.5"))
    path, counts = f"/people/{siti}/jp?year=2026", f"/duty-counts?agency_id={AGENCY}"
    before = await api.get(counts)
    await world.hear(world.received(RestrictionChanged(person_id=siti, parts=["hours"])))
    looks = len(await world.told())
    for role in ("lan", "agency_head", "inspector"):
        assert await api.refused(role, "GET", path) == (403, "at-rest", None)
    assert {each["person_id"] for each in (await api.get("/team", "person", person=chief))["items"]} == {str(other)}
    told = [each.event for each in (await world.told())[looks:]]
    assert [each.person_ids for each in told] == [[other]], "who was shown nothing leaves no entry"
    assert (await api.get(path, "agency_hr", person=uuid4()))["verified"] == "7.500"
    assert (await api.get(path, "person", person=siti))["verified"] == "7.500"
    assert (await api.get(path, "service"))["verified"] == "7.500"
    assert await api.get(counts) == before
    records = await api.get(f"/trainings?person_id={siti}")
    assert len(records["items"]) == 1, "another part goes on"
    await world.hear(world.received(RestrictionChanged(person_id=siti, parts=[]), 2))
    assert (await api.get(path))["verified"] == "7.500"


async def test_records_that_rest_are_left_out_of_lists_and_not_changed(world, api, line):
    """No other role that HR holds too widens whom it answers, and another agency's HR answers nobody here."""
    siti = await world.person()
    await world.store(line(siti, jp="7.5"))
    await world.hear(world.received(RestrictionChanged(person_id=siti, parts=["trainings"])))
    [record] = (await api.get(f"/trainings?person_id={siti}", "agency_hr"))["items"]
    assert (await api.get(f"/trainings?person_id={siti}"))["items"] == []
    assert await api.refused("lan", "GET", f"/trainings/{record['id']}") == (403, "at-rest", None)
    both = {"authorization": f"Bearer {api.issuer.mint('agency_hr', 'lan', person=uuid4(), agency=OTHER_AGENCY)}"}
    assert (await api.http.get(f"/v1/trainings/{record['id']}", headers=both)).json()["code"] == "at-rest"
