"""Connections, and the keys by which platforms sign in."""

import base64

from sqlalchemy import text

from jejak_local.harness import AGENCY, OTHER_AGENCY
from services.connectors.tests.platform import statement


async def test_a_secret_is_told_once_and_kept_as_a_hash(api, connect, database) -> None:
    platform = await connect()
    shown = await api.get(f"/connections/{platform.connection_id}", "agency_hr")
    assert [sorted(each) for each in shown["credentials"]] == [["id", "made_at"]]
    assert platform.secret not in str(shown)
    async with database.reading() as session:
        [kept] = (await session.scalars(text("SELECT secret_hash FROM credentials"))).all()
    assert platform.secret.encode() not in kept
    assert len(kept) == 32


async def test_only_the_key_with_its_secret_signs_in(api, connect) -> None:
    platform = await connect()
    for told in ("x", f"{platform.key}:", f"{platform.key}:x", f"{platform.connection_id}:", "no-key:x", "\xff"):
        wrong = {"authorization": f"Basic {base64.b64encode(told.encode('latin-1')).decode()}"}
        answer = await platform.ask("GET", "/statements", headers=wrong)
        assert (answer.status_code, answer.headers["x-experience-api-version"]) == (401, "1.0.3")
    for bare in ("Basic", "Basic !!", "Digest x"):
        assert (await platform.ask("GET", "/statements", headers={"authorization": bare})).status_code == 401
    assert await platform.found() == []


async def test_keys_are_rotated_without_a_moment_between(api, connect) -> None:
    old = await connect()
    path = f"/connections/{old.connection_id}/credentials"
    mine = {"connection": old.connection_id}
    made = (await api.call("platform_admin", "POST", path, **mine)).json()
    assert (await api.refused("agency_hr", "POST", path))[:2] == (409, "credentials-two")
    new = type(old)(api.http, old.connection_id, made["id"], made["secret"])
    [sent] = await old.send(statement())
    assert await new.ids() == [sent]
    assert (await api.call("platform_admin", "DELETE", f"{path}/{old.key}", **mine)).status_code == 204
    assert (await old.ask("GET", "/statements")).status_code == 401
    assert await new.ids() == [sent]
    assert (await api.refused("agency_hr", "DELETE", f"{path}/{old.key}"))[0] == 404


async def test_a_disabled_connection_says_so(api, platform) -> None:
    path = f"/connections/{platform.connection_id}"
    body = {"name": "Moodle", "platform": "moodle", "enabled": False}
    assert (await api.call("agency_hr", "PUT", path, body)).json()["version"] == 2
    assert await platform.refused("GET", "/statements") == (403, "connection-disabled", None)
    stale = await api.call("agency_hr", "PUT", path, body, headers={"if-match": '"1"'})
    assert stale.status_code == 412
    assert (await api.call("agency_hr", "PUT", path, body | {"enabled": True})).status_code == 200
    assert await platform.found() == []


async def test_an_agency_sees_its_own_connections(api, connect) -> None:
    ours, theirs = await connect(agency=AGENCY), await connect(agency=OTHER_AGENCY)
    assert [each["id"] for each in (await api.get("/connections", "agency_hr"))["items"]] == [ours.connection_id]
    assert {each["id"] for each in (await api.get("/connections"))["items"]} == {
        ours.connection_id,
        theirs.connection_id,
    }


async def test_a_token_that_names_the_connection_signs_in_too(api, platform) -> None:
    [sent] = await platform.send(statement())
    token = api.headers("platform_admin", connection=platform.connection_id)
    answer = await platform.ask("GET", "/statements", headers=token)
    assert [each["id"] for each in answer.json()["statements"]] == [sent]
