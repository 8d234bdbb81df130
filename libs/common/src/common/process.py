"""What one process runs of a service.

`python -m <service>` runs every role in one process; `python -m <service> worker` runs one.
Every process answers `/healthz` (alive) and `/readyz` (fit for work) on its port.
"""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

import uvicorn
from sqlalchemy import make_url

from common import invariants, telemetry
from common.app import create_app
from common.due import DueWork
from common.enacting import Enacting, begin_with
from common.events import Reader
from common.messages.inbox import Inbox
from common.messages.relay import Relay
from common.messages.waiting import watch_waiting
from common.parts import Parts, Role
from common.runner import Runner
from common.service import Command, Service
from common.settings import STOP_SECONDS, ServiceSettings
from common.store import jobs
from common.store.database import Database
from common.texts import KIT
from common.web.edge import http_server

if TYPE_CHECKING:
    from common.messages.consumer import Consumer

CLOSE_SECONDS = 6
"""How long its connections may take to close after that."""


def main(service: Service) -> None:
    """The command line of a service, with the settings of the environment. Exits with the command's status."""
    commands = commands_of(service)
    options = _parser(service, commands).parse_args()
    settings = service.settings.read(service.prefix)
    if options.command == "migrate":
        _migrate(service, settings)
        return
    stop_telemetry = telemetry.set_up(
        service.name, otlp_endpoint=settings.otlp_endpoint, trace_ratio=settings.trace_ratio
    )
    try:
        with asyncio.Runner(loop_factory=uvicorn.Config(app="", log_config=None).get_loop_factory()) as runner:
            if options.command in commands:
                sys.exit(runner.run(_run(service, settings, commands[options.command], options)))
            runner.run(serve(service, settings, [options.command] if options.command else service.roles))
    finally:
        stop_telemetry()


def _parser(service: Service, commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {service.name}", description=service.title)
    choices = parser.add_subparsers(dest="command", title="commands")
    for role in service.roles:
        choices.add_parser(role, help=f"run the role {role} only")
    choices.add_parser("migrate", help="bring the database to the newest schema")
    for name, command in commands.items():
        command.arguments(choices.add_parser(name, description=command.description))
    return parser


def commands_of(service: Service) -> dict[str, Command]:
    """The commands of a service: its own, `check`, and where it has jobs `resume-job`."""

    async def check(_: argparse.Namespace, parts: Parts) -> int:
        held_to = service.invariants
        broken = await invariants.find_broken(parts, held_to)
        sys.stdout.write(invariants.table(held_to, broken))
        return 1 if broken else 0

    async def resume_job(options: argparse.Namespace, parts: Parts) -> int:
        async with parts.database.transaction() as session:
            await jobs.resume(session, options.job_id, None)
        return 0

    def add_job(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("job_id", type=UUID)

    resuming = Command(
        resume_job, description="Begin a job that failed again, with the step that failed it.", arguments=add_job
    )
    return {
        **service.commands,
        **({"resume-job": resuming} if service.jobs else {}),
        "check": Command(
            check, description="Check what must always be true of the service's data; exits with 1 when it is not."
        ),
    }


def _migrate(service: Service, settings: ServiceSettings) -> None:
    # Alembic is a tenth of a process's memory and start, and only this command needs it.
    from common.store import migrations

    if not settings.owner_database_url:
        variable = f"{service.prefix}OWNER_DATABASE_URL"
        raise SystemExit(KIT.tell("migrate.no-owner", variable=variable))
    try:
        migrations.upgrade(service, settings.owner_database_url, make_url(settings.database_url).username or "")
    except migrations.OtherHistory as others:
        raise SystemExit(KIT.tell("migrate.other-history", migrations=others)) from None


async def _run(service: Service, settings: ServiceSettings, command: Command, options: argparse.Namespace) -> int:
    database = Database(settings.database_url)
    try:
        parts = service.parts(settings, database)
        if service.enacts:
            await begin_with(parts, service.enacts)
        return await command.run(options, parts)
    finally:
        await database.close()


async def serve(service: Service, settings: ServiceSettings, roles: Sequence[str]) -> None:
    """Runs roles of a service until SIGTERM or SIGINT, then stops them cleanly within STOP_SECONDS and CLOSE_SECONDS.

    A role that fails takes the process down: its supervisor starts a new one.
    """
    database = Database(settings.database_url)
    parts = service.parts(settings, database)
    running: dict[str, Role] = {}
    background: list[asyncio.Task[None]] = []
    if "worker" in roles:
        from common.messages.consumer import watch_lag
        from common.messages.operations import attend

        readers = consumers(service, parts)
        running |= {f"consumer {reader.inbox.subscription.name}": reader for reader in readers}
        watch_lag(readers)
        background.append(asyncio.create_task(watch_waiting(database)()))
        background.append(asyncio.create_task(attend(database, readers, settings.kafka)))
    if "relay" in roles:
        running["relay"] = Relay(database, settings.kafka)
    if "jobs" in roles:
        running["jobs"] = Runner(parts, service.jobs)
    if "due" in roles:
        running["due"] = DueWork(parts, service.due)
    if service.enacts:
        await begin_with(parts, service.enacts)
        running["law"] = Enacting(parts, service.enacts)
    running |= {name: make(parts) for name, make in service.further_roles.items() if name in roles}

    app = create_app(service, parts, roles=running, with_api="api" in roles)
    # What start-up has built lives as long as the process: the collector need not walk it at every round.
    gc.collect()
    gc.freeze()
    server = http_server(app, settings, app.state.parts.catalogue, stop_seconds=STOP_SECONDS)
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


def consumers(service: Service, parts: Parts) -> "list[Consumer]":
    """The consumers of a worker, one for each subscription of the service."""
    # FastStream is memory and start-up time that only a worker needs.
    from common.messages.consumer import Consumer

    return [
        Consumer(
            Inbox(parts.database, subscription, Reader(subscription.wanted, service.published)),
            parts.settings.kafka,
            parts.settings.instance,
        )
        for subscription in service.subscriptions(parts)
    ]


@contextmanager
def _no_signals() -> Generator[None]:
    yield
