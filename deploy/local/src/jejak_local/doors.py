"""Walks every route of a service as every role, as nobody, and with each role without each claim it needs.

A door opens to whom the route names, and to nobody else. Roles and claims come from `contracts.roles`, routes, parameters and bodies from the service's own OpenAPI: a later
role, claim or route joins by itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import cycle
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from sqlalchemy import text

from common.store.database import Database
from common.web.auth import EVERYBODY, guards
from common.web.principals import CallerRole
from contracts import topics
from contracts.rights import rights_of
from contracts.roles import CLAIMS, IDS, ROLES
from jejak_local.issuer import Issuer

SOMETHING = UUID("0199a000-0000-7000-8000-0000000000ee")
"""Every id that a path, a parameter or a body asks for."""
Claims = tuple[str, ...]
JSON = {"content-type": "application/json"}
NOT_SAID = object()
PLANTED = "199001012015011001"
"""A NIP that whoever sends it is not told again."""
FORGOTTEN: dict[str, Any] = {"not said": NOT_SAID, "said to be nothing": None, "said to be empty": ""}
"""How a token leaves a claim out: its role is not held then, and a right that asks for it answers 403."""
NO_ID = "said to be no id"
MALFORMED: dict[str, Any] = {
    "said to be an empty list": [],
    "said to be two": [str(SOMETHING), str(SOMETHING)],
    "said to be a number": 7,
    "said to be true": True,
    "said to be an object": {"id": str(SOMETHING)},
    NO_ID: "x",
}
"""How a token says what is no claim: it is none then, whatever its roles, and answered with 401."""

REFUSED: tuple[dict[str, Any], ...] = (
    {"expires_in": -60},
    {"audience": "elsewhere"},
    {"issuer": "http://evil.example"},
    {"algorithm": "none"},
    {"algorithm": "HS256"},
)
"""How a token of the right role is yet none."""

NEEDS = [
    (role, claims)
    for role in ROLES.values()
    for claims in [*((claim,) for claim in role.needs), *([role.either] if role.either else [])]
]
"""The claims without which, left out together, a role is not held."""
ONE_OF_EACH = {claim: role for role, claims in NEEDS for claim in claims}


async def wrong_doors(app: FastAPI, issuer: Issuer) -> list[str]:
    """Who was let in, or kept out, where the route's right says otherwise; each speaks for `SOMETHING`."""
    found: list[str] = []
    claims = dict.fromkeys(CLAIMS, SOMETHING)
    tokens = {role: f"Bearer {issuer.token(role, **claims)}" for role in [*ROLES, "nobody"]}
    async with knocking(app) as client:
        for (method, path), allowed in doors(app).items():
            asked = request_of(app.openapi(), method, path)
            strangers = [
                "",
                "Bearer not.a.token",
                *(f"Bearer {issuer.mint(*allowed, **claims, **how)}" for how in REFUSED),
            ]
            for authorization in strangers:
                got = await client.request(**asked, headers=JSON | {"authorization": authorization})
                if (got.status_code, got.headers.get("www-authenticate")) != (401, "Bearer"):
                    found.append(f"{method} {path}: {authorization[:40]!r} is answered {got.status_code}, not 401")
            for role, authorization in tokens.items():
                got = await client.request(**asked, headers=JSON | {"authorization": authorization})
                refused = got.status_code == 403 and got.json()["code"] == "forbidden"
                if got.status_code in {401, 500} or refused != (role not in allowed):
                    found.append(f"{method} {path}: {role} is answered {got.status_code}")
    return found


async def open_doors(app: FastAPI, database: Database, issuer: Issuer) -> list[str]:
    """What a token was answered that lacks the claim its role needs, where that was not the one right refusal.

    Such a token is refused on every route, also with a second role that has no right there; beside one that has, it
    reads what the second role reads alone.
    """
    found: list[str] = []
    ways = {claim: cycle([how for how in MALFORMED if claim in IDS or how != NO_ID]) for claim in ONE_OF_EACH}
    before = await rows_of(database)
    deciding = {route for route, right in rights_of(app).items() if right.decides}
    async with knocking(app) as client:
        for (method, path), allowed in doors(app).items():
            asked = request_of(app.openapi(), method, path)
            alone: dict[tuple[str, Claims, str], tuple[int, str]] = {}

            async def answer(token: str, asked: dict[str, Any] = asked) -> tuple[int, str]:
                got = await client.request(**asked, headers=JSON | {"authorization": f"Bearer {token}"})
                return got.status_code, got.text

            for role, claims in NEEDS:
                others = [other for other in ROLES.values() if other.held_by(set(CLAIMS) - set(claims))]
                claim = " and ".join(claims)
                friend = next((other for other in others if other.name in allowed), None)
                stranger = next((other for other in others if other.name not in allowed), None)
                # What a role without a right here leaves out makes no difference: said once is enough.
                for how in FORGOTTEN if role.name in allowed else ["not said"]:
                    for second in (None, stranger):
                        got, _ = await answer(_token(issuer, role, claims, how, second))
                        if got != 403:
                            beside = f" beside {second.name}" if second else ""
                            found.append(f"{method} {path}: {role.name}{beside}, {claim} {how}: {got}, not 403")
                    if friend and method == "GET":
                        key = friend.name, claims, how
                        if key not in alone:
                            alone[key] = await answer(_token(issuer, friend, claims, how, None))
                        if await answer(_token(issuer, role, claims, how, friend)) != alone[key]:
                            found.append(f"{method} {path}: {role.name}, {claim} {how}, widens {friend.name}")
            # Whose role is that of a person does not hold it without one.
            own = {role for role in allowed if "person" in ROLES[role].needs}
            for role in allowed - own if (method, path) in deciding else ():
                for how in FORGOTTEN:
                    got = await answer(_token(issuer, ROLES[role], ("person",), how, None))
                    if got[0] != 403 or "claim-missing" not in got[1]:
                        found.append(f"{method} {path}: {role} decides, person {how}: {got[0]}")
            # Such a token is refused before its route is looked at: each route sees each claim, and each way goes round.
            for claim, role in ONE_OF_EACH.items():
                how = next(ways[claim])
                got, _ = await answer(_token(issuer, role, (claim,), how, None))
                if got != 401:
                    found.append(f"{method} {path}: {role.name}, {claim} {how}: {got}, not 401")
    if await rows_of(database) != before:
        found.append("rows were changed")
    return found


async def ajar_doors(app: FastAPI, issuer: Issuer, agency: UUID) -> list[str]:
    """Where whoever speaks for an agency, which a reform has closed, may yet change something, or reads no more.

    The service knows of it; whoever has no role but those of the agency is told who has taken it over.
    """
    found: list[str] = []
    claims: dict[str, Any] = dict.fromkeys(CLAIMS, SOMETHING) | {"agency": agency}
    async with knocking(app) as client:
        for (method, path), right in rights_of(app).items():
            for role in (role for role in right.roles if "agency" in ROLES[role].needs):
                token = {"authorization": f"Bearer {issuer.token(role, **claims)}"}
                got = await client.request(**request_of(app.openapi(), method, path), headers=JSON | token)
                refused = got.status_code == 403 and got.json()["code"] == "claim-succeeded"
                if refused == (method == "GET" or right.asks):
                    found.append(f"{method} {path}: {role} is answered {got.status_code}")
    return found


async def repeated(app: FastAPI, issuer: Issuer) -> list[str]:
    """Where a refusal says again what was sent: a NIP is planted in every field and parameter of every route."""
    found: list[str] = []
    claims = dict.fromkeys(CLAIMS, SOMETHING)
    async with knocking(app) as client:
        for (method, path), allowed in doors(app).items():
            token = {"authorization": f"Bearer {issuer.token(min(allowed), **claims)}"}
            for said, content_type, asked in _planted(app.openapi(), method, path):
                got = await client.request(**asked, headers=token | {"content-type": content_type})
                lines = got.text.splitlines()
                of_lines = got.headers.get("content-type", "").startswith("application/x-ndjson")
                refusals = [line for line in lines if not of_lines or "code" in json.loads(line)]
                if (got.is_error or of_lines) and any(PLANTED in line for line in refusals):
                    found.append(f"{method} {path}: {said} is said again")
    return found


def _planted(document: dict[str, Any], method: str, path: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    operation = _told(document, method, path)
    [content_type, *_] = operation.get("requestBody", {}).get("content", JSON.values())
    for part in operation.get("parameters", []):
        yield part["name"], content_type, request_of(document, method, path, {part["name"]: PLANTED})
    if "requestBody" not in operation:
        return
    whole = request_of(document, method, path)
    body = json.loads(whole["content"])
    if isinstance(body, dict):
        for name in _fields(document, operation["requestBody"]["content"][content_type].get("schema", {})):
            yield name, content_type, request_of(document, method, path, body={**body, name: PLANTED})
    yield "a body", content_type, whole | {"content": json.dumps(PLANTED)}


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> frozenset[str]:
    """The names of all fields that a body may have."""
    if reference := schema.get("$ref"):
        return _fields(document, document["components"]["schemas"][reference.rpartition("/")[2]])
    several = [_fields(document, each) for kind in ("anyOf", "oneOf", "allOf") for each in schema.get(kind, [])]
    return frozenset(schema.get("properties", {})).union(*several)


def knocking(app: FastAPI) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://service")


def guarded(app: FastAPI) -> dict[tuple[str, str], frozenset[str]]:
    """The roles of each route that is not for everybody."""
    return {route: roles for route, roles in guards(app).items() if not roles <= EVERYBODY}


def doors(app: FastAPI) -> dict[tuple[str, str], frozenset[str]]:
    """Those routes, without a HEAD that goes through the door of its GET."""
    found = guarded(app)
    return {
        (method, path): roles
        for (method, path), roles in found.items()
        if method != "HEAD" or ("GET", path) not in found
    }


@cache
def _token(issuer: Issuer, role: CallerRole, claims: Claims, how: str, second: CallerRole | None) -> str:
    names = [role.name, *([second.name] if second else [])]
    value = (FORGOTTEN | MALFORMED)[how]
    said = issuer.claims(*names) | {name: str(SOMETHING) for name in CLAIMS} | dict.fromkeys(claims, value)
    return issuer.sign({name: value for name, value in said.items() if value is not NOT_SAID})


async def rows_of(database: Database) -> dict[str, str]:
    """What every table holds; but for who looked, which is noted of whoever may."""
    async with database.reading() as session:
        tables = await session.scalars(
            text(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname !~ '^(pg_|information_)'"
            )
        )
        query = (
            "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
            " WHERE to_jsonb(t) ->> 'topic' IS DISTINCT FROM :access"
        )
        access = {"access": topics.ACCESS.name}
        return {table: str(await session.scalar(text(query.format(table)), access)) for table in tables.all()}


# --- a request that a route understands, made from its OpenAPI


def request_of(
    document: dict[str, Any],
    method: str,
    path: str,
    given: Mapping[str, Any] | None = None,
    body: Any = None,
    *,
    narrowed: bool = True,
) -> dict[str, Any]:
    """A request that a route understands: `given` are values by the names of its parameters, a list as `body` is of lines.

    `narrowed` gives the parameters too that it need not be told. One that the document does not tell of is asked for bare.
    """
    operation = _told(document, method, path)
    example, told = _examples(document), given or {}
    parts = {
        place: {
            part["name"]: told.get(part["name"]) or example(part["schema"])
            for part in operation.get("parameters", [])
            if part["in"] == place and (part["required"] or (narrowed and part["name"] in told))
        }
        for place in ("path", "query")
    }
    content = operation.get("requestBody", {}).get("content", {"application/json": {}})
    [first, *_] = content.values()
    lines = body if isinstance(body, list) else [example(first.get("schema", {})) if body is None else body]
    return {
        "method": method,
        "url": path.format(**parts["path"]),
        "params": parts["query"],
        "content": "\n".join(json.dumps(line, default=str) for line in lines),
    }


def _told(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """What the document tells of a route; nothing of one that follows a standard of others."""
    return document["paths"].get(path, {}).get(method.lower(), {})


def _examples(document: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
    def example(schema: dict[str, Any]) -> Any:  # noqa: PLR0911 - a line for each kind of value
        match schema:
            case {"$ref": str(reference)}:
                return example(document["components"]["schemas"][reference.rpartition("/")[2]])
            case {"const": value} | {"enum": [value, *_]}:
                return value
            case {"anyOf": [first, *_]} | {"oneOf": [first, *_]} | {"allOf": [first, *_]}:
                return example(first)
            case {"format": "uuid"}:
                return str(SOMETHING)
            case {"format": "date"}:
                return "2026-01-02"
            case {"type": "string"}:
                return "1".rjust(schema.get("minLength", 1), "1")
            case {"type": "integer" | "number"}:
                return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
            case {"type": "boolean"}:
                return True
            case {"type": "array"}:
                return [example(schema["items"])] * schema.get("minItems", 0)
            case _:
                return {name: example(schema["properties"][name]) for name in schema.get("required", [])}

    return example
