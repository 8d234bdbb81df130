"""What was recorded beforehand is announced again on its day, once."""

from datetime import timedelta

from jejak_local.harness import caller
from registry.people.daily import announce_all_begun


async def test_what_begins_today_is_announced_once(api, nation, world, a_person, clock, database, settings):
    moving = (await api.call("service", "POST", "/people", a_person(1))).json()["id"]
    leaving = (await api.call("service", "POST", "/people", a_person(2))).json()["id"]
    await api.call("service", "POST", "/people", a_person(3))
    await api.call("service", "POST", f"/people/{moving}/transfer", {"agency_code": "D-001", "on": "2026-12-01"})
    body = {"status": "leave", "from": "2026-12-01", "until": "2026-12-03", "decree": "SK 1"}
    await api.call("service", "POST", f"/people/{leaving}/status", body)
    await world.emitted()

    async def run() -> list[tuple]:
        count = await announce_all_begun(database, caller("service", clock=clock))
        found = await world.emitted()
        assert count == len(found)
        return sorted((str(r.event.person_id), r.sequence, r.event.agency_id, r.event.status) for r in found)

    assert await run() == []
    clock.moment += timedelta(days=11)  # 1 December
    here, there = nation.agencies["K-001"], nation.agencies["D-001"]
    assert await run() == sorted([(moving, 3, there, "active"), (leaving, 3, here, "leave")])
    assert await run() == []
    clock.moment += timedelta(days=9)  # nothing ran on 3 December
    assert await run() == [(leaving, 4, here, "active")]
