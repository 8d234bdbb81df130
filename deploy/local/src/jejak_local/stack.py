"""The whole of Jejak, started and stopped: PostgreSQL, Kafka, the helper (mail, tokens, traces) and the services.

`running_stack` is for tests, benchmarks and the demo: it ends with its block, and with its process. `up` and `down`
are for people: that stack stays until it is taken down, and what a crash leaves of it is cleaned up by the next `up`.
"""

import asyncio
import contextlib
import fcntl
import json
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import asyncpg
import httpx2
import psutil

from common.store import history
from common.trust import trust
from jejak_local import authority
from jejak_local.collector import read_jsonl
from jejak_local.facts import read_facts, request_token
from jejak_local.issuer import clients
from jejak_local.kafka import KafkaCluster, KafkaServer, create_topics
from jejak_local.mail import OK, Answer, Mail, mails
from jejak_local.postgres import Database, PostgresServer
from jejak_local.processes import (
    STATE,
    Child,
    LocalError,
    Register,
    Spawner,
    configured_port,
    free_port,
    is_alive,
    kill_trees,
    ready,
    together,
    waited,
    write_atomically,
)
from jejak_local.services import NAMES, folder_of

Say = Callable[[str], None]
UNLIMITED = {
    "reads_a_second": 0,
    "singles_a_second": 0,
    "uploads_at_once": 0,
    "calls_a_second": 0,
    "open_calls_a_second": 0,
}
"""Settings of a service that refuses nobody for their haste: for tests, the bench and chaos."""


def command(service: str, *arguments: str) -> list[str]:
    """How a service is started."""
    return [sys.executable, "-m", service, *arguments]


class Mailbox:
    """The mails of a stack, and the answers of its SMTP server."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def mails(self) -> list[Mail]:
        """All that arrived, oldest first."""
        return mails(self.folder)

    async def answer(
        self, recipient: str, reply: str = OK, *, times: int = 1, delay: float = 0, drop: bool = False
    ) -> None:
        """Scripts the next mails to the recipient; see jejak_local.mail.Answer."""
        answer = Answer(recipient=recipient, reply=reply, times=times, delay=delay, drop=drop)
        async with httpx2.AsyncClient(verify=trust()) as client:
            (await client.post(f"{self.url}/answers", json=answer.model_dump())).raise_for_status()


class ServiceProcess:
    """One process of a service: role "all", or one of its roles alone. Started again it has the same port."""

    def __init__(self, service: str, role: str, environment: Mapping[str, str], port: int, spawner: Spawner) -> None:
        self.service = service
        self.role = role
        self.name = service if role == "all" else f"{service}-{role}"
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {**environment, f"{service.upper()}_PORT": str(port)}
        self.environment[f"{service.upper()}_INSTANCE"] = self.name
        self._spawner = spawner
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        if self._child is None:
            raise LocalError(f"{self.name} has not been started.")
        return self._child

    def twin(self) -> "ServiceProcess":
        """Another process of the same role, with a port of its own."""
        return ServiceProcess(self.service, self.role, self.environment, free_port(), self._spawner)

    def run(self, *arguments: str) -> Child:
        """Starts a command of the service, as an operator or a CronJob does."""
        return self._spawner.start(
            f"{self.service}-{arguments[0]}", command(self.service, *arguments), env=self.environment
        )

    def launch(self) -> None:
        """Starts the process without waiting for it."""
        arguments = () if self.role == "all" else (self.role,)
        self._child = self._spawner.start(self.name, command(self.service, *arguments), env=self.environment)

    async def ready(self, *, within: float = 180) -> None:
        """Waits until it says that it is ready for work."""
        async with httpx2.AsyncClient(timeout=5, verify=trust()) as client:
            await ready(self.child, lambda: answers(client, f"{self.url}/readyz"), within=within)

    async def start(self) -> None:
        self.launch()
        await self.ready()

    async def stop(self, *, within: float = 20) -> int:
        """SIGTERM; gives the exit code."""
        return await self.child.stop(within=within)

    def kill(self) -> int:
        """SIGKILL."""
        return self.child.kill()

    async def restart(self) -> None:
        """Stops it if it runs, starts it and waits until it is ready."""
        if self.child.exit_code is None:
            await self.stop()
        await self.start()


@dataclass(frozen=True)
class Stack:
    """A running stack: `facts` is what stack.json says, the rest are handles on the parts."""

    root: Path
    facts: dict[str, Any]
    postgres: PostgresServer
    kafka: KafkaServer | KafkaCluster
    mail: Mailbox
    helper: Child
    databases: dict[str, Database]
    processes: dict[str, ServiceProcess]

    def process(self, service: str, role: str = "all") -> ServiceProcess:
        """The process that runs the role of the service; "all" when all its roles share one."""
        return self.processes[service if role == "all" else f"{service}-{role}"]

    def url(self, service: str) -> str:
        """Where the service's API answers."""
        return self.facts["services"][service]["url"]

    async def token(self, role: str, *, agency: object = None, person: object = None, provider: object = None) -> str:
        """An access token of the demo client with this name, within the given scope."""
        return await request_token(self.facts, role, agency=agency, person=person, provider=provider)

    def spans(self) -> list[dict[str, Any]]:
        """The spans that the collector has received so far."""
        return read_jsonl(Path(self.facts["traces"]))


@contextlib.asynccontextmanager
async def running_stack(
    root: Path,
    *,
    services: Sequence[str] = NAMES,
    roles: Mapping[str, Sequence[str]] | None = None,
    environment: Mapping[str, str] | None = None,
    trace_ratio: float = 0.1,
    database_url: Callable[[Database], str] = lambda database: database.url,
    kafka_detours: Sequence[tuple[int, int]] = (),
    say: Say = lambda _: None,
) -> AsyncIterator[Stack]:
    """A stack with its data, logs and mails under `root`, for as long as the block runs.

    `roles` splits services into processes of single roles ({"training": ["api", "relay", "worker"]}); a service that
    it does not name runs as one process. `environment` is added to every service's. A test that puts a proxy between
    services and servers says by `database_url` how a service comes to its database, and by `kafka_detours` on which
    port Kafka listens behind the proxy, and on which one the proxy does: three of them are a cluster of three. No rate is
    limited, since whoever starts such a stack calls as fast as it can. At the
    end the services get SIGTERM, the servers SIGKILL: keep nothing under `root` that must be tidy.
    """
    spawner = Spawner(root / "logs", Register(root / "run.json"))
    try:
        unlimited = {f"{service}_{name}".upper(): "0" for service in services for name in UNLIMITED}
        plan = Plan(
            services,
            roles or {},
            {**unlimited, **(environment or {})},
            trace_ratio,
            database_url=database_url,
            kafka_detours=kafka_detours,
        )
        stack = await _start(root, spawner, plan, say)
        yield stack
        await together(*(process.stop() for process in stack.processes.values()))
    finally:
        spawner.kill_all()


async def up(root: Path, *, trace_ratio: float = 0.1, say: Say = lambda _: None) -> dict[str, Any]:
    """Starts the stack that stays, unless it already runs; gives the content of stack.json."""
    async with only_one(root):
        if (facts := read_facts(root)) and await _is_whole(root, facts):
            say("The stack is already running.")
            return facts
        await _clean(root)
        shutil.rmtree(root / "logs", ignore_errors=True)
        spawner = Spawner(root / "logs", Register(root / "run.json"), detached=True)
        try:
            stack = await _start(root, spawner, Plan(trace_ratio=trace_ratio, port=configured_port), say)
            write_atomically(root / "stack.json", json.dumps(stack.facts, indent=2) + "\n", mode=0o600)
        except BaseException:
            await _clean(root)
            raise
        return stack.facts


async def down(root: Path, *, purge: bool = False) -> int:
    """Stops the stack, keeping its data unless they are to be purged; gives how many processes ran."""
    async with only_one(root):
        stopped = await _clean(root)
        if purge:
            for folder in (_postgres_folder(root), root / "kafka-data", root / "mail", root / "logs"):
                shutil.rmtree(folder, ignore_errors=True)
        return stopped


async def status(root: Path) -> dict[str, tuple[psutil.Process, Literal["ready", "not ready", ""]]]:
    """The running processes of the stack in `root` by name; services with what they say about themselves."""
    facts = read_facts(root) or {"services": {}}
    found: dict[str, tuple[psutil.Process, Literal["ready", "not ready", ""]]] = {}
    async with httpx2.AsyncClient(timeout=5, verify=trust()) as client:
        for name, process in Register(root / "run.json").alive().items():
            if name in facts["services"]:
                is_ready = await answers(client, f"{facts['services'][name]['url']}/readyz")
                found[name] = (process, "ready" if is_ready else "not ready")
            else:
                found[name] = (process, "")
    return found


async def answers(client: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == 200
    except httpx2.TransportError:
        return False


# --- starting ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What to start and where."""

    services: Sequence[str] = NAMES
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    trace_ratio: float = 0.1
    port: Callable[[str], int] = lambda _: free_port()
    database_url: Callable[[Database], str] = lambda database: database.url
    kafka_detours: Sequence[tuple[int, int]] = ()


async def _start(root: Path, spawner: Spawner, plan: Plan, say: Say) -> Stack:
    root.mkdir(parents=True, exist_ok=True)
    postgres = PostgresServer(_postgres_folder(root), spawner, plan.port("postgres"))
    kafka, copies = _brokers(root / "kafka-data", spawner, plan)
    helper_port, smtp_port = plan.port("helper"), plan.port("smtp")
    helper_url = f"http://127.0.0.1:{helper_port}"
    serve = ("serve", "--root", str(root), "--port", str(helper_port), "--smtp-port", str(smtp_port))
    helper = spawner.start("helper", command("jejak_local", *serve), env={"JEJAK_PROFILE": "local"})
    ports = {service: plan.port(service) for service in plan.services}
    settings = {
        "kafka": ",".join(f"127.0.0.1:{announced}" for _, announced in plan.kafka_detours) or kafka.bootstrap,
        "host": "127.0.0.1",
        "issuer": helper_url,
        "jwks_url": f"{helper_url}/jwks",
        "nip_key": "jejak-local",
        "link_key": "jejak-local",
        "files": str(root / "files"),
        **authority.settings(),
        "otlp_endpoint": helper_url,
        "trace_ratio": str(plan.trace_ratio),
        "smtp_host": "127.0.0.1",
        "smtp_port": str(smtp_port),
        "smtp_sender": "Jejak <jejak@example.org>",
        "notice_window": "5",
        "services": json.dumps({name: f"http://127.0.0.1:{port}" for name, port in ports.items()}),
        "session_key": "jejak-local",
        "authorization_url": f"{helper_url}/authorize",
        "token_url": f"{helper_url}/token",
        "logout_url": f"{helper_url}/logout",
        "portal_url": f"http://127.0.0.1:{ports.get('portal', helper_port)}",
    }
    databases: dict[str, Database] = {}
    roles: dict[str, list[ServiceProcess]] = {}

    async def start_helper() -> None:
        with told(say, "Mail, tokens, traces"):
            async with httpx2.AsyncClient(timeout=5, verify=trust()) as client:
                await ready(helper, lambda: answers(client, f"{helper_url}/readyz"))

    async def start_postgres() -> None:
        with told(say, "PostgreSQL"):
            await postgres.start()
        with told(say, "Databases"):
            await _refuse_older(postgres, plan.services)
            await together(*(make_database(service) for service in plan.services))

    async def make_database(service: str) -> None:
        database = await postgres.create_service_database(service)
        databases[service] = database
        its_settings = {
            **settings,
            "database_url": plan.database_url(database),
            "public_url": f"http://127.0.0.1:{ports[service]}",
        }
        own = {f"{service}_{name}".upper(): value for name, value in its_settings.items()}
        environment = {**own, **plan.environment}
        roles[service] = [
            ServiceProcess(service, role, environment, free_port() if number else ports[service], spawner)
            for number, role in enumerate(plan.roles.get(service, ["all"]))
        ]
        await _migrate(roles[service][0], database, spawner)

    async def start_kafka() -> None:
        with told(say, "Kafka"):
            await kafka.start()
            await create_topics(kafka.bootstrap, copies)

    await together(start_helper(), start_postgres(), start_kafka())
    processes = {process.name: process for service in plan.services for process in roles[service]}
    with told(say, "Services"):
        for process in processes.values():
            process.launch()
        await together(*(process.ready() for process in processes.values()))

    facts = _facts(root, helper_url, smtp_port, kafka, databases, processes)
    mailbox = Mailbox(root / "mail", f"{helper_url}/mail")
    return Stack(root, facts, postgres, kafka, mailbox, helper, databases, processes)


def _brokers(folder: Path, spawner: Spawner, plan: Plan) -> tuple[KafkaServer | KafkaCluster, str]:
    """Kafka, and the profile of topics.yaml that says how many copies there are."""
    if len(plan.kafka_detours) > 1:
        return KafkaCluster(folder, spawner, plan.kafka_detours), "production"
    return KafkaServer(folder, spawner, plan.port("kafka"), detour=next(iter(plan.kafka_detours), None)), "local"


def _postgres_folder(root: Path) -> Path:
    # The checkout may lie where PostgreSQL's user cannot go; `make setup` has found a place beside its binaries.
    return (STATE / "postgres").resolve().with_name("postgres-data") if root == STATE else root / "postgres-data"


async def _refuse_older(postgres: PostgresServer, services: Sequence[str]) -> None:
    """Raises LocalError, before anything is changed, when a service has data of migrations that were rewritten since."""
    older: list[str] = []
    for service in services:
        try:
            connection = await asyncpg.connect(replace(postgres.admin, name=service).dsn)
        except asyncpg.InvalidCatalogNameError:
            continue
        try:
            has_version = await connection.fetchval(f"SELECT to_regclass('{history.TABLE}')")
            version = await connection.fetchval(history.VERSION) if has_version else None
            others = history.others(folder_of(service), version, await connection.fetchval(history.MARK))
        finally:
            await connection.close()
        older += [f"{service} {number}" for number in others]
    if older:
        raise LocalError(
            f"The data in {postgres.folder} are of another state of the code, whose migrations have been rewritten since "
            f"({', '.join(older)}). Nothing was changed. Delete them with `make down ARGS=--purge`, then start again."
        )


async def _migrate(process: ServiceProcess, database: Database, spawner: Spawner) -> None:
    environment = {**process.environment, f"{process.service.upper()}_OWNER_DATABASE_URL": database.owner.url}
    child = spawner.start(f"{process.service}-migrate", command(process.service, "migrate"), env=environment)
    await waited(lambda: child.exit_code is not None, 300)
    if child.exit_code != 0:
        child.check()
        raise LocalError(f"The migration of {process.service} does not end; see {child.log}")
    await child.stop()


def _facts(
    root: Path,
    helper_url: str,
    smtp_port: int,
    kafka: KafkaServer | KafkaCluster,
    databases: Mapping[str, Database],
    processes: Mapping[str, ServiceProcess],
) -> dict[str, Any]:
    services: dict[str, Any] = {}
    for process in processes.values():
        entry = services.setdefault(
            process.service,
            {
                "url": process.url,
                "docs": f"{process.url}/docs",
                "database_url": databases[process.service].url,
                "dsn": databases[process.service].dsn,
                "environment": process.environment,
                "roles": {},
            },
        )
        entry["roles"][process.role] = process.url
    return {
        "services": services,
        "issuer": helper_url,
        "token_url": f"{helper_url}/token",
        "jwks_url": f"{helper_url}/jwks",
        "clients": clients(),
        "kafka": kafka.bootstrap,
        "mail": {"folder": str(root / "mail"), "smtp": f"127.0.0.1:{smtp_port}", "url": f"{helper_url}/mail"},
        "otlp": helper_url,
        "traces": str(root / "traces.jsonl"),
        "events_docs": f"{helper_url}/events/",
    }


@contextlib.contextmanager
def told(say: Say, name: str) -> Iterator[None]:
    """Says how long the block took, when it ends well."""
    begun = time.monotonic()
    yield
    say(f"{name:<24}{time.monotonic() - begun:>5.1f} s")


# --- stopping ----------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def only_one(root: Path) -> AsyncIterator[None]:
    """Two of `up` and `down` at once in one checkout: the second waits for the first."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "stack.lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(0.1)
        yield


async def _is_whole(root: Path, facts: Mapping[str, Any]) -> bool:
    found = await status(root)
    expected = {"helper", "postgres", "kafka", *facts["services"]}
    return expected <= found.keys() and all(state != "not ready" for _, state in found.values())


async def _clean(root: Path) -> int:
    """Ends what run.json says is still running: first the services, then the servers they need."""
    (root / "stack.json").unlink(missing_ok=True)
    register = Register(root / "run.json")
    alive = register.alive()
    servers = {"kafka", "postgres", "helper"}
    for group in (alive.keys() - servers, alive.keys() & servers):
        doomed = [alive[name] for name in group]
        for name in group:
            _ask_to_end(alive[name], signal.SIGINT if name == "postgres" else signal.SIGTERM)
        await waited(lambda doomed=doomed: not any(map(is_alive, doomed)), 20)
        kill_trees(doomed)
    register.clear()
    return len(alive)


def _ask_to_end(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)
