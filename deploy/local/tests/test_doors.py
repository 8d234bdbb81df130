"""The walk with roles that lack their claims finds a service that forgets one."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import column, select, table, text

from common.clock import Clock
from common.parts import Parts
from common.store.database import Database
from common.web.parts import Reading, Transaction
from common.web.principals import CallerRole, Callers
from contracts.callers import Caller
from contracts.rights import Right
from contracts.roles import IDS, NAMES, ROLES
from contracts.service import Settings
from contracts.zone import JAKARTA
from jejak_local.doors import SOMETHING, open_doors
from jejak_local.harness import app_of, settings_of

router = APIRouter(prefix="/v1")
Offerer = Annotated[Caller[None], Depends(Right(("lan", "provider"), "things"))]
Clerk = Annotated[Caller[None], Depends(Right(("agency_hr", "person"), "things"))]
THINGS = table("things", column("id"), column("provider_id"), column("agency_id"))


class Thing(BaseModel):
    name: str
    for_whom: UUID


@router.get("/things")
async def things(caller: Offerer, session: Reading) -> list[UUID]:
    query = select(THINGS.c.id)
    if not caller.unbound:
        query = query.where(THINGS.c.provider_id == caller.provider)
    return list(await session.scalars(query))


@router.get("/things/{thing_id}")
async def thing(thing_id: UUID, caller: Offerer, session: Reading) -> UUID | None:
    return await session.scalar(select(THINGS.c.id).where(THINGS.c.id == thing_id))


@router.get("/agency-things")
async def agency_things(caller: Clerk, session: Reading) -> list[UUID]:
    return list(await session.scalars(select(THINGS.c.id).where(caller.sees(THINGS.c.agency_id))))


@router.post("/things", status_code=201)
async def add(thing: Thing, caller: Offerer, session: Transaction) -> Thing:
    await session.execute(text("INSERT INTO things (provider_id) VALUES (:provider)"), {"provider": caller.provider})
    return thing


Make = Callable[[Mapping[str, CallerRole]], FastAPI]


@pytest.fixture
async def database(blank: Database) -> Database:
    async with blank.engine.begin() as connection:
        await connection.execute(
            text("CREATE TABLE things (id uuid DEFAULT gen_random_uuid(), provider_id uuid, agency_id uuid)")
        )
        await connection.execute(text("INSERT INTO things VALUES (:id, NULL, NULL)"), {"id": SOMETHING})
    return blank


@pytest.fixture
def make(database: Database, issuer, tmp_path: Path) -> Make:
    settings = Settings(**settings_of(database, issuer))

    def made(roles: Mapping[str, CallerRole]) -> FastAPI:
        return app_of(Parts(settings, database, Clock(JAKARTA)), router, callers=Callers(roles, IDS, NAMES))

    return made


async def test_a_service_that_knows_its_claims_has_no_open_door(make: Make, database: Database, issuer) -> None:
    assert await open_doors(make(ROLES), database, issuer) == []


async def test_a_service_that_forgets_a_claim_is_found(make: Make, database: Database, issuer) -> None:
    found = await open_doors(make(ROLES | {"provider": CallerRole("provider")}), database, issuer)
    for how in ("not said", "said to be nothing", "said to be empty"):
        assert f"GET /v1/things: provider, provider {how}: 200, not 403" in found
        assert f"GET /v1/things/{{thing_id}}: provider, provider {how}: 200, not 403" in found
        assert f"POST /v1/things: provider beside analis, provider {how}: 201, not 403" in found
    assert "rows were changed" in found


async def test_a_service_that_takes_a_role_for_national_is_found(make: Make, database: Database, issuer) -> None:
    """Beside another role it would widen what that one reads."""
    found = await open_doors(make(ROLES | {"person": CallerRole("person", unbound=True)}), database, issuer)
    assert "GET /v1/agency-things: person, person not said, widens agency_hr" in found
