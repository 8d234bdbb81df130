"""Who has a mentor and who has none, and what keeps them without (M18)."""

from uuid import UUID

from jejak_local.harness import AGENCY, OTHER_AGENCY


async def test_matched_and_unmatched_are_the_applicants_and_each_unmatched_one_has_a_limit(
    api, world, programme, joins, matched, desk
) -> None:
    programme_id = await programme(seats=1)
    mentor = await world.person("ahli_madya")
    await joins(programme_id, mentor, "mentor")
    blocked = await world.person()
    await joins(programme_id, blocked, "mentee", avoids=[str(mentor)])
    gone = await world.person()
    await joins(programme_id, gone, "mentee")
    await world.people(world.state(person_id=gone, jenjang="ahli_madya"), sequence=2)
    both = [await world.person() for _ in range(2)]
    for each in both:
        await joins(programme_id, each, "mentee")
    path = f"/programmes/{programme_id}"

    async def limits() -> dict[str, str]:
        items = (await api.get(f"{path}/unmatched", "programme_manager"))["items"]
        return {each["person_id"]: each["limited_by"] for each in items}

    alone = {str(blocked): "conflict", str(gone): "not-admitted"}
    assert await limits() == alone | dict.fromkeys(map(str, both), "not-matched-yet")
    run = await matched(programme_id)
    await desk(f"/runs/{run['id']}/draft")
    await desk(f"{path}/publish")
    [pair] = (await api.get(f"{path}/pairs"))["items"]
    [waits] = [str(each) for each in both if str(each) != pair["mentee_id"]]
    assert await limits() == alone | {waits: "seats"}
    found = await api.get(f"{path}/coverage", "programme_manager")
    assert (found["applicants"], found["matched"], found["unmatched"]) == (4, 1, 3)
    assert found["groups"] == [], "four are too few to tell of"
    first = await api.get(f"{path}/unmatched?limit=2", "programme_manager")
    rest = await api.get(f"{path}/unmatched?limit=2&after={first['next']}", "programme_manager")
    assert len(first["items"] + rest["items"]) == 3
    assert (await api.refused("programme_manager", "GET", f"{path}/coverage", agency=OTHER_AGENCY))[0] == 404


async def test_groups_under_ten_are_not_told_nor_by_subtraction(api, world, programme, joins, matched, desk) -> None:
    """Region and jenjang are one tree; of the four regions one is small, and two are hidden with it: one would give it away to whoever knows the other."""
    agencies = {
        AGENCY: "Bali",
        OTHER_AGENCY: "Papua",
        UUID(int=AGENCY.int + 1000): "Riau",
        UUID(int=AGENCY.int + 2000): "Aceh",
    }
    for agency, region in agencies.items():
        await world.agency(agency, region=region, sequence=2)
    programme_id = await programme(seats=20)
    for _ in range(6):  # of whom each has six mentees at most, in all programmes
        await joins(programme_id, await world.person("ahli_madya"), "mentor")
    sizes = dict(zip(agencies, (10, 10, 10, 3), strict=True))
    for agency, size in sizes.items():
        for _ in range(size):
            await joins(programme_id, await world.person(agency=agency), "mentee")
    run = await matched(programme_id)
    await desk(f"/runs/{run['id']}/draft")
    assert (await desk(f"/programmes/{programme_id}/publish"))["offered"] == 33
    found = await api.get(f"/programmes/{programme_id}/coverage")
    assert (found["applicants"], found["matched"], found["unmatched"]) == (33, 33, 0)
    regions = {each["region"]: each for each in found["groups"] if each["jenjang"] is None}
    assert len(regions) == 1, "the small one and two more are hidden"
    assert regions.keys() < {"Bali", "Papua", "Riau"}
    [told] = regions.values()
    assert told["matched"] == told["applicants"] == 10
    assert told["median_score"] > 0
