"""Platforms that have signed in to a connectors service on real PostgreSQL."""

import pytest

from services.connectors.tests.platform import Platform


@pytest.fixture
def connect(api):
    """Connects a platform of the agency of the tests, or of another, and signs in with its key."""

    async def connected(**claims) -> Platform:
        made = await api.call("agency_hr", "POST", "/connections", {"name": "Moodle", "platform": "moodle"}, **claims)
        assert made.status_code == 201, made.text
        key = await api.call("agency_hr", "POST", f"/connections/{made.json()['id']}/credentials", **claims)
        assert key.status_code == 201, key.text
        return Platform(api.http, made.json()["id"], key.json()["id"], key.json()["secret"])

    return connected


@pytest.fixture
async def platform(connect) -> Platform:
    return await connect()
