"""Errors as RFC 9457 problems, in Indonesian or English.

Each code stands with its status and its two texts in a `problems.toml`: the kit's here, a
service's own beside its code. A text never quotes what was sent: it could hold a NIP or a name.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from pydantic_core import ErrorDetails
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.events import MAX_EVENT_BYTES
from common.refused import Refused
from common.store.outbox import EventTooLarge
from common.store.transient import is_transient

Language = Literal["id", "en"]
VALUES_FOR_HEADERS = {"retry_after": "retry-after", "accept": "accept", "accept_encoding": "accept-encoding"}
"""Values of a problem that a program wants to read too, and the header it finds them in."""
TYPE_BASE = "https://jejak.asn.go.id/problems/"


class Fault(BaseModel):
    """One thing wrong: the field at fault, if it is one, the stable code, and the text for a person."""

    field: str | None
    code: str
    message: str


class ProblemDocument(BaseModel):
    """An error (RFC 9457); `errors` holds each thing wrong, the first of which names it."""

    type: str
    title: str
    status: int
    code: str
    errors: list[Fault] = Field(min_length=1)


@dataclass(frozen=True)
class Text:
    """What one code means."""

    status: int
    id: str
    en: str


@dataclass
class Catalogue:
    """All codes a service can answer with."""

    texts: dict[str, Text] = field(default_factory=dict[str, Text])

    @classmethod
    def load(cls, *paths: Path) -> "Catalogue":
        """Reads the kit's codes and those of `paths`."""
        texts: dict[str, Text] = {}
        for path in (Path(__file__).with_name("problems.toml"), *paths):
            for code, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
                texts[code] = Text(**entry)
        return cls(texts)

    def message(self, problem: Refused, language: Language) -> str:
        """The text of a problem for a person."""
        text = self.texts[problem.code]
        return (text.id if language == "id" else text.en).format_map(problem.values)

    def line(self, number: int, problem: Refused, language: Language) -> dict[str, Any]:
        """The answer to one refused line of a bulk upload."""
        return {
            "line": number,
            "status": "refused",
            "code": problem.code,
            "field": problem.field,
            "message": self.message(problem, language),
        }

    def body(self, problems: Sequence[Refused], language: Language) -> dict[str, Any]:
        """The RFC 9457 body: the first problem names it, all are listed under `errors`."""
        first = problems[0]
        return {
            "type": TYPE_BASE + first.code,
            "title": self.message(first, language),
            "status": self.texts[first.code].status,
            "code": first.code,
            "errors": [{"field": p.field, "code": p.code, "message": self.message(p, language)} for p in problems],
        }


def language_of(accept_language: str | None) -> Language:
    """Indonesian unless English is asked for first."""
    first = (accept_language or "id").split(",", maxsplit=1)[0].strip().lower()
    return "en" if first.startswith("en") else "id"


def too_large(error: EventTooLarge) -> Refused:
    """What has to be said again with less in it: it would not fit into the event that tells of it."""
    return Refused("event-too-large", field=error.field, limit=MAX_EVENT_BYTES)


def from_validation(
    errors: Sequence[ErrorDetails] | Sequence[Mapping[str, Any]], known: Mapping[str, Text]
) -> list[Refused]:
    """What pydantic found, in our codes. A validator's own error type is used when it is a known code."""
    return [_from_error(error, known) for error in errors]


def _from_error(error: ErrorDetails | Mapping[str, Any], known: Mapping[str, Text]) -> Refused:
    # A name may hold half a surrogate pair, which no answer could be encoded with.
    parts = [str(part).encode(errors="replace").decode() for part in error["loc"]]
    where = [part for part in parts if part not in {"body", "query", "path", "header"}]
    kind = error["type"]
    code = {
        "missing": "field-missing",
        "extra_forbidden": "field-unknown",
        "json_invalid": "invalid-json",
    }.get(kind, kind if kind in known else "field-invalid")
    return Refused(code, field=".".join(where) or None)


def response(
    catalogue: Catalogue, problems: Sequence[Refused], asked: Headers, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The answer to a request whose headers are `asked`: the problems in the language it wants."""
    language = language_of(asked.get("accept-language"))
    body = catalogue.body(problems, language)
    return JSONResponse(
        body,
        status_code=body["status"],
        media_type="application/problem+json",
        headers={"content-language": language, **_headers(problems[0]), **(headers or {})},
    )


def _headers(problem: Refused) -> dict[str, str]:
    if problem.code == "unauthorized":
        return {"www-authenticate": "Bearer"}
    return {header: str(problem.values[name]) for name, header in VALUES_FOR_HEADERS.items() if name in problem.values}


class _ProblemForLargeBody:
    """Starlette answers a body over the limit in plain text, before any handler: says it as a problem."""

    def __init__(self, app: ASGIApp, catalogue: Catalogue) -> None:
        self._app = app
        self._catalogue = catalogue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = False

        async def rewrite(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 413:
                refused = "problem" not in Headers(raw=message["headers"]).get("content-type", "")
            if not refused:
                await send(message)
            elif message["type"] == "http.response.body" and not message.get("more_body"):
                answer = response(self._catalogue, [Refused("body-too-large")], Headers(scope=scope))
                await answer(scope, receive, send)

        await self._app(scope, receive, rewrite)


def _allowed(app: FastAPI, path: str) -> str:
    """Every method an address serves: the router names those of the first route that fits (RFC 9110 10.2.1)."""
    methods: set[str] = set()
    for route in iter_route_contexts(app.routes):
        if route.path_regex.match(path):
            methods |= route.methods or set[str]()
    return ", ".join(sorted(methods))


def install(app: FastAPI, catalogue: Catalogue) -> None:
    """Makes every error of the application a problem document."""

    def answer(request: Request, problems: Sequence[Refused], headers: Mapping[str, str] | None = None) -> JSONResponse:
        return response(catalogue, problems, request.headers, headers)

    async def on_problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refused)  # noqa: S101 - tells the type checker what the registration says
        return answer(request, [error])

    async def on_validation(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
        if isinstance(error.body, bytes):  # what FastAPI does not take for JSON, by its Content-Type, it passes on raw
            return answer(request, [Refused("media-type-unsupported", field="Content-Type", accept="application/json")])
        return answer(request, from_validation(error.errors(), catalogue.texts))

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101 - as above
        codes = {400: "invalid-json", 404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}
        headers = {"allow": _allowed(app, request.url.path)} if error.status_code == 405 else error.headers
        return answer(request, [Refused(codes.get(error.status_code, "field-invalid"))], headers)

    async def on_too_large(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, EventTooLarge)  # noqa: S101 - as above
        return answer(request, [too_large(error)])

    async def on_anything(request: Request, error: Exception) -> JSONResponse:
        # A connection may break in the middle of a commit: only sending again tells whether it was done.
        return answer(request, [Refused("unavailable" if is_transient(error) else "internal-error")])

    app.add_middleware(_ProblemForLargeBody, catalogue=catalogue)
    app.add_exception_handler(Refused, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(EventTooLarge, on_too_large)
    app.add_exception_handler(Exception, on_anything)
