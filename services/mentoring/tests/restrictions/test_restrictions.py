"""What of somebody's record rests at their request (UU 27/2022, Pasal 41): mentoring matches them with nobody and shows them to the fewest."""

from contracts.events.registry import RestrictionChanged


async def test_whose_record_rests_is_matched_with_nobody_and_shown_to_the_fewest(api, world, programme, joins, matched):
    programme_id = await programme()
    mentor, siti, budi = await world.person("ahli_madya"), await world.person(), await world.person()
    await joins(programme_id, mentor, "mentor")
    for mentee in (siti, budi):
        await joins(programme_id, mentee, "mentee")
    await world.hear(world.received(RestrictionChanged(person_id=siti, parts=["mentoring"])))
    run = await matched(programme_id)
    assert (run["mentees"], run["matched"]) == (1, 1)
    asked = await api.get(f"/programmes/{programme_id}/applications", "programme_manager")
    assert {each["person_id"] for each in asked["items"]} == {str(mentor), str(budi)}
    assert await api.refused("lan", "GET", f"/people/{siti}/profile") == (403, "at-rest", None)
    assert (await api.call("person", "GET", f"/people/{siti}/profile", person=siti)).status_code == 200
    await world.hear(world.received(RestrictionChanged(person_id=siti, parts=[]), 2))
    assert (await matched(programme_id))["mentees"] == 2
