"""How often a caller may call."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

import httpx2
import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done
from common.clock import Clock
from common.ids import new_id
from common.parts import Parts
from common.store.database import Database
from common.web.auth import everybody
from common.web.bulk import Lines, lines_of
from contracts.callers import Caller
from contracts.rights import Right
from contracts.service import Settings
from contracts.zone import JAKARTA
from jejak_local.harness import app_of, client_of
from jejak_local.issuer import Issuer
from jejak_local.stack import UNLIMITED

router = APIRouter(prefix="/v1")
Hr = Annotated[Caller[None], Depends(Right(("agency_hr",), "things"))]


class Line(BaseModel):
    n: int


@router.get("/things")
async def read(caller: Hr) -> str:
    return caller.subject


@router.get("/open", dependencies=[Depends(everybody)])
async def read_open() -> str:
    return "told"


@router.post("/things")
async def write(caller: Hr) -> str:
    return caller.subject


@router.post("/things:batch")
async def write_many(caller: Hr, lines: Annotated[Lines[Line], Depends(lines_of(Line))]) -> StreamingResponse:
    async def handle(session: AsyncSession, given: Sequence[Line]) -> list[Answer]:
        del session
        return [Done("stored", new_id()) for _ in given]

    return await lines.answer(handle)


@pytest.fixture
async def http(blank: Database, issuer: Issuer, tmp_path, request: pytest.FixtureRequest):
    """A service with one limit; the test says which."""
    settings = Settings(
        database_url="unused",
        kafka="unused",
        issuer=issuer.url,
        jwks_url=issuer.jwks_url,
        nip_key="k",
        **(UNLIMITED | request.param),
    )
    app: FastAPI = app_of(Parts(settings, blank, Clock(JAKARTA)), router)
    async with client_of(app) as client:
        yield client


def token(issuer: Issuer, subject: str) -> dict[str, str]:
    return {"authorization": f"Bearer {issuer.token('agency_hr', agency=new_id(), subject=subject)}"}


async def many(http: httpx2.AsyncClient, method: str, path: str, headers: dict[str, str]) -> list[httpx2.Response]:
    """Sixty calls at once: over a limit of two a second, however slow the machine."""
    return await asyncio.gather(*(http.request(method, path, headers=headers) for _ in range(60)))


@pytest.mark.parametrize(
    "http", [{"reads_a_second": 2}, {"singles_a_second": 2}], indirect=True, ids=["reads", "singles"]
)
async def test_a_subject_may_call_so_often_and_no_other_is_held_up(
    http: httpx2.AsyncClient, issuer: Issuer, request: pytest.FixtureRequest
) -> None:
    limited, free = ("GET", "POST") if "reads" in request.node.callspec.id else ("POST", "GET")
    answers = await many(http, limited, "/v1/things", token(issuer, "a"))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 0 < len(refused) < len(answers)
    assert refused[0].json()["code"] == "too-many-requests"
    assert refused[0].headers["retry-after"] == "1"
    assert (await http.request(limited, "/v1/things", headers=token(issuer, "b"))).status_code == 200
    assert {answer.status_code for answer in await many(http, free, "/v1/things", token(issuer, "a"))} == {200}


@pytest.mark.parametrize("http", [{"calls_a_second": 2}], indirect=True)
async def test_an_address_may_call_so_often_whatever_its_tokens_and_its_health_is_always_told(
    http: httpx2.AsyncClient,
) -> None:
    answers = await many(http, "GET", "/v1/things", {"authorization": "Bearer nonsense", "accept-language": "en"})
    assert {answer.status_code for answer in answers} == {401, 429}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["title"].startswith("Too many requests")
    assert {answer.status_code for answer in await many(http, "GET", "/healthz", {})} == {200}


@pytest.mark.parametrize("http", [{"open_calls_a_second": 2}], indirect=True)
async def test_what_asks_for_no_token_is_told_an_address_so_often_and_callers_are_not_held_up(
    http: httpx2.AsyncClient, issuer: Issuer
) -> None:
    answers = await many(http, "GET", "/v1/open", {})
    assert {answer.status_code for answer in answers} == {200, 429}
    assert {answer.status_code for answer in await many(http, "GET", "/v1/things", token(issuer, "a"))} == {200}


@pytest.mark.parametrize("http", [{"uploads_at_once": 1}], indirect=True)
async def test_uploads_at_once_are_limited_and_the_next_may_begin_when_one_has_ended(
    http: httpx2.AsyncClient, issuer: Issuer
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"n": 1}\n'
        begun.set()
        await go_on.wait()

    async def send(subject: str, body: bytes | AsyncIterator[bytes]) -> httpx2.Response:
        return await http.post("/v1/things:batch", content=body, headers=token(issuer, subject))

    first = asyncio.create_task(send("a", slowly()))
    await begun.wait()
    second = await send("a", b'{"n": 1}\n')
    assert (second.status_code, second.json()["code"]) == (429, "too-many-uploads")
    assert second.headers["retry-after"] == "10"
    assert (await send("b", b'{"n": 1}\n')).status_code == 200
    go_on.set()
    assert (await first).status_code == 200
    assert (await send("a", b'{"n": 1}\n')).status_code == 200
