"""The resources statements and activities of xAPI."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request

from common.refused import Refused
from common.web.joining import Joiner
from common.web.parts import Reading, parts_of
from connectors import rights
from connectors.domain import attaching, naming, statements
from connectors.domain.editions import Edition
from connectors.domain.sending import prepare
from connectors.domain.telling import Format, languages_of
from connectors.domain.values import one_of
from connectors.mapping.queries import people_in
from connectors.statements import commands, queries
from connectors.statements.queries import Asked, Told
from connectors.xapi import parameters as given
from connectors.xapi.parameters import Parameters
from connectors.xapi.routes import (
    JSON,
    OF_EDITION,
    THROUGH,
    AskedEdition,
    XapiRoute,
    check_parameters,
    moment_text,
    read_body,
    read_json,
    told,
    under_each,
)
from contracts.callers import Caller
from contracts.looks import PlatformsOwn, looked

routes = APIRouter(route_class=XapiRoute)
sending = APIRouter(route_class=XapiRoute)

Platform = Annotated[Caller[None], Depends(rights.RECORD)]
ASKED = [Depends(rights.RECORD), *OF_EDITION]
MIXED = "multipart/mixed"
MOST = 500
"""Statements of a page."""
USUAL = 100
BY_ID = ("statementId", "voidedStatementId")
SHOWN = ("format", "attachments")
FILTERS = (
    "agent", "verb", "activity", "registration", "related_activities", "related_agents",
    "since", "until", "limit", "ascending", "after",
)  # fmt: skip

stores = Joiner("store statements", commands.store)
"""Joins what one connection sends at the same time."""


@sending.post("/statements")
async def post_statements(request: Request, caller: Platform, edition: AskedEdition) -> PlatformsOwn:
    check_parameters(request)
    values, attached = await _read(request)
    kept = await _store(request, statements.check_several(values, edition), attached, caller, edition)
    return told(msgspec.json.encode([str(each) for each in kept.ids]), **_through(kept.stored))


@sending.put("/statements", status_code=204)
async def put_statement(request: Request, caller: Platform, edition: AskedEdition) -> PlatformsOwn:
    asked = check_parameters(request, "statementId")
    given.needed(asked, "statementId")
    named = given.read(asked, "statementId", given.uuid)
    value, attached = await _read(request)
    statement = statements.check(value, edition)
    if UUID(statement.setdefault("id", str(named))) != named:
        raise Refused("xapi-other-id", "id")
    kept = await _store(request, [statement], attached, caller, edition)
    return PlatformsOwn(status_code=204, headers=_through(kept.stored))


@routes.api_route("/statements", methods=["GET", "HEAD"], dependencies=ASKED)
async def get_statements(request: Request, session: Reading, caller: Platform) -> PlatformsOwn:
    connection_id: UUID = caller.speaks_for("connection")
    request.state.through = moment_text(await queries.through(session, connection_id, caller.now))
    asked = check_parameters(request, *BY_ID, *SHOWN, *FILTERS)
    wanted: Format = given.read(asked, "format", _format) or "exact"
    with_attached = given.read(asked, "attachments", given.boolean) or False
    languages = languages_of(request.headers.get("accept-language"))
    named = asked.keys() & {*BY_ID}
    if named:
        shown, goes_on = [await _one(session, connection_id, asked, named)], False
    else:
        limit = min(given.read(asked, "limit", given.whole) or USUAL, MOST)
        shown, goes_on = await queries.page(session, _asked(asked, connection_id, limit))
    types: Mapping[str, str] = {}
    if with_attached:
        fit, types = await queries.fitting(session, connection_id, shown)
        shown, goes_on = fit, goes_on or len(fit) < len(shown)
    each = await queries.in_format(session, connection_id, shown, wanted, languages)
    if named:
        [content] = each
    else:
        last = f"{shown[-1].stored.isoformat()}_{shown[-1].position}" if goes_on else ""
        more = f"{request.url.path}?{urlencode({**asked, 'after': last})}" if goes_on else ""
        content = f'{{"statements":[{",".join(each)}],"more":{msgspec.json.encode(more).decode()}}}'
    people = await people_in(session, connection_id, [each.id for each in shown])
    looked(session, caller, "trainings", people, None, "connectors")
    headers = _modified(shown)
    if not with_attached:
        return told(content.encode(), **headers)
    body, boundary = await _mixed(session, connection_id, content, types)
    return PlatformsOwn(body, media_type=f'{MIXED}; boundary="{boundary}"', headers=headers)


@routes.api_route("/activities", methods=["GET", "HEAD"], dependencies=ASKED)
async def get_activity(request: Request, session: Reading, caller: Platform) -> PlatformsOwn:
    asked = check_parameters(request, "activityId")
    given.needed(asked, "activityId")
    activity_id = given.read(asked, "activityId", given.iri) or ""
    found = await queries.definitions(session, caller.speaks_for("connection"), [activity_id])
    definition = {"definition": found[activity_id]} if activity_id in found else {}
    return told(msgspec.json.encode({"objectType": "Activity", "id": activity_id, **definition}))


router = under_each(routes)
uploads = under_each(sending)


async def _read(request: Request) -> tuple[Any, Mapping[str, bytes]]:
    """What a request says, and what is attached. Raises Refused."""
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    body = await read_body(request)
    if kind == MIXED:
        body, attached = attaching.split(attaching.parts_of(body, content_type))
        return read_json(body), attached
    if kind != JSON:
        raise Refused("media-type-unsupported", field="Content-Type", accept=JSON)
    return read_json(body), {}


async def _store(
    request: Request,
    checked: Sequence[statements.Statement],
    attached: Mapping[str, bytes],
    caller: Caller[None],
    edition: Edition,
) -> commands.Kept:
    attaching.check_attached(checked, attached)
    connection_id: UUID = caller.speaks_for("connection")
    prepared = [prepare(each, connection_id, edition) for each in checked]
    sent = commands.Sent(connection_id, caller.clock, prepared, attached)
    return await stores.join(parts_of(request).database, connection_id, sent)


async def _one(session: Reading, connection_id: UUID, asked: Parameters, named: set[str]) -> Told:
    """Raises Refused: `not-found`; `field-unknown` for a parameter that has no place beside an id."""
    if others := sorted(asked.keys() - {min(named), *SHOWN}):
        raise Refused("field-unknown", others[0])
    [name] = named
    statement_id = given.read(asked, name, given.uuid)
    assert statement_id is not None, "it is there"  # noqa: S101 - tells the type checker
    found = await queries.one(session, connection_id, statement_id, voided=name == "voidedStatementId")
    if found is None:
        raise Refused("not-found")
    return found


def _asked(asked: Parameters, connection_id: UUID, limit: int) -> Asked:
    keys: list[int] = []
    singles: dict[str, int] = {}
    if "agent" in asked:
        kind = "A" if given.read(asked, "related_agents", given.boolean) else "a"
        identity = naming.identity(given.agent_of(asked, "agent"))
        if identity is None:
            raise Refused("xapi-identifiers", "agent")
        keys.append(naming.key(kind, identity))
    if (activity := given.read(asked, "activity", given.iri)) is not None:
        if given.read(asked, "related_activities", given.boolean):
            keys.append(naming.key("O", activity))
        else:
            singles["activity"] = naming.key("o", activity)
    if (verb := given.read(asked, "verb", given.iri)) is not None:
        singles["verb"] = naming.key("v", verb)
    if (registration := given.read(asked, "registration", given.uuid)) is not None:
        singles["registration"] = naming.key("r", str(registration))
    for name in ("related_agents", "related_activities"):
        given.read(asked, name, given.boolean)
    return Asked(
        connection_id=connection_id,
        keys=keys,
        singles=singles,
        since=given.read(asked, "since", given.moment),
        until=given.read(asked, "until", given.moment),
        after=given.read(asked, "after", _seen),
        ascending=given.read(asked, "ascending", given.boolean) or False,
        limit=limit,
    )


def _seen(text: str) -> tuple[datetime, int]:
    stored, _, position = text.partition("_")
    return given.moment(stored), given.whole(position)


def _format(text: str) -> Format:
    one_of("exact", "ids", "canonical")(text)
    return text  # pyright: ignore[reportReturnType] - it is one of them


def _through(moment: datetime) -> dict[str, str]:
    return {THROUGH: moment_text(moment)}


def _modified(shown: Sequence[Told]) -> dict[str, str]:
    newest = max((each.stored for each in shown), default=None)
    return {"last-modified": format_datetime(newest, usegmt=True)} if newest else {}


async def _mixed(session: Reading, connection_id: UUID, content: str, types: Mapping[str, str]) -> tuple[bytes, str]:
    """The statements, and after them what is attached to them, each once, with its type."""
    contents = await queries.contents(session, connection_id, types)
    boundary = secrets.token_hex(16)
    parts = [f"Content-Type: {JSON}\r\n\r\n".encode() + content.encode()]
    parts += [
        f"Content-Type: {types[sha2]}\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sha2}\r\n\r\n".encode()
        + part
        for sha2, part in contents.items()
    ]
    line = f"--{boundary}".encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n", boundary
