"""The web application of a service: its routes, its limits, and what it answers about its health."""

import asyncio
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel
from sqlalchemy import text
from starlette.types import Scope

from common.parts import Parts, Role
from common.service import Service
from common.web import openapi, problems
from common.web.auth import assert_guarded
from common.web.bodies import RefuseCompressed
from common.web.edge import OwnAssetsOnly
from common.web.parts import WebParts, parts_of
from common.web.problems import Catalogue
from common.web.rates import HEALTH, LimitByAddress, Rates
from common.web.routing import Headed
from common.web.tokens import Authenticator

SINGLE_BODY_LIMIT = 1024 * 1024


class Health(BaseModel):
    """Whether each part is fit for work."""

    ready: bool
    checks: dict[str, bool]


def create_app(
    service: Service, parts: Parts, *, roles: Mapping[str, Role] | None = None, with_api: bool = True
) -> FastAPI:
    """The web application of a service; without `with_api` it answers for its health only.

    `roles` are those that run beside it in this process. Raises RuntimeError when a route names nobody who may call it,
    or leaves the event loop.
    """
    web = WebParts(
        **vars(parts),
        catalogue=Catalogue.load(service.folder),
        authenticator=Authenticator.of(parts.settings, service.callers),
        rates=Rates(parts.settings),
        roles=roles or {},
        expands=service.expands,
        withheld=service.withheld,
        revision=service.newest_revision,
    )
    app = FastAPIOffline(
        title=service.title,
        version="1",
        telemetry={
            "operation_spans": False,
            "logs": False,
            "exclude": _asks_for_health,
        },
    )
    app.state.parts = web
    problems.install(app, web.catalogue)
    app.add_middleware(OwnAssetsOnly)
    app.add_middleware(RefuseCompressed, catalogue=web.catalogue)
    app.add_middleware(LimitByAddress, rates=web.rates, catalogue=web.catalogue)
    app.include_router(health)
    if with_api:
        for router in service.routers:
            app.include_router(Headed(router), max_body_size=SINGLE_BODY_LIMIT)
        for router in service.uploads:
            app.include_router(Headed(router), max_body_size=parts.settings.batch_body_limit)
        service.outfit(app)
    openapi.install(app)
    assert_guarded(app, service.callers.roles)
    _assert_async(app)
    return app


def _asks_for_health(scope: Scope) -> bool:
    return scope.get("path") in HEALTH


def _assert_async(app: FastAPI) -> None:
    """FastAPI runs a plain function in a thread, where it waits for the interpreter, up to 5 ms a time under load."""
    dependants = [getattr(context, "dependant", None) for context in iter_route_contexts(app.routes)]
    plain = {call.__qualname__ for dependant in dependants if dependant for call in _calls(dependant) if _plain(call)}
    if plain:
        raise RuntimeError(f"routes and dependencies that are not async: {', '.join(sorted(plain))}")


def _calls(dependant: Any) -> Iterator[Callable[..., Any]]:
    yield dependant.call
    for child in dependant.dependencies:
        yield from _calls(child)


def _plain(call: Callable[..., Any]) -> bool:
    function = call if inspect.isfunction(call) else type(call).__call__
    return not (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function))


health = APIRouter(tags=["health"])


@health.get("/healthz", summary="Whether the process lives")
async def healthz() -> dict[str, str]:
    return {"status": "alive"}


@health.get("/readyz", summary="Whether the process is fit for work", responses={503: {"model": Health}})
async def readyz(request: Request, response: Response) -> Health:
    parts = parts_of(request)
    checks = {name: role.ready for name, role in parts.roles.items()}
    try:
        async with asyncio.timeout(3), parts.database.engine.connect() as connection:
            checks["database"] = True
            version = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            checks["migrations"] = version == parts.revision
    except Exception:  # noqa: BLE001 - whatever it is, the answer is "not ready"
        checks.setdefault("database", False)
        checks["migrations"] = False
    ready = all(checks.values())
    response.status_code = 200 if ready else 503
    return Health(ready=ready, checks=checks)
