"""Errors as RFC 9457 problems, in Indonesian or English.

Each code stands with its status in a `problems.toml`: the kit's here, a service's own beside its code;
its text is `problem.<code>` of the catalogues. A text never quotes what was sent: it could tell of somebody.
"""

import re
import tomllib
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

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
from common.texts import LANGUAGES, Language, Texts

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
class Catalogue:
    """All codes a service can answer with, with their statuses and texts."""

    statuses: Mapping[str, int]
    texts: Texts

    @classmethod
    def load(cls, folder: Path) -> "Catalogue":
        """Reads the kit's codes, and those of a service by the folder of its code, where its texts are too."""
        files = [
            file for file in (Path(__file__).with_name("problems.toml"), folder / "problems.toml") if file.exists()
        ]
        statuses = {
            code: status for file in files for code, status in tomllib.loads(file.read_text(encoding="utf-8")).items()
        }
        return cls(statuses, Texts.read(folder))

    def message(self, problem: Refused, language: Language) -> str:
        """The text of a problem for a person."""
        text = f"problem.{problem.code}"
        return self.texts.say(text, language, **problem.values)

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
            "status": self.statuses[first.code],
            "code": first.code,
            "errors": [{"field": p.field, "code": p.code, "message": self.message(p, language)} for p in problems],
        }


def language_of(accept_language: str | None) -> Language:
    """The language of ours that a header likes best (RFC 9110, 12.5.4); Indonesian when it names none."""
    ranges = map(_range, (accept_language or "").split(","))
    for asked, weight in sorted(ranges, key=itemgetter(1), reverse=True):
        for language in LANGUAGES:
            if asked == language and weight > 0:
                return language
    return LANGUAGES[0]


def _range(part: str) -> tuple[str, float]:
    """A language without its region, and its weight; none for a weight that is no number."""
    name, _, parameter = part.partition(";")
    weight = re.fullmatch(r"\s*q=([01](?:\.[0-9]{0,3})?)\s*", parameter) if parameter else None
    language = name.strip().lower().partition("-")[0]
    return language, float(weight[1]) if weight else 0.0 if parameter else 1.0


def too_large(error: EventTooLarge) -> Refused:
    """What has to be said again with less in it: it would not fit into the event that tells of it."""
    return Refused("event-too-large", field=error.field, limit=MAX_EVENT_BYTES)


def from_validation(
    errors: Sequence[ErrorDetails] | Sequence[Mapping[str, Any]], known: Container[str]
) -> list[Refused]:
    """What pydantic found, in our codes. A validator's own error type is used when it is a known code."""
    return [_from_error(error, known) for error in errors]


def _from_error(error: ErrorDetails | Mapping[str, Any], known: Container[str]) -> Refused:
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
        return answer(request, from_validation(error.errors(), catalogue.statuses))

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
