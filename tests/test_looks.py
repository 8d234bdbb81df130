"""Whoever is shown people's data leaves an entry in the access log: no route of any service can forget it."""

from collections.abc import Iterator
from inspect import signature
from typing import Any, get_args
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import StreamingResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel

from common.app import create_app
from common.service import Service
from common.store.database import Database
from common.web.pages import Page
from contracts.looks import FileOf, names_people, shown_silently, shows
from contracts.parts import PARTS
from contracts.rights import Right
from contracts.roles import ROLES
from jejak_local.harness import app_of
from jejak_local.services import parts_of, services
from registry import texts

RIGHT = Right(("lan",), "all")


def app_of_service(service: Service) -> FastAPI:
    nowhere = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
    settings = service.settings.model_construct(database_url=nowhere, issuer="x", jwks_url="x")
    return create_app(service, service.parts(settings, Database(nowhere)))


APPS = {service.name: app_of_service(service) for service in services()}


@pytest.mark.parametrize("app", APPS.values(), ids=APPS)
def test_no_route_shows_people_silently(app: FastAPI) -> None:
    assert shown_silently(app) == []


class Somebody(BaseModel):
    person_id: UUID


class Case(BaseModel):
    about: Somebody | None


router = APIRouter(dependencies=[Depends(RIGHT)])


@router.get("/planted")
async def planted() -> Page[Case]:
    raise NotImplementedError


@router.get("/streamed")
async def streamed() -> StreamingResponse:
    raise NotImplementedError


@router.put("/written")
async def written() -> Somebody:
    raise NotImplementedError


@router.post("/made", status_code=201)
async def made() -> Somebody:
    raise NotImplementedError


@router.post("/uploaded")
async def uploaded() -> StreamingResponse:
    raise NotImplementedError


@router.get("/harmless")
async def harmless() -> dict[str, int]:
    raise NotImplementedError


def test_a_planted_route_is_found() -> None:
    assert shown_silently(app_of(parts_of(services()[0]), router)) == ["/planted", "/streamed", "/written"]


def test_a_route_cannot_say_that_it_shows_what_it_does_not() -> None:
    with pytest.raises(TypeError, match="harmless"):
        shows("identity")(harmless)
    with pytest.raises(TypeError, match="planted"):
        shows("secrets")(planted)


def models(kind: Any) -> Iterator[type[BaseModel]]:
    """The models by which an answer names people."""
    if not names_people(kind):
        return
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        inner = [field.annotation for field in kind.model_fields.values()]
    else:
        inner = get_args(kind)
    for each in inner:
        yield from models(each)


def test_each_part_tells_the_fields_that_it_shows_and_has_words() -> None:
    """A breach is told by these fields: a field that nobody names is one that nobody is told of."""
    shown: dict[str, set[str]] = {}
    for app in APPS.values():
        for context in iter_route_contexts(app.routes):
            endpoint: Any = getattr(context, "endpoint", None)
            if hasattr(endpoint, "part"):
                answer = signature(endpoint).return_annotation
                fields = {name for model in models(answer) for name in model.model_fields}
                fields |= {"everything"} if answer is FileOf else set()
                shown.setdefault(endpoint.part, set()).update(fields - {"items", "next", "not_visible"})
    assert {part: set(fields) for part, fields in PARTS.items()} == shown
    assert texts.PARTS.keys() == PARTS.keys()


def test_every_role_has_words() -> None:
    assert ROLES.keys() <= texts.ROLES.keys()
