"""A platform's own list against what it has reported, and its test call."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
from fastapi import FastAPI, Request

from common.store.database import counted_statements
from connectors.domain.payloads import Told, account
from connectors.signals.news import tell
from connectors.signing.tables import Connection
from jejak_local.processes import free_port
from jejak_local.serve import serving

NIP = "199001012015042001"
SITE = "https://lms.example"
COURSE = f"{SITE}/course/view.php?id=7"


def line(account: str, day: int = 14, **said: Any) -> dict[str, Any]:
    return {"account": account, "course": COURSE, "completed_at": f"2026-06-{day:02}T03:00:00Z"} | said


@pytest.fixture
def compare(api, platform):
    async def compared(*lines: dict[str, Any], **said: Any) -> dict[str, Any]:
        path = f"/connections/{platform.connection_id}/reconcile"
        answer = await api.call("agency_hr", "POST", path, {"site": SITE, "completions": list(lines)} | said)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return compared


async def test_what_was_never_reported_is_named_and_taken_once(compare, world, platform, parts) -> None:
    async with world.database.transaction() as session:
        connection = await session.get_one(Connection, platform.connection_id)
        told = Told("finished", account(SITE, "1"), COURSE, None, datetime(2026, 6, 14, 1, tzinfo=UTC), "x")
        await tell(session, connection, [told], parts.settings.nip_key.get_secret_value(), world.clock.now())
    lines = [line("1"), line("2"), line("1", 15), {**line("x"), "account": None, "nip": NIP}]
    looked = await compare(*lines, take=False)
    assert (looked["listed"], looked["known"], [each["line"] for each in looked["missing"]]) == (4, 1, [2, 3, 4])
    assert await world.value("SELECT count(*) FROM reports") == 1
    assert len((await compare(*lines))["missing"]) == 3
    again = await compare(*lines)
    assert (again["known"], again["missing"]) == (4, [])
    assert await world.value("SELECT count(*) FROM reports") == 4


async def test_statements_do_not_grow_with_the_list(compare, world) -> None:
    await compare(line("0"))
    with counted_statements(world.database) as few:
        await compare(line("1"))
    with counted_statements(world.database) as many:
        await compare(*(line(str(number)) for number in range(2, 200)))
    assert len(many) == len(few)


async def test_a_line_that_names_nobody_or_two_is_refused_with_its_place(api, platform) -> None:
    path = f"/connections/{platform.connection_id}/reconcile"
    for wrong in ({**line("1"), "nip": NIP}, {**line("1"), "account": None}):
        body = {"site": SITE, "completions": [line("1"), wrong]}
        assert await api.refused("agency_hr", "POST", path, body) == (422, "one-name", "completions.1")


async def test_moodles_own_list_is_asked_for_and_what_is_missing_is_taken(
    run, world, platform, tmp_path, capsys
) -> None:
    port = free_port()
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.post("/webservice/rest/server.php")
    async def service(request: Request) -> Any:
        form = dict(parse_qsl((await request.body()).decode()))
        if form["wstoken"] != "secret":
            return {"exception": "moodle_exception", "errorcode": "invalidtoken", "message": "Invalid token"}
        if form["wsfunction"] == "core_enrol_get_enrolled_users":
            return [{"id": 1204, "fullname": "Sari"}, {"id": 1205, "fullname": "Dewi"}]
        done = form["userid"] == "1204"
        criteria = [{"type": 4, "complete": done, "timecompleted": 1781428286 if done else None}]
        return {"completionstatus": {"completed": done, "aggregation": 1, "completions": criteria}, "warnings": []}

    token = tmp_path / "token"
    token.write_text("secret\n")
    asked = [platform.connection_id, "--site", f"http://127.0.0.1:{port}", "--token-file", str(token), "--courses", "7"]
    async with serving(app, port):
        assert await run("reconcile", *asked) == 0
        assert '"known": 0' in capsys.readouterr().out
        assert await run("reconcile", *asked) == 0
        assert '"known": 1' in capsys.readouterr().out
    assert await world.value("SELECT count(*) FROM reports") == 1


async def test_a_test_call_says_who_is_signed_in_and_a_disabled_connection_that_it_is(api, platform) -> None:
    answer = await api.http.post("/v1/test-calls", headers=platform.headers())
    assert answer.json() == {"connection_id": platform.connection_id, "name": "Moodle", "platform": "moodle"}
    form = {"grant_type": "client_credentials", "client_id": platform.key, "client_secret": platform.secret}
    token = (await api.http.post("/oauth/token", data=form)).json()["access_token"]
    assert (await api.http.post("/v1/test-calls", headers={"authorization": f"Bearer {token}"})).status_code == 200
    off = {"name": "Moodle", "platform": "moodle", "enabled": False}
    assert (await api.call("agency_hr", "PUT", f"/connections/{platform.connection_id}", off)).status_code == 200
    refused = await api.http.post("/v1/test-calls", headers=platform.headers())
    assert (refused.status_code, refused.json()["code"]) == (403, "connection-disabled")
