"""The routes of xAPI: each under the address of each edition, with its headers and its statuses.

Errors are problem documents as everywhere, but with the statuses of the standard: what is wrong with a request is 400.
"""

from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import Message

from common.refused import Refused
from common.web.parts import parts_of
from common.web.problems import from_validation, response
from connectors.domain.editions import EDITIONS, FIRST, Edition
from connectors.reports.commands import note
from contracts.looks import PlatformsOwn

BODY_LIMIT = 16 * 1024 * 1024
"""Bytes of a request: statements with what is attached to them, or a document."""
VERSION = "x-experience-api-version"
THROUGH = "x-experience-api-consistent-through"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
IN_FORM = {
    "authorization",
    VERSION,
    "content-type",
    "content-length",
    "if-match",
    "if-none-match",
    "accept",
    "accept-language",
}
"""The headers that the alternate way of asking puts into a form."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Until when a request is told that it is told everything, where nobody has looked."""
SENDING = frozenset({"POST", "PUT"})
OF_CONNECTION = "connection:"
NOTED_SECONDS = 10
_noted: dict[str, float] = {}
"""Until when nothing more is said of what a connection sends wrongly, by its subject."""
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class XapiRoute(APIRoute):
    """A route that answers as xAPI does."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            edition = edition_of(request)
            try:
                if request.method == "POST" and "method" in request.query_params:
                    return await _asked_otherwise(request, edition)
                answered = await handle(request)
            except (Refused, HTTPException, RequestValidationError) as error:
                answered = _problem(request, error)
                await _note(request, error)
            answered.headers[VERSION] = edition.version
            if request.scope["path"].endswith("/statements"):
                answered.headers.setdefault(THROUGH, getattr(request.state, "through", moment_text(BEGINNING)))
            return answered

        return answer


def under_each(routes: APIRouter) -> APIRouter:
    """These routes under the address of each edition; they are in no document of ours, for their standard tells of them."""
    router = APIRouter(include_in_schema=False)
    for edition in EDITIONS.values():
        router.include_router(routes, prefix=f"/xapi/{edition.path}")
    return router


def edition_of(request: Request) -> Edition:
    """The edition that a request goes by: its address says it."""
    return EDITIONS[request.scope["path"].split("/")[2]]


async def _asked_edition(request: Request) -> Edition:
    """Raises Refused `xapi-version` for a request that does not name a version of the edition."""
    edition = edition_of(request)
    if edition.asked.fullmatch(request.headers.get(VERSION, "")) is None:
        raise Refused("xapi-version", field="X-Experience-API-Version")
    return edition


AskedEdition = Annotated[Edition, Depends(_asked_edition)]
OF_EDITION = [Depends(_asked_edition)]
"""Of a route that goes by no edition, but wants to be asked in one."""


def check_parameters(request: Request, *names: str) -> Mapping[str, str]:
    """The parameters of a request, each of them given once. Raises Refused `field-unknown`, `field-invalid`."""
    given = request.query_params.multi_items()
    told = dict(given)
    for name, value in told.items():
        if name not in names:
            raise Refused("field-unknown", field=name if name.isalpha() else None)
        if "\x00" in value:  # PostgreSQL has no text with it
            raise Refused("field-invalid", field=name)
    if len(told) != len(given):
        raise Refused("field-invalid")
    return told


async def read_body(request: Request) -> bytes:
    """The body. Raises Refused `body-too-large` as soon as it is."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise Refused("body-too-large")
    return bytes(body)


def read_json(body: bytes) -> Any:
    """What a body of JSON says. Raises Refused `invalid-json`."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused("invalid-json") from error


def moment_text(moment: datetime) -> str:
    """A moment as the standard writes it, in UTC to the microsecond."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def told(content: bytes, **headers: str) -> PlatformsOwn:
    """An answer in JSON."""
    return PlatformsOwn(
        content, media_type=JSON, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def _problem(request: Request, error: Refused | HTTPException | RequestValidationError) -> Response:
    catalogue = parts_of(request).catalogue
    if isinstance(error, RequestValidationError):
        problems = from_validation(error.errors(), catalogue.statuses)
    elif isinstance(error, HTTPException):
        problems = [Refused("body-too-large" if error.status_code == 413 else "field-invalid")]
    else:
        problems = [error]
    answered = response(catalogue, problems, request.headers)
    if answered.status_code in {415, 422}:
        answered.status_code = 400
    return answered


async def _note(request: Request, error: Refused | HTTPException | RequestValidationError) -> None:
    """Says on the connection what was wrong with what it sent; not each time, since as much may come as there are requests."""
    subject: str = getattr(request.state, "subject", "")
    if not isinstance(error, Refused) or request.method not in SENDING or not subject.startswith(OF_CONNECTION):
        return
    if monotonic() < _noted.get(subject, 0):
        return
    _noted[subject] = monotonic() + NOTED_SECONDS
    parts = parts_of(request)
    async with parts.database.transaction() as session:
        await note(session, UUID(subject.removeprefix(OF_CONNECTION)), parts.clock.now(), error=error)


async def _asked_otherwise(request: Request, edition: Edition) -> Response:
    """Does what a POST asks for in the alternate way (1.0.3, part 3, 1.3): method in the address, all the rest in a form.

    Raises Refused `xapi-alternate`.
    """
    parameters = request.query_params.multi_items()
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if edition != FIRST or len(parameters) != 1 or content_type != FORM:
        raise Refused("xapi-alternate")
    try:
        form = dict(parse_qsl((await read_body(request)).decode(), keep_blank_values=True, strict_parsing=True))
    except ValueError as error:
        raise Refused("xapi-alternate") from error
    content = form.pop("content", "").encode()
    headers = MutableHeaders(raw=[(name, value) for name, value in request.headers.raw if name != b"content-type"])
    if content:
        headers["content-type"] = JSON
    for name in [name for name in form if name.lower() in IN_FORM]:
        headers[name] = form.pop(name)
    headers["content-length"] = str(len(content))
    scope = {
        **request.scope,
        "method": parameters[0][1],
        "query_string": urlencode(form).encode(),
        "headers": headers.raw,
    }
    for name in ("route", "endpoint", "path_params"):
        scope.pop(name, None)
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await request.app.router(scope, receive, send)
    answered = PlatformsOwn(b"".join(each.get("body", b"") for each in sent[1:]), status_code=sent[0]["status"])
    answered.raw_headers = list(sent[0]["headers"])
    return answered
