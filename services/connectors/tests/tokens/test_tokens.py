"""OAuth 2.0 client credentials: a token for the key of a connection, to write by and no more."""

import base64
from datetime import timedelta

import pytest

from services.connectors.tests.platform import statement


@pytest.fixture
def ask(api):
    async def asked(headers=None, **form):
        return await api.http.post("/oauth/token", data=form, headers=headers or {})

    return asked


@pytest.fixture
def token(ask, platform):
    async def given() -> str:
        answer = await ask(
            grant_type="client_credentials", client_id=platform.key, client_secret=platform.secret, scope="xapi:write"
        )
        assert answer.headers["cache-control"] == "no-store"
        told = answer.json()
        assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 3600, "xapi:write")
        return told["access_token"]

    return given


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_a_token_writes_for_an_hour_and_does_not_read(platform, token, clock) -> None:
    given = await token()
    sent = await platform.ask("POST", "/statements", [statement()], headers=bearer(given))
    assert sent.status_code == 200
    assert await platform.ids() == sent.json()
    assert (await platform.ask("GET", "/statements", headers=bearer(given))).status_code == 403
    clock.moment += timedelta(minutes=59)
    assert (await platform.ask("POST", "/statements", [statement()], headers=bearer(given))).status_code == 200
    clock.moment += timedelta(minutes=1)
    assert (await platform.ask("POST", "/statements", [statement()], headers=bearer(given))).status_code == 401


async def test_key_and_secret_may_come_by_http_basic(ask, platform) -> None:
    basic = base64.b64encode(f"{platform.key}:{platform.secret}".encode()).decode()
    answer = await ask({"authorization": f"Basic {basic}"}, grant_type="client_credentials")
    assert answer.status_code == 200


async def test_a_token_ends_with_its_key(api, platform, token) -> None:
    given = await token()
    ended = await api.call("agency_hr", "DELETE", f"/connections/{platform.connection_id}/credentials/{platform.key}")
    assert ended.status_code == 204
    assert (await platform.ask("POST", "/statements", [statement()], headers=bearer(given))).status_code == 401


async def test_what_is_no_good_request_is_told_in_the_words_of_the_standard(ask, platform, connect, api) -> None:
    good = {"grant_type": "client_credentials", "client_id": platform.key, "client_secret": platform.secret}
    for changed, status, error in (
        ({"client_secret": "x"}, 401, "invalid_client"),
        ({"client_id": "x"}, 401, "invalid_client"),
        ({"client_id": platform.connection_id}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "xapi:write admin"}, 400, "invalid_scope"),
    ):
        answer = await ask(**good | changed)
        assert (answer.status_code, answer.json()["error"]) == (status, error), changed
    twice = await ask({"authorization": "Basic eDp5"}, **good)
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")
    assert (await api.http.post("/oauth/token", json=good)).json() == {"error": "invalid_request"}
    forged = await platform.ask("POST", "/statements", [statement()], headers=bearer("xapi_" + "a.b.c"))
    assert forged.status_code == 401
    body = {"name": "Moodle", "platform": "moodle", "enabled": False}
    assert (await api.call("agency_hr", "PUT", f"/connections/{platform.connection_id}", body)).status_code == 200
    off = await ask(**good)
    assert off.json() == {"error": "unauthorized_client", "error_description": "connection-disabled"}
