"""The resources of xAPI that keep nothing: which versions there are, and whom an agent stands for."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from common.web.auth import everybody
from common.web.parts import Reading
from connectors import rights
from connectors.domain.editions import EDITIONS
from connectors.domain.naming import identity, key
from connectors.domain.telling import person_of
from connectors.mapping.queries import people_found
from connectors.xapi.parameters import agent_of
from connectors.xapi.routes import OF_EDITION, XapiRoute, check_parameters, told, under_each
from contracts.callers import Caller
from contracts.looks import PlatformsOwn, looked

Platform = Annotated[Caller[None], Depends(rights.RECORD)]

routes = APIRouter(route_class=XapiRoute)

ASKED = [Depends(rights.RECORD), *OF_EDITION]


@routes.api_route("/about", methods=["GET", "HEAD"], dependencies=[Depends(everybody)])
async def get_about() -> PlatformsOwn:
    return told(msgspec.json.encode({"version": [edition.version for edition in EDITIONS.values()]}))


@routes.api_route("/agents", methods=["GET", "HEAD"], dependencies=ASKED)
async def get_agents(request: Request, session: Reading, caller: Platform) -> PlatformsOwn:
    agent = agent_of(check_parameters(request, "agent"), "agent")
    if named := identity(agent):
        people = await people_found(session, caller.speaks_for("connection"), key("A", named))
        looked(session, caller, "identity", people, None, "connectors")
    return told(msgspec.json.encode(person_of(agent)))


router = under_each(routes)
