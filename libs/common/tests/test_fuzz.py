"""The fuzzer sees what is wrong with a service, each kind of it, and nothing where nothing is."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse
from pydantic import StrictInt

from common.answers import Answer, Done
from common.clock import Clock
from common.fields import Day, Document, Line
from common.ids import new_id
from common.parts import Parts
from common.refused import Refused
from common.store.database import Database
from common.web.bulk import Lines, lines_of
from contracts.callers import Caller
from contracts.rights import Right
from contracts.service import Settings
from contracts.zone import JAKARTA
from jejak_local.fuzz import Fuzzed, fuzz
from jejak_local.harness import AGENCY, UNLIMITED, app_of
from jejak_local.issuer import Issuer

Hr = Annotated[Caller[None], Depends(Right(("agency_hr",), "things"))]
KNOWN = new_id()


class Thing(Document):
    name: Line
    since: Day
    times: StrictInt = 1


def good() -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.get("/things/{thing_id}")
    async def read(caller: Hr, thing_id: UUID, as_of: Day | None = None) -> Thing:
        return Thing(name=str(thing_id), since=as_of or "2026-01-01")

    @router.post("/things", status_code=201)
    async def make(caller: Hr, thing: Thing) -> Thing:
        return thing

    @router.post("/things:batch")
    async def make_many(caller: Hr, lines: Annotated[Lines[Thing], Depends(lines_of(Thing))]) -> StreamingResponse:
        async def handle(_: Any, things: Any) -> list[Answer]:
            return [Done("stored", new_id()) for _ in things]

        return await lines.answer(handle)

    return router


@pytest.fixture
def tried(blank: Database, issuer: Issuer, tmp_path: Path):
    async def run(router: APIRouter, further: dict[str, Any] | None = None) -> Fuzzed:
        settings = Settings(
            database_url="unused", kafka="unused", issuer=issuer.url, jwks_url=issuer.jwks_url, nip_key="k", **UNLIMITED
        )
        app = app_of(Parts(settings, blank, Clock(JAKARTA)), router)
        thing = {"name": "a", "since": "2026-01-01"}
        bodies = {"POST /v1/things": thing, "POST /v1/things:batch": [thing]} | (further or {})
        known = {"thing_id": [KNOWN]}
        return await fuzz("kit", app, issuer, scope={"agency": AGENCY}, known=known, bodies=bodies, examples=5, seed=7)

    return run


async def test_nothing_is_found_where_nothing_is_wrong(tried) -> None:
    found = await tried(good())
    assert not [fault for fault in found.faults if "/readyz" not in fault]
    assert [name for name in found.unreached if name != "GET /readyz"] == []
    assert found.calls > 100


async def undocumented_status(caller: Hr, response: Response) -> Thing:
    response.status_code = 418
    return Thing(name="a", since="2026-01-01")


async def undocumented_type(caller: Hr) -> Thing:
    return Response("a", media_type="text/plain")  # type: ignore[return-value]


async def other_schema(caller: Hr) -> Thing:
    return Response('{"name": 1}', media_type="application/json")  # type: ignore[return-value]


async def server_error(caller: Hr) -> Thing:
    raise ZeroDivisionError


async def test_what_the_schema_refuses_and_the_service_takes_is_found(tried) -> None:
    class Loose(Document):
        name: Line
        times: int

    router = good()

    @router.post("/planted")
    async def planted(caller: Hr, loose: Loose) -> Thing:
        return Thing(name="a", since="2026-01-01")

    found = await tried(router, {"POST /v1/planted": {"name": "a", "times": 1}})
    assert "Schema-violating request accepted" in "".join(found.faults)


@pytest.mark.parametrize(
    ("route", "told"),
    [
        (undocumented_status, "Undocumented status code"),
        (undocumented_type, "Undocumented Content-Type"),
        (other_schema, "Response violates schema"),
        (server_error, "Server error"),
    ],
)
async def test_each_kind_of_fault_is_found(tried, route, told: str) -> None:
    router = good()
    router.get("/planted")(route)
    found = await tried(router)
    assert {fault.partition(": ")[2].partition(":")[0] for fault in found.faults if "/v1/planted" in fault} == {told}
    with pytest.raises(AssertionError, match="/v1/planted"):
        found.check()


async def test_text_of_no_form_is_found(tried) -> None:
    router = good()

    @router.get("/planted")
    async def planted(caller: Hr, name: str = "") -> Thing:
        return Thing(name="a", since="2026-01-01")

    assert "takes any text: GET /v1/planted?name" in (await tried(router)).faults


async def test_an_operation_that_never_succeeded_is_found(tried) -> None:
    router = good()

    @router.get("/planted/{planted_id}")
    async def planted(caller: Hr, planted_id: UUID) -> Thing:
        raise Refused("not-found")

    with pytest.raises(AssertionError, match="never answered with success: GET /v1/planted"):
        (await tried(router)).check()
