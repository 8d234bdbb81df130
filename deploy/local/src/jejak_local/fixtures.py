"""A pytest plugin: the real servers, and how tests run side by side.

`postgres` and `kafka` last for the whole run: a test makes its own database in the one and its own topics or keys in
the other. One process starts each when a test first asks for it. Several (`pytest -n 2`) share the two that the process
which leads them has started before. `blank` is a database with nothing in it. `mail_server` keeps a test's mails.
`issuer` signs tokens for all. `page` is a page in a real browser.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from fastapi import FastAPI
from playwright.async_api import Browser, Page, Route
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from common.store.database import Database
from common.telemetry import set_up_logs
from jejak_local.browser import chromium
from jejak_local.issuer import Issuer
from jejak_local.kafka import KafkaServer, create_topics
from jejak_local.mail import MailServer
from jejak_local.postgres import Database as Made
from jejak_local.postgres import PostgresServer, temporary_folder
from jejak_local.processes import Register, Spawner, die_with, free_port, together
from jejak_local.serve import serving

os.environ.setdefault("JEJAK_PROFILE", "local")
# As in production: an exception is logged without its message, and no traceback is drawn with its locals.
set_up_logs("test")

# --- side by side

SHARED = pytest.StashKey["Servers"]()
FLEETING = {"fsync": "off", "full_page_writes": "off"}
"""Nobody wants the data of a run after a power failure: no commit waits for the disk. A killed server loses none of it."""
ONE_STACK = "tests/e2e/"
"""These tests share one stack of processes."""


@dataclass(frozen=True)
class Servers:
    """Where the servers of this run keep their data, and the ports of those that run already."""

    folder: str
    postgres_port: int | None = None
    kafka_port: int | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Whatever ends a run ends all that it has started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if hasattr(config, "workerinput"):
        die_with(os.getppid())


def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Before the first worker starts; the servers are children of this process and end with it."""
    running = ExitStack()
    config.add_cleanup(running.close)
    folder = running.enter_context(temporary_folder("test"))
    spawner = _spawner(folder)
    running.callback(spawner.kill_all)
    postgres = PostgresServer(folder / "postgres", spawner, settings=FLEETING)
    kafka = KafkaServer(folder / "kafka", spawner)
    asyncio.run(together(postgres.start(), _start(kafka)))
    config.stash[SHARED] = Servers(str(folder), postgres.port, kafka.port)


def pytest_configure_node(node: WorkerController) -> None:
    node.workerinput["servers"] = asdict(node.config.stash[SHARED])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The stack's tests mostly wait: begun first, they wait while the others work."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(ONE_STACK))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    config.option.loadscopereorder = False
    return ByFile(config, log)


class ByFile(LoadScopeScheduling):
    """Hands out file by file, in the order of `items`: what a file's tests share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        return ONE_STACK if nodeid.startswith(ONE_STACK) else nodeid.partition("::")[0]


# --- the servers


@pytest.fixture(scope="session")
def local_folder(request: pytest.FixtureRequest, worker_id: str) -> Iterator[Path]:
    """Where this process keeps what it needs."""
    if shared := _shared(request.config):
        folder = Path(shared.folder) / worker_id
        folder.mkdir()
        yield folder
    else:
        with temporary_folder("test") as folder:
            yield folder


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest, local_folder: Path) -> Servers:
    return _shared(request.config) or Servers(str(local_folder))


def _shared(config: pytest.Config) -> Servers | None:
    found: dict[str, Any] | None = getattr(config, "workerinput", {}).get("servers")
    return Servers(**found) if found else None


def _spawner(folder: Path) -> Spawner:
    return Spawner(folder / "logs", Register(folder / "run.json"))


@pytest.fixture(scope="session")
def spawner(local_folder: Path) -> Spawner:
    return _spawner(local_folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres(servers: Servers, spawner: Spawner) -> AsyncIterator[PostgresServer]:
    """A PostgreSQL server; see `create_service_database` for a database of one's own, also as a copy of another."""
    server = PostgresServer(Path(servers.folder) / "postgres", spawner, servers.postgres_port, FLEETING)
    try:
        if not servers.postgres_port:
            await server.start()
        yield server
    finally:
        server.kill()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def own_database(postgres: PostgresServer, worker_id: str) -> Made:
    """Where one test after the other has its `blank` database."""
    return await postgres.create_service_database("kit", name=f"kit_{worker_id}")


@pytest_asyncio.fixture(loop_scope="session")
async def blank(postgres: PostgresServer, own_database: Made) -> AsyncIterator[Database]:
    """A database with nothing in it, whose owner the test is."""
    database = Database(own_database.owner.url)
    yield database
    await database.close()
    await postgres.empty(own_database)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kafka(servers: Servers, spawner: Spawner) -> AsyncIterator[KafkaServer]:
    """A Kafka broker with all topics of Jejak."""
    server = KafkaServer(Path(servers.folder) / "kafka", spawner, servers.kafka_port)
    try:
        if not servers.kafka_port:
            await _start(server)
        yield server
    finally:
        server.kill()


async def _start(kafka: KafkaServer) -> None:
    await kafka.start()
    await create_topics(kafka.bootstrap)


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


@pytest.fixture(scope="session")
def mail_host(local_folder: Path) -> Iterator[MailServer]:
    server = MailServer(local_folder / "mail")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mail_server(mail_host: MailServer) -> MailServer:
    """An SMTP server without mails, whose answers the test can script."""
    mail_host.forget()
    return mail_host


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def issuer() -> AsyncIterator[Issuer]:
    """An issuer that answers on a real port: `issuer.token(role, agency=...)`, and `issuer.mint(...)` for bad tokens."""
    port = free_port()
    issuer = Issuer(f"http://127.0.0.1:{port}")
    app = FastAPI()
    app.include_router(issuer.routes())
    async with serving(app, port):
        yield issuer
