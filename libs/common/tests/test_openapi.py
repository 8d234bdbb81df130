"""The document of a service tells what every route takes and can answer."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from common.clock import Clock
from common.fields import Document, Line
from common.parts import Parts
from common.store.database import Database
from common.web import etag
from common.web.bulk import Lines, lines_of
from common.web.idempotency import IdempotencyKey
from contracts.callers import Caller
from contracts.rights import Right
from contracts.service import Settings
from contracts.zone import JAKARTA
from jejak_local.harness import app_of

router = APIRouter(prefix="/v1")
Hr = Annotated[Caller[None], Depends(Right(("agency_hr",), "things"))]


class Thing(Document):
    name: Line


@router.get("/plain")
async def plain(caller: Hr) -> Thing: ...


@router.get("/things")
async def listed(caller: Hr, name: Line) -> Thing: ...


@router.get("/things/{thing_id}")
async def one(caller: Hr, thing_id: UUID) -> Thing: ...


@router.get("/tagged")
async def tagged(principal: Hr, response: Response) -> Thing: ...


@router.post("/things", responses={409: {"description": "`name-taken`"}})
async def made(caller: Hr, thing: Thing) -> Thing: ...


@router.post("/keyed")
async def keyed(caller: Hr, thing: Thing, idempotency_key: IdempotencyKey = None) -> Thing: ...


@router.put("/things/{thing_id}")
async def changed(caller: Hr, thing_id: UUID, thing: Thing, seen: etag.Seen) -> Thing: ...


@router.post("/things/{thing_id}/check")
async def checked(caller: Hr, thing_id: UUID) -> Thing: ...


@router.post("/things:batch")
async def many(caller: Hr, lines: Annotated[Lines[Thing], Depends(lines_of(Thing))]) -> StreamingResponse: ...


@pytest.fixture
def document(blank: Database, tmp_path: Path) -> dict[str, Any]:
    settings = Settings(database_url="unused", kafka="unused", issuer="i", jwks_url="j", nip_key="k")
    return app_of(Parts(settings, blank, Clock(JAKARTA)), router).openapi()


ALWAYS = {401, 403, 429, 500, 503}


@pytest.mark.parametrize(
    ("method", "path", "errors"),
    [
        ("get", "/v1/plain", set()),
        ("get", "/v1/things", {422}),
        ("get", "/v1/things/{thing_id}", {404, 422}),
        ("post", "/v1/things", {409, 413, 415, 422}),
        ("post", "/v1/keyed", {409, 413, 415, 422}),
        ("put", "/v1/things/{thing_id}", {404, 412, 413, 415, 422}),
        ("post", "/v1/things/{thing_id}/check", {404, 415, 422}),
        ("post", "/v1/things:batch", {413, 415, 422}),
    ],
)
def test_a_route_tells_every_error_that_follows_from_what_it_has(
    document: dict[str, Any], method: str, path: str, errors: set[int]
) -> None:
    responses = document["paths"][path][method]["responses"]
    shared = {f"#/components/responses/{status}": told for status, told in document["components"]["responses"].items()}
    told = {
        int(status): shared[response["$ref"]] if "$ref" in response else response
        for status, response in responses.items()
        if int(status) >= 400
    }
    assert set(told) == ALWAYS | errors
    for response in told.values():
        assert response["description"]
        assert response["content"] == {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
        }
    assert "Retry-After" in told[429]["headers"]
    assert "WWW-Authenticate" in told[401]["headers"]


def test_a_route_that_tags_its_answer_says_so(document: dict[str, Any]) -> None:
    told = {
        path: "ETag" in item["get"]["responses"]["200"].get("headers", {})
        for path, item in document["paths"].items()
        if "get" in item and path.startswith("/v1/")
    }
    assert {path for path, tagged in told.items() if tagged} == {"/v1/tagged"}


def test_what_a_route_says_of_its_own_errors_stays(document: dict[str, Any]) -> None:
    assert document["paths"]["/v1/things"]["post"]["responses"]["409"]["description"] == "`name-taken`"


def test_an_upload_tells_its_lines_and_their_answers(document: dict[str, Any]) -> None:
    upload = document["paths"]["/v1/things:batch"]["post"]
    lines = upload["requestBody"]["content"]["application/x-ndjson"]["schema"]
    answers = upload["responses"]["200"]["content"]["application/x-ndjson"]["schema"]
    assert (lines["type"], lines["items"]) == ("array", {"$ref": "#/components/schemas/Thing"})
    assert answers["items"]["oneOf"] == [
        {"$ref": f"#/components/schemas/{name}"} for name in ("DoneLine", "RefusedLine")
    ]
    schemas = document["components"]["schemas"]
    assert {"Thing", "DoneLine", "RefusedLine", "ProblemDocument", "Fault"} <= set(schemas)
    assert not {"HTTPValidationError", "ValidationError"} & set(schemas)


def test_health_answers_no_problems(document: dict[str, Any]) -> None:
    assert set(document["paths"]["/healthz"]["get"]["responses"]) == {"200"}
    assert set(document["paths"]["/readyz"]["get"]["responses"]) == {"200", "503"}
