"""The document resources of xAPI: activities/state, activities/profile and agents/profile."""

from dataclasses import dataclass
from email.utils import format_datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request

from common.refused import Refused
from common.web.parts import Reading, Transaction
from connectors import rights
from connectors.documents import commands, queries
from connectors.domain.documents import Conditions, Place
from connectors.domain.editions import Edition
from connectors.domain.naming import identity
from connectors.xapi import parameters as given
from connectors.xapi.parameters import Parameters
from connectors.xapi.routes import OF_EDITION, AskedEdition, XapiRoute, check_parameters, read_body, told, under_each
from contracts.callers import Caller
from contracts.looks import PlatformsOwn

Platform = Annotated[Caller[None], Depends(rights.RECORD)]

ASKED = [Depends(rights.RECORD), *OF_EDITION]


@dataclass(frozen=True)
class Resource:
    """A kind of documents: its address, the parameters that say what they belong to, and the one that names a document."""

    path: str
    of: tuple[str, ...]
    name: str
    several_go: bool = False
    """Whether all of a place may be deleted at once."""

    def place(self, asked: Parameters) -> Place:
        """What a request's documents belong to. Raises Refused."""
        agent = identity(given.agent_of(asked, "agent")) if "agent" in self.of else ""
        if agent is None:
            raise Refused("xapi-identifiers", "agent")
        if "activityId" in self.of:
            given.needed(asked, "activityId")
        activity = given.read(asked, "activityId", given.iri) or ""
        return Place(self.path, activity, agent, given.read(asked, "registration", given.uuid))

    def parameters(self, *further: str) -> tuple[str, ...]:
        """The parameters that a request may have."""
        return (*self.of, self.name, *(("registration",) if self.several_go else ()), *further)


RESOURCES = (
    Resource("/activities/state", ("activityId", "agent"), "stateId", several_go=True),
    Resource("/activities/profile", ("activityId",), "profileId"),
    Resource("/agents/profile", ("agent",), "profileId"),
)


def routes_of(resource: Resource) -> tuple[APIRouter, APIRouter]:
    """The routes that read a kind of documents, and those that take one of any length."""
    reading, writing = APIRouter(route_class=XapiRoute), APIRouter(route_class=XapiRoute)

    @reading.api_route(resource.path, methods=["GET", "HEAD"], dependencies=ASKED)
    async def get_documents(request: Request, session: Reading, caller: Platform) -> PlatformsOwn:
        asked = check_parameters(request, *resource.parameters("since"))
        place, connection_id = resource.place(asked), _connection(caller)
        if resource.name not in asked:
            since = given.read(asked, "since", given.moment)
            found = await queries.names(session, connection_id, place, since)
            modified = {"last_modified": format_datetime(found[-1][1], usegmt=True)} if found else {}
            return told(msgspec.json.encode([name for name, _ in found]), **modified)
        document = await queries.document(session, connection_id, place, asked[resource.name])
        if document is None:
            raise Refused("not-found")
        headers = {"etag": f'"{document.etag}"', "last-modified": format_datetime(document.updated, usegmt=True)}
        return PlatformsOwn(document.content, headers={**headers, "content-type": document.content_type})

    @writing.put(resource.path, status_code=204)
    async def put_document(
        request: Request, session: Transaction, caller: Platform, edition: AskedEdition
    ) -> PlatformsOwn:
        place, name = _one(resource, request)
        check = partial(_check_put, resource, edition, _conditions(request))
        await commands.put(session, _connection(caller), place, name, await _body(request), check, caller.now)
        return PlatformsOwn(status_code=204)

    @writing.post(resource.path, status_code=204, dependencies=ASKED)
    async def post_document(request: Request, session: Transaction, caller: Platform) -> PlatformsOwn:
        place, name = _one(resource, request)
        check = _conditions(request).check
        await commands.post(session, _connection(caller), place, name, await _body(request), check, caller.now)
        return PlatformsOwn(status_code=204)

    @writing.delete(resource.path, status_code=204, dependencies=ASKED)
    async def delete_document(request: Request, session: Transaction, caller: Platform) -> PlatformsOwn:
        asked = check_parameters(request, *resource.parameters())
        place = resource.place(asked)
        if resource.name in asked:
            await commands.drop(session, _connection(caller), place, asked[resource.name], _conditions(request))
        elif resource.several_go:
            await commands.drop_all(session, _connection(caller), place)
        else:
            raise Refused("field-missing", resource.name)
        return PlatformsOwn(status_code=204)

    return reading, writing


def _one(resource: Resource, request: Request) -> tuple[Place, str]:
    asked = check_parameters(request, *resource.parameters())
    return resource.place(asked), given.needed(asked, resource.name)


def _connection(caller: Caller[None]) -> UUID:
    return caller.speaks_for("connection")


def _conditions(request: Request) -> Conditions:
    return Conditions(request.headers.get("if-match"), request.headers.get("if-none-match"))


def _check_put(resource: Resource, edition: Edition, conditions: Conditions, etag: str | None) -> None:
    """A state may be written over unseen in 1.0.3, and made unseen in 2.0 too; nothing else may."""
    is_state = resource.several_go
    if not is_state or (etag is not None and not edition.is_first):
        conditions.check_said(etag)
    conditions.check(etag)


async def _body(request: Request) -> commands.Body:
    content_type = request.headers.get("content-type", "application/octet-stream")
    return commands.Body(await read_body(request), content_type)


def _all() -> tuple[APIRouter, APIRouter]:
    reading, writing = APIRouter(), APIRouter()
    for resource in RESOURCES:
        for whole, part in zip((reading, writing), routes_of(resource), strict=True):
            whole.include_router(part)
    return under_each(reading), under_each(writing)


router, uploads = _all()
