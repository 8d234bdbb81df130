"""A pytest plugin: the real servers, each started when a test first asks for it.

`postgres` and `kafka` last for the whole run (one per xdist worker): a test makes its own database in the one and its
own topics or keys in the other. `service_database` makes the one that the tests of a service share. `mail_server` and its mails are the test's own. `issuer` signs tokens for all.
`page` is a page in a real browser. `keeps_its_word` holds a service against its OpenAPI document.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from fastapi import FastAPI
from playwright.async_api import Browser, Page, Route
from rich.console import Console

from common.store import migrations
from jejak_local.browser import chromium
from jejak_local.fuzz import EXAMPLES, SEED, Fuzzed, fuzz, table
from jejak_local.harness import OwnedDatabase
from jejak_local.issuer import Issuer
from jejak_local.kafka import KafkaServer, create_topics
from jejak_local.mail import MailServer
from jejak_local.postgres import PostgresServer, temporary_folder
from jejak_local.processes import Register, Spawner, free_port
from jejak_local.serve import serving
from jejak_local.services import service_of

os.environ.setdefault("JEJAK_PROFILE", "local")

FUZZED = pytest.StashKey[list[Fuzzed]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, default=EXAMPLES, help="random calls of each operation; more end in a table")
    parser.addoption("--fuzz-seed", type=int, default=SEED, help="another seed makes other calls")


def pytest_terminal_summary(config: pytest.Config) -> None:
    if config.option.fuzz > EXAMPLES:
        Console().print(table(config.stash.get(FUZZED, [])))


@pytest.fixture
def keeps_its_word(issuer: Issuer, pytestconfig: pytest.Config) -> Callable[..., Awaitable[None]]:
    """`await keeps_its_word("credit", app, ...)`: every answer is one that the OpenAPI document tells; see `fuzz`."""

    async def check(service: str, app: FastAPI, **world: Any) -> None:
        option = pytestconfig.option
        found = await fuzz(service, app, issuer, examples=option.fuzz, seed=option.fuzz_seed, **world)
        pytestconfig.stash.setdefault(FUZZED, []).append(found)
        found.check()

    return check


@pytest.fixture(scope="session")
def local_folder() -> Iterator[Path]:
    """Where the servers of this run keep their data."""
    with temporary_folder("test") as folder:
        yield folder


@pytest.fixture(scope="session")
def spawner(local_folder: Path) -> Spawner:
    return Spawner(local_folder / "logs", Register(local_folder / "run.json"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres(local_folder: Path, spawner: Spawner) -> AsyncIterator[PostgresServer]:
    """A PostgreSQL server; see `create_service_database` for a database of one's own, also as a copy of another."""
    server = PostgresServer(local_folder / "postgres", spawner)
    try:
        await server.start()
        yield server
    finally:
        server.kill()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def service_database(postgres: PostgresServer) -> AsyncIterator[Callable[[str], Awaitable[OwnedDatabase]]]:
    """`await service_database("credit")` is a database with the service's newest schema, for all its tests."""
    made: list[OwnedDatabase] = []

    async def make(package: str) -> OwnedDatabase:
        at = await postgres.create_service_database(package, name=f"{package}_tests")
        await asyncio.to_thread(migrations.upgrade, service_of(package), at.owner.url, at.role)
        made.append(OwnedDatabase(at))
        return made[-1]

    yield make
    for database in made:
        await database.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kafka(local_folder: Path, spawner: Spawner) -> AsyncIterator[KafkaServer]:
    """A Kafka broker with all topics of Jejak."""
    server = KafkaServer(local_folder / "kafka", spawner)
    try:
        await server.start()
        await create_topics(server.bootstrap)
        yield server
    finally:
        server.kill()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of a visitor of its own, who reaches this machine alone; whatever asks for more fails the test."""
    context = await browser.new_context(locale="id-ID")
    outside: list[str] = []

    async def judge(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            await route.continue_()
        else:
            outside.append(route.request.url)
            await route.abort()

    await context.route("**/*", judge)
    yield await context.new_page()
    await context.close()
    assert not outside, f"a page asked for {outside}"


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    """An SMTP server whose answers the test can script."""
    server = MailServer(tmp_path / "mail")
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def issuer() -> AsyncIterator[Issuer]:
    """An issuer that answers on a real port: `issuer.token(role, agency=...)`, and `issuer.mint(...)` for bad tokens."""
    port = free_port()
    issuer = Issuer(f"http://127.0.0.1:{port}")
    app = FastAPI()
    app.include_router(issuer.routes())
    async with serving(app, port):
        yield issuer
