"""A service: its parts, its web application, and the roles one process runs of it.

`python -m <service>` runs every role in one process; `python -m <service> worker` runs one.
Every process answers `/healthz` (alive) and `/readyz` (fit for work) on its port.
"""

import argparse
import asyncio
import gc
import inspect
import signal
import sys
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel
from sqlalchemy import make_url, text
from starlette.types import Scope

from common import telemetry
from common.clock import Clock
from common.events import Event, Reader
from common.messages.inbox import Inbox, Subscription
from common.messages.relay import Relay
from common.messages.waiting import watch_waiting
from common.settings import STOP_SECONDS, ServiceSettings
from common.store.database import Database
from common.texts import KIT
from common.web import openapi, problems
from common.web.auth import Authenticator, CallerRole, assert_guarded
from common.web.bodies import RefuseCompressed
from common.web.edge import OwnAssetsOnly, http_server
from common.web.problems import Catalogue
from common.web.rates import HEALTH, LimitByAddress, Rates

if TYPE_CHECKING:
    from common.messages.consumer import Consumer

CLOSE_SECONDS = 6
"""How long its connections may take to close after that."""
SINGLE_BODY_LIMIT = 1024 * 1024


class Role(Protocol):
    """Something a process does until it is told to stop."""

    @property
    def ready(self) -> bool: ...

    async def run(self) -> None: ...

    def stop(self) -> None: ...


Command = Callable[[argparse.Namespace, Database, Clock], Awaitable[int]]


@dataclass(frozen=True)
class Service:
    """What a service consists of; built in its `__main__` and nowhere else."""

    name: str
    title: str
    settings: ServiceSettings
    routers: Sequence[APIRouter]
    problems: Path
    callers: Mapping[str, CallerRole]
    published: Sequence[type[Event]] = ()
    subscriptions: Sequence[Subscription] = ()
    emits: bool = True
    state: Mapping[str, Any] = field(default_factory=dict[str, Any])
    further_roles: Mapping[str, Callable[[Database], Role]] = field(
        default_factory=dict[str, Callable[[Database], Role]]
    )
    commands: Mapping[str, tuple[Command, Callable[[argparse.ArgumentParser], None]]] = field(
        default_factory=dict[str, tuple[Command, Callable[[argparse.ArgumentParser], None]]]
    )

    @property
    def roles(self) -> list[str]:
        """The roles this service has."""
        return [
            "api",
            *(["worker"] if self.subscriptions else []),
            *(["relay"] if self.emits else []),
            *self.further_roles,
        ]


class Health(BaseModel):
    """Whether each part is fit for work."""

    ready: bool
    checks: dict[str, bool]


def create_app(
    service: Service,
    database: Database,
    *,
    clock: Clock | None = None,
    roles: Mapping[str, Role] | None = None,
    with_api: bool = True,
) -> FastAPI:
    """The web application of a service; without `with_api` it answers for its health only.

    Raises RuntimeError when a route names nobody who may call it, or leaves the event loop.
    """
    app = FastAPIOffline(
        title=service.title,
        version="1",
        telemetry={
            "operation_spans": False,
            "logs": False,
            "exclude": _asks_for_health,
        },
    )
    app.state.database = database
    app.state.clock = clock or Clock()
    app.state.settings = service.settings
    app.state.catalogue = Catalogue.load(service.problems)
    app.state.authenticator = Authenticator.of(service.settings, service.callers)
    app.state.rates = Rates(service.settings)
    app.state.roles = roles or {}
    app.state.package = service.name
    for name, value in service.state.items():
        setattr(app.state, name, value)
    problems.install(app, app.state.catalogue)
    app.add_middleware(OwnAssetsOnly)
    app.add_middleware(RefuseCompressed, catalogue=app.state.catalogue)
    app.add_middleware(LimitByAddress, rates=app.state.rates, catalogue=app.state.catalogue)
    app.include_router(health)
    if with_api:
        for router in service.routers:
            app.include_router(router, max_body_size=SINGLE_BODY_LIMIT)
    openapi.install(app)
    assert_guarded(app)
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
    checks = {name: role.ready for name, role in request.app.state.roles.items()}
    try:
        async with asyncio.timeout(3), request.app.state.database.engine.connect() as connection:
            checks["database"] = True
            version = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            checks["migrations"] = version == newest_revision(request.app.state.package)
    except Exception:  # noqa: BLE001 - whatever it is, the answer is "not ready"
        checks.setdefault("database", False)
        checks["migrations"] = False
    ready = all(checks.values())
    response.status_code = 200 if ready else 503
    return Health(ready=ready, checks=checks)


@cache
def newest_revision(package: str) -> str:
    """The newest migration the code knows: the number its file's name begins with."""
    versions = resources.files(package) / "migrations" / "versions"
    return max(file.name.partition("_")[0] for file in versions.iterdir() if file.name.endswith(".py"))


def main(service: Service) -> None:
    """The command line of a service. Exits with the command's status."""
    parser = argparse.ArgumentParser(prog=f"python -m {service.name}", description=service.title)
    commands = parser.add_subparsers(dest="command", title="commands")
    for role in service.roles:
        commands.add_parser(role, help=f"run the role {role} only")
    commands.add_parser("migrate", help="bring the database to the newest schema")
    for name, (_, arguments) in service.commands.items():
        arguments(commands.add_parser(name))
    options = parser.parse_args()
    if options.command == "migrate":
        # Alembic is a tenth of a process's memory and start, and only this command needs it.
        from common.store import migrations

        settings = service.settings
        if not settings.owner_database_url:
            variable = f"{service.name.upper()}_OWNER_DATABASE_URL"
            parser.error(KIT.tell("migrate.no-owner", variable=variable))
        migrations.upgrade(service.name, settings.owner_database_url, make_url(settings.database_url).username or "")
        return
    stop_telemetry = telemetry.set_up(
        service.name, otlp_endpoint=service.settings.otlp_endpoint, trace_ratio=service.settings.trace_ratio
    )
    try:
        with asyncio.Runner(loop_factory=uvicorn.Config(app="", log_config=None).get_loop_factory()) as runner:
            if options.command in service.commands:
                sys.exit(runner.run(_command(service, options)))
            runner.run(serve(service, [options.command] if options.command else service.roles))
    finally:
        stop_telemetry()


async def _command(service: Service, options: argparse.Namespace) -> int:
    database = Database(service.settings.database_url)
    try:
        return await service.commands[options.command][0](options, database, Clock())
    finally:
        await database.close()


async def serve(service: Service, roles: Sequence[str]) -> None:
    """Runs roles of a service until SIGTERM or SIGINT, then stops them cleanly within STOP_SECONDS and CLOSE_SECONDS.

    A role that fails takes the process down: its supervisor starts a new one.
    """
    settings = service.settings
    database = Database(settings.database_url)
    running: dict[str, Role] = {}
    background: list[asyncio.Task[None]] = []
    if "worker" in roles:
        from common.messages.consumer import watch_lag

        readers = consumers(service, database)
        running |= {f"consumer {reader.inbox.subscription.name}": reader for reader in readers}
        watch_lag(readers)
        background.append(asyncio.create_task(watch_waiting(database)()))
    if "relay" in roles:
        running["relay"] = Relay(database, settings.kafka)
    running |= {name: make(database) for name, make in service.further_roles.items() if name in roles}

    app = create_app(service, database, roles=running, with_api="api" in roles)
    # What start-up has built lives as long as the process: the collector need not walk it at every round.
    gc.collect()
    gc.freeze()
    server = http_server(app, settings, stop_seconds=STOP_SECONDS)
    # One place decides what a signal means; uvicorn's own handlers would stop the server alone.
    server.capture_signals = _no_signals  # type: ignore[method-assign]
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    tasks = [asyncio.create_task(server.serve()), *(asyncio.create_task(role.run()) for role in running.values())]
    waiter = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([waiter, *tasks], return_when=asyncio.FIRST_COMPLETED)
        failed = next((task for task in tasks if task.done() and task.exception()), None)
        server.should_exit = True
        for role in running.values():
            role.stop()
        await asyncio.wait(tasks, timeout=STOP_SECONDS + CLOSE_SECONDS)
        if failed is not None:
            await failed
    finally:
        for task in [waiter, *background, *tasks]:
            task.cancel()
        await asyncio.gather(waiter, *background, *tasks, return_exceptions=True)
        await database.close()


def consumers(service: Service, database: Database) -> "list[Consumer]":
    """The consumers of a worker, one for each subscription of the service."""
    # FastStream is memory and start-up time that only a worker needs.
    from common.messages.consumer import Consumer

    return [
        Consumer(
            Inbox(database, subscription, Reader(subscription.wanted, service.published)),
            service.settings.kafka,
            service.settings.instance,
        )
        for subscription in service.subscriptions
    ]


@contextmanager
def _no_signals() -> Generator[None]:
    yield
