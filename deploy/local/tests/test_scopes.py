"""The walk of own, other and nobody's things finds a route that forgets whose they are."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy import column, select, table, text

from common.clock import Clock
from common.parts import Parts
from common.refused import Refused
from common.store.database import Database
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.rights import Right
from contracts.service import Settings
from contracts.zone import JAKARTA
from jejak_local.harness import AGENCY, OTHER_AGENCY, app_of, settings_of
from jejak_local.scopes import Things, strays

MINE, THEIRS = (UUID(f"0199a000-0000-7000-8000-00000000f00{n}") for n in (1, 2))
THINGS = table("things", column("id"), column("agency_id"), column("name"))
Reader = Annotated[Caller[None], Depends(Right(("lan", "agency_hr", "researcher"), "things"))]
Writer = Annotated[Caller[None], Depends(Right(("agency_hr",), "things"))]


class Thing(BaseModel):
    name: str


def scoped() -> APIRouter:
    """A list and a thing, as they should be."""
    router = APIRouter(prefix="/v1")
    reader = Annotated[Caller[None], Depends(Right(("lan", "agency_hr"), "their things"))]

    @router.get("/things")
    async def things(caller: reader, session: Reading, agency_id: UUID | None = None) -> list[UUID]:
        found = select(THINGS.c.id).where(caller.sees(THINGS.c.agency_id))
        return list(await session.scalars(found if agency_id is None else found.where(THINGS.c.agency_id == agency_id)))

    @router.get("/things/{thing_id}")
    async def thing(thing_id: UUID, caller: reader, session: Reading) -> UUID:
        found = select(THINGS.c.id).where(THINGS.c.id == thing_id, caller.sees(THINGS.c.agency_id))
        if (seen := await session.scalar(found)) is None:
            raise Refused("not-found")
        return seen

    @router.put("/things/{thing_id}")
    async def rename(thing_id: UUID, thing: Thing, caller: Writer, session: Transaction) -> Thing:
        known = select(THINGS.c.id).where(THINGS.c.id == thing_id, caller.sees(THINGS.c.agency_id))
        if await session.scalar(known) is None:
            raise Refused("not-found")
        await session.execute(
            text("UPDATE things SET name = :name WHERE id = :id"), {"name": thing.name, "id": thing_id}
        )
        return thing

    return router


def unscoped() -> APIRouter:
    """The same, by somebody who thinks that a role is enough."""
    router = APIRouter(prefix="/v1")

    @router.get("/things")
    async def things(caller: Reader, session: Reading) -> list[UUID]:
        del caller
        return list(await session.scalars(select(THINGS.c.id)))

    @router.get("/things/{thing_id}")
    async def thing(thing_id: UUID, caller: Reader, session: Reading) -> UUID | None:
        del caller
        return await session.scalar(select(THINGS.c.id).where(THINGS.c.id == thing_id))

    @router.put("/things/{thing_id}")
    async def rename(thing_id: UUID, thing: Thing, caller: Writer, session: Transaction) -> Thing:
        del caller
        await session.execute(
            text("UPDATE things SET name = :name WHERE id = :id"), {"name": thing.name, "id": thing_id}
        )
        return thing

    @router.get("/others/{other_id}")
    async def other(other_id: UUID, caller: Reader) -> UUID:
        del caller
        return other_id

    @router.get("/hidden", include_in_schema=False)
    async def hidden(caller: Reader) -> None:
        del caller

    @router.get("/foreign/things", include_in_schema=False)
    async def foreign(caller: Reader) -> None:
        del caller

    return router


@pytest.fixture
async def walk(postgres, issuer, tmp_path: Path) -> Callable[[APIRouter], Awaitable[list[str]]]:
    made = Database((await postgres.create_service_database("kit", name="kit_scopes")).owner.url)
    async with made.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE things (id uuid, agency_id uuid, name text)"))
        for each, agency in ((MINE, AGENCY), (THEIRS, OTHER_AGENCY)):
            await connection.execute(text("INSERT INTO things VALUES (:id, :of, 'x')"), {"id": each, "of": agency})
    settings = Settings(**settings_of(made, issuer))

    async def walked(router: APIRouter) -> list[str]:
        app = app_of(Parts(settings, made, Clock(JAKARTA)), router)
        own, other = (
            Things({"agency": agency}, {"thing_id": thing, "agency_id": agency})
            for thing, agency in ((MINE, AGENCY), (THEIRS, OTHER_AGENCY))
        )
        return await strays(app, made, issuer, own, other, {"PUT /v1/things/{thing_id}": {"name": "y"}}, "/v1/foreign/")

    yield walked
    await made.close()
    await postgres.drop_database("kit_scopes")


async def test_a_service_that_asks_whose_things_they_are_has_no_strays(walk) -> None:
    assert await walk(scoped()) == []


async def test_a_route_and_a_role_without_scope_are_found(walk) -> None:
    found = await walk(unscoped())
    for role, shown in (("agency_hr", THEIRS), ("researcher", f"{MINE}, {THEIRS}")):
        assert f"GET /v1/things: {role}, all it may see: shown {shown}" in found
        assert f"GET /v1/things/{{thing_id}}: {role}, another's: answered 200" in found
        assert f"GET /v1/things/{{thing_id}}: {role}, as nobody's: answered 200" in found
    assert "PUT /v1/things/{thing_id}: agency_hr, another's: answered 200" in found
    assert "rows were changed" in found
    assert [each for each in found if "documented" in each] == ["GET /v1/hidden: is not documented"]
    assert "GET /v1/others/{other_id}: lan, its own: nobody tells of a other_id" in found
    assert not [each for each in found if "/things" in each and ": lan," in each], "the nation sees everything"
