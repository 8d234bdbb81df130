"""The connections of an agency that a reform ends are its heir's."""

from datetime import date

from connectors.service import SERVICE
from jejak_local.harness import AGENCY, OTHER_AGENCY, World


async def test_connections_are_told_to_whoever_plans_a_reform_and_then_kept_by_the_heir(parts, connect, api):
    world = World(parts.database, SERVICE, parts)
    platform = await connect(agency=OTHER_AGENCY)
    assert await world.holds(OTHER_AGENCY) == {"connections": ("heir", 1, "/v1/connections")}
    path, said = f"/connections/{platform.connection_id}", {"name": "Moodle baru", "platform": "moodle"}
    assert await api.refused("agency_hr", "PUT", path, said) == (404, "not-found", None)
    await world.agency(OTHER_AGENCY, active=False, closed_on=date(2026, 6, 1), successors=[AGENCY])
    assert (await api.call("agency_hr", "PUT", path, said)).status_code == 200
    assert (await api.refused("agency_hr", "PUT", path, said, agency=OTHER_AGENCY))[1] == "claim-succeeded"
