"""Who is exempt on a sweep's date is short nowhere, until that changes."""

from datetime import UTC, datetime


async def exempted(api, person) -> str:
    asked = {"person_id": str(person), "ground": "cuti-sakit", "valid_from": "2026-03-01"}
    exemption = (await api.call("person", "POST", "/exemptions", asked, person=person)).json()["id"]
    assert (await api.call("agency_hr", "POST", f"/exemptions/{exemption}/approve")).status_code == 200
    return exemption


async def test_a_sweep_leaves_out_who_is_exempt_and_follows_when_that_changes(world, api, sounding):
    exempt, short = await world.person(), await world.person()
    exemption = await exempted(api, exempt)
    [outcome] = await sounding.sweep("2026-05-01")
    assert (outcome.people, outcome.short) == (1, 1), "who is exempt is not among those counted"
    world.clock.moment = datetime(2026, 6, 15, 3, tzinfo=UTC)
    ended = {"on": "2026-04-15", "reason": "Kembali"}
    assert (await api.call("agency_hr", "POST", f"/exemptions/{exemption}/end", ended)).status_code == 200
    opened = "SELECT person_id FROM shortfalls WHERE state = 'open'"
    assert {row.person_id for row in await world.rows(opened)} == {exempt, short}
    await exempted(api, short)
    assert [row.person_id for row in await world.rows(opened)] == [exempt]
