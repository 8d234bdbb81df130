"""A platform's own list against what it has reported, and its test call."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from common.store.database import counted_statements
from connectors.domain.payloads import AGAIN_ON_CANVAS, Told, account
from connectors.reconciling.asking import ListRefused, Site
from connectors.reconciling.canvas import completions
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


@dataclass
class StandIn:
    """A platform that gives its own list: where it is, and the arguments of a command that asks it for course 7."""

    app: FastAPI
    asked: list[str]
    home: str


@pytest.fixture
async def stand_in(platform, tmp_path) -> AsyncIterator[StandIn]:
    port, token = free_port(), tmp_path / "token"
    token.write_text("secret\n")
    home = f"http://127.0.0.1:{port}"
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})
    asked = [platform.connection_id, "--site", f"{home}/", "--token-file", str(token), "--courses", "7"]
    async with serving(app, port):
        yield StandIn(app, asked, home)


async def test_moodles_own_list_is_asked_for_and_what_is_missing_is_taken(run, world, stand_in, capsys) -> None:
    @stand_in.app.post("/webservice/rest/server.php")
    async def service(request: Request) -> Any:
        form = dict(parse_qsl((await request.body()).decode()))
        if form["wstoken"] != "secret":
            return {"exception": "moodle_exception", "errorcode": "invalidtoken", "message": "Invalid token"}
        if form["wsfunction"] == "core_enrol_get_enrolled_users":
            return [{"id": 1204, "fullname": "Sari"}, {"id": 1205, "fullname": "Dewi"}]
        done = form["userid"] == "1204"
        criteria = [{"type": 4, "complete": done, "timecompleted": 1781428286 if done else None}]
        return {"completionstatus": {"completed": done, "aggregation": 1, "completions": criteria}, "warnings": []}

    assert await run("reconcile", *stand_in.asked) == 0
    assert '"known": 0' in capsys.readouterr().out
    assert await run("reconcile", *stand_in.asked) == 0
    assert '"known": 1' in capsys.readouterr().out
    assert await world.value("SELECT count(*) FROM reports") == 1


@pytest.fixture
async def canvas(api, platform, stand_in) -> StandIn:
    """Canvas with five learners of course 7, two a page: the second has not finished, the last three have a SIS id."""
    named = {"name": "Canvas", "platform": "canvas"}
    assert (await api.call("agency_hr", "PUT", f"/connections/{platform.connection_id}", named)).status_code == 200

    def page(request: Request, rows: list[dict[str, Any]]) -> Response:
        if request.headers["authorization"] != "Bearer secret":
            return JSONResponse({"errors": [{"message": "Invalid access token."}]}, 401)
        number = int(request.query_params.get("page", "1"))
        some, more = rows[2 * number - 2 : 2 * number], len(rows) > 2 * number
        told = f'<{stand_in.home}{request.url.path}?page={number + 1}>; rel="next",' if more else ""
        return JSONResponse(some, headers={"link": f'{told}<{stand_in.home}{request.url.path}?page=1>; rel="first"'})

    @stand_in.app.get("/api/v1/courses/7/users")
    async def users(request: Request) -> Response:
        return page(
            request, [{"id": n, "name": "Sari", "sis_user_id": f"S{n}" if n > 2 else None} for n in range(1, 6)]
        )

    @stand_in.app.get("/api/v1/courses/7/bulk_user_progress")
    async def progress(request: Request) -> Response:
        at = "2026-06-14T09:11:26Z"
        return page(request, [{"id": n, "progress": {"completed_at": None if n == 2 else at}} for n in range(1, 6)])

    return stand_in


async def test_canvas_own_list_is_asked_for_page_by_page_and_what_is_missing_is_taken(
    run, world, platform, parts, canvas, capsys
) -> None:
    """What Live Events have told is known by either name of a learner, and on another day of the year too."""
    async with world.database.transaction() as session:
        connection = await session.get_one(Connection, platform.connection_id)
        course, at = f"{canvas.home}/courses/7", datetime(2026, 2, 1, tzinfo=UTC)
        told = [
            Told("finished", account(canvas.home, name), course, None, at, "x", AGAIN_ON_CANVAS) for name in ("3", "S4")
        ]
        await tell(session, connection, told, parts.settings.nip_key.get_secret_value(), world.clock.now())
    assert await run("reconcile", *canvas.asked, "--look") == 0
    assert '"listed": 4, "known": 2' in capsys.readouterr().out
    assert await run("reconcile", *canvas.asked) == 0
    capsys.readouterr()
    assert await run("reconcile", *canvas.asked) == 0
    assert '"listed": 4, "known": 4, "missing": []' in capsys.readouterr().out
    names = await world.rows("SELECT told #>> '{account,name}' AS name FROM platform_users ORDER BY 1")
    assert [row.name for row in names] == ["1", "3", "S4", "S5"]


async def test_a_list_that_leads_elsewhere_inside_or_nowhere_is_not_followed(
    run, world, canvas, tmp_path, capsys
) -> None:
    pages = ["http://127.0.0.1:9/x", f"{canvas.home}.example/x"]

    @canvas.app.get("/api/v1/courses/8/users")
    async def led_away() -> Response:
        return JSONResponse([], headers={"link": f'<{pages.pop()}>; rel="next"'})

    @canvas.app.get("/api/v1/courses/9/users")
    async def redirect() -> Response:
        return RedirectResponse(f"{canvas.home}/api/v1/courses/7/users")

    (tmp_path / "wrong").write_text("guessed")
    for given, why in (
        (["--courses", "8"], "elsewhere"),
        (["--courses", "8"], "elsewhere"),
        (["--courses", "9"], "307"),
        (["--courses", "7", "--token-file", str(tmp_path / "wrong")], "401"),
        (["--site", "file:///etc/passwd"], "webhook-address"),
    ):
        assert await run("reconcile", *canvas.asked, *given) == 1
        assert why in capsys.readouterr().err
    async with httpx2.AsyncClient() as client:
        site = Site(client, canvas.home.replace("http:", "https:"), "secret", inside=False)
        with pytest.raises(ListRefused, match="inside"):
            await completions(site, [7])
    assert await world.value("SELECT count(*) FROM reports") == 0


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
