"""The resources of xAPI that keep nothing: which versions there are, and whom an agent stands for."""

import msgspec
from fastapi import APIRouter, Depends, Request

from common.web.auth import everybody
from connectors import rights
from connectors.domain.editions import EDITIONS
from connectors.domain.telling import person_of
from connectors.xapi.parameters import agent_of
from connectors.xapi.routes import OF_EDITION, XapiRoute, check_parameters, told, under_each
from contracts.looks import PlatformsOwn

routes = APIRouter(route_class=XapiRoute)

ASKED = [Depends(rights.RECORD), *OF_EDITION]


@routes.api_route("/about", methods=["GET", "HEAD"], dependencies=[Depends(everybody)])
async def get_about() -> PlatformsOwn:
    return told(msgspec.json.encode({"version": [edition.version for edition in EDITIONS.values()]}))


@routes.api_route("/agents", methods=["GET", "HEAD"], dependencies=ASKED)
async def get_agents(request: Request) -> PlatformsOwn:
    return told(msgspec.json.encode(person_of(agent_of(check_parameters(request, "agent"), "agent"))))


router = under_each(routes)
