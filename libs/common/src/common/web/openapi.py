"""The OpenAPI document of a service: FastAPI's own, and what the kit does for every route.

FastAPI knows parameters, bodies and answers. That errors are problems, which of them a route can
answer, and what the lines of an upload look like follows here from what a route has.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from common.web.auth import EVERYBODY, guards
from common.web.bodies import NDJSON
from common.web.bulk import line_model
from common.web.problems import ProblemDocument
from common.web.rates import HEALTH, READING

REFERENCE = "#/components/schemas/{model}"
PROBLEM = "application/problem+json"
OF_FASTAPI = ("HTTPValidationError", "ValidationError")

TELLS: dict[int, str] = {
    401: "no token, or none that is good (any more)",
    403: "the caller's role may not do this, or not here",
    404: "nobody and nothing within the caller's sight",
    409: "the `Idempotency-Key` was used for another body, or by the same subject elsewhere",
    412: "what `If-Match` names is no longer the present version",
    413: "the body is too large",
    415: "the body is compressed or of another type",
    422: "a field is missing or a rule broken; `errors` names each field and code",
    429: "too many calls or uploads; `Retry-After` says for how many seconds",
    500: "something failed on our side; nothing was stored",
    503: "the store or the token issuer cannot be reached; send again later",
}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string", "const": "Bearer"}}},
    429: {"Retry-After": {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}},
}
ETAG = {
    "ETag": {
        "description": "the version answered, for `If-Match`",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    }
}
LANGUAGE = {"Content-Language": {"required": True, "schema": {"type": "string", "enum": ["id", "en"]}}}


class DoneLine(BaseModel):
    """The answer to a line that was taken; `duplicate` of the record named, `found` by what was asked for."""

    line: int = Field(ge=1)
    status: Literal["stored", "updated", "unchanged", "duplicate", "found"]
    id: str = Field(json_schema_extra={"format": "uuid"})


class RefusedLine(BaseModel):
    """The answer to a line that was not taken: the first thing wrong with it."""

    line: int = Field(ge=1)
    status: Literal["refused"]
    code: str
    field: str | None
    message: str


def install(app: FastAPI) -> None:
    """Makes the application's document tell the whole truth."""
    made_by_fastapi = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(app, made_by_fastapi())
        assert app.openapi_schema is not None  # noqa: S101 - FastAPI keeps what it has made
        return app.openapi_schema

    app.openapi = document


def _complete(app: FastAPI, document: dict[str, Any]) -> None:
    schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
    for name in OF_FASTAPI:
        schemas.pop(name, None)
    models: list[type[BaseModel]] = [ProblemDocument, DoneLine, RefusedLine]
    guarded = guards(app)
    for path, method, operation, lines, tagged in _operations(app, document):
        if lines is not None:
            models.append(lines)
            _describe_lines(operation, lines)
        if path not in HEALTH:
            if tagged:
                _describe_tag(operation)
            if roles := sorted(guarded[method, path] - EVERYBODY):
                operation["x-roles"] = roles
            _describe_problems(operation, path, method, guarded=bool(roles))
    _, definitions = models_json_schema([(model, "validation") for model in models], ref_template=REFERENCE)
    schemas.update(definitions["$defs"])
    document["components"]["responses"] = {
        str(status): {"description": description} | _problem(status) for status, description in TELLS.items()
    }


def _operations(
    app: FastAPI, document: dict[str, Any]
) -> Iterator[tuple[str, str, dict[str, Any], type[BaseModel] | None, bool]]:
    for context in iter_route_contexts(app.routes):
        for method in context.methods or ():
            path = str(context.path)
            operation = document["paths"].get(path, {}).get(method.lower())
            if operation is not None:
                # A route takes the response in hand for one thing: to tag it (`etag.tagged`).
                tags = context.dependant.response_param_name is not None
                yield path, method, operation, line_model(context.dependant), tags


def _describe_lines(operation: dict[str, Any], model: type[BaseModel]) -> None:
    def lines(*names: str) -> dict[str, Any]:
        references = [{"$ref": REFERENCE.format(model=name)} for name in names]
        item = references[0] if len(references) == 1 else {"oneOf": references}
        return {NDJSON: {"schema": {"type": "array", "items": item, "description": "NDJSON: each item is a line"}}}

    operation["requestBody"] = {"required": True, "content": lines(model.__name__)}
    operation["responses"]["200"] = {
        "description": "an answer to each line, in order",
        "content": lines(DoneLine.__name__, RefusedLine.__name__),
    }


def _describe_tag(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            response["headers"] = ETAG


def _describe_problems(operation: dict[str, Any], path: str, method: str, *, guarded: bool) -> None:
    responses: dict[str, Any] = operation["responses"]
    # FastAPI's own 422, which is no problem document, does not bring a problem's description.
    if responses.get("422", {}).get("description") == "Validation Error":
        del responses["422"]
    for status in _declared(responses):
        responses[str(status)] |= _problem(status)
    for status in _derived(operation, path, method, guarded):
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{status}"})


def _problem(status: int) -> dict[str, Any]:
    return {
        "content": {PROBLEM: {"schema": {"$ref": REFERENCE.format(model=ProblemDocument.__name__)}}},
        "headers": LANGUAGE | HEADERS.get(status, {}),
    }


def _derived(operation: dict[str, Any], path: str, method: str, guarded: bool) -> Iterator[int]:
    parameters = {(parameter["in"], parameter["name"].lower()) for parameter in operation.get("parameters", [])}
    body = "requestBody" in operation
    yield from (429, 500, 503)
    if guarded:
        yield from (401, 403)
    if "{" in path:
        yield 404
    if parameters - {("header", "if-match")} or body:
        yield 422
    if ("header", "if-match") in parameters:
        yield 412
    if ("header", "idempotency-key") in parameters:
        yield 409
    if method not in READING:
        yield 415
    if body:
        yield 413


def _declared(responses: dict[str, Any]) -> list[int]:
    return [int(status) for status in responses if int(status) >= HTTPStatus.BAD_REQUEST]
