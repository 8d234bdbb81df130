"""Where a trial happens: the stack with proxies before its servers, what is broken at the moment, and what was seen."""

import asyncio
import contextlib
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import asyncpg
import httpx2
import psutil
from aiokafka.errors import KafkaError

from chaos.addresses import Addresses, listening
from chaos.links import Link
from jejak_local.postgres import Database, temporary_folder
from jejak_local.processes import free_port
from jejak_local.services import services
from jejak_local.stack import ServiceProcess, Stack, running_stack

ROLES = {service.name: service.roles for service in services()}
PLANTED = Path(__file__).with_name("planted")
ANSWER_SECONDS = 15
EARLIER = timedelta(days=200)
"""How long ago the swift clock begins: a stack in use for an hour comes to 150 days later."""
EXPIRED = 401
BROKEN = (
    OSError,
    TimeoutError,
    KafkaError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    httpx2.HTTPError,
    psutil.NoSuchProcess,
)
"""What the harness itself meets when it asks something that another fault has broken."""
SETTINGS = {
    "PYTHONPATH": str(PLANTED),
    # Whoever is killed often must start fast: compiling the packages anew each time would take most of two cores.
    "PYTHONDONTWRITEBYTECODE": "",
    # Days of patience become seconds, so that every mail has found its end when the books are checked.
    "NOTIFICATION_RETRY_WAITS": json.dumps([0.5] * 100),
    "NOTIFICATION_SMTP_TIMEOUT": "2",
    "NOTIFICATION_NOTICE_WINDOW": "0.5",
    "CONNECTORS_WEBHOOK_INSIDE": "true",
    "CONNECTORS_WEBHOOK_WAITS": json.dumps([0.5] * 100),
    "CONNECTORS_WEBHOOK_TIMEOUT": "2",
}


class Swift(NamedTuple):
    """The clock of mentoring: from `begins` (seconds since 1970) on, an hour there is a second here.

    It begins long ago, so that it does not come to what is the future to others.
    """

    started: float
    begins: float

    def now(self) -> datetime:
        """The moment it shows; `chaos/planted` has it shown to the service."""
        return datetime.fromtimestamp(self.begins + (monotonic() - self.started) * 3600, UTC)


@dataclass(frozen=True)
class Scale:
    """How large a trial is."""

    seconds: float
    """of faults"""
    lanes: int
    """How many faults may be under way at once."""
    people: int
    """of each agency"""
    singles: int
    """Clients that send trainings one by one."""
    lines: tuple[int, int]
    """of an upload, at least and at most"""
    page: int
    """People on a page of a sweep: so few that an agency is told in many."""


SMALL = Scale(seconds=15, lanes=4, people=75, singles=5, lines=(50, 400), page=7)
LARGE = Scale(seconds=75, lanes=2, people=750, singles=2, lines=(5_000, 25_000), page=60)


class Busy(Exception):  # noqa: N818 - a state, not an error
    """What a fault would break is broken already."""


@dataclass
class Arena:
    """A running stack under faults. `wrong` is what somebody saw that must never be seen."""

    stack: Stack
    http: httpx2.AsyncClient
    links: Mapping[str, Link]
    scale: Scale
    swift: Swift
    addresses: Addresses
    wrong: list[str] = field(default_factory=list[str])
    counted: Counter[str] = field(default_factory=Counter[str])
    poison: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Consumer and topic/partition/offset of each event that cannot be read."""
    unwilling: set[str] = field(default_factory=set[str])
    """Addresses whose mails the SMTP server has refused for good."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    begun: float = field(default_factory=monotonic)
    say: Any = print
    _busy: set[str] = field(default_factory=set[str])
    _tokens: dict[tuple[str | None, ...], str] = field(default_factory=dict[tuple[str | None, ...], str])

    @contextlib.contextmanager
    def hold(self, *names: str) -> Iterator[None]:
        """Keeps other faults away from processes and links while the block runs. Raises Busy."""
        if self._busy.intersection(names):
            raise Busy
        self._busy.update(names)
        try:
            yield
        finally:
            self._busy.difference_update(names)

    def tell(self, what: str) -> None:
        """Counts and prints a fault."""
        self.counted["faults"] += 1
        self.note(what)

    def note(self, what: str) -> None:
        """Prints how far the trial is."""
        self.say(f"{monotonic() - self.begun:7.1f} s  {what}")

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        role: str = "service",
        agency: str | None = None,
        person: str | None = None,
        under: str = "/v1",
        **options: Any,
    ) -> httpx2.Response:
        """One request of a caller with this role, or of whoever signs in by `auth`. Raises httpx2.HTTPError without an answer."""
        url, headers = f"{self.stack.url(service)}{under}{path}", options.pop("headers", {})
        caller = (role, agency, person)
        if "auth" not in options:
            if caller not in self._tokens:
                self._tokens[caller] = await self.stack.token(role, agency=agency, person=person)
            headers = {**headers, "authorization": f"Bearer {self._tokens[caller]}"}
        try:
            answer = await self.http.request(method, url, headers=headers, **options)
        except AttributeError as error:
            # anyio 4.16 asks a connection for its peer that was cut as soon as it stood, and has no socket any more.
            raise httpx2.ConnectError("cut as soon as it stood") from error
        if answer.status_code == EXPIRED:
            self._tokens.pop(caller, None)
            self.counted["tokens run out"] += 1
        return answer

    async def supervise(self) -> None:
        """Starts again what ends by itself, as the services' supervisor does."""
        while True:
            for process in self.stack.processes.values():
                if process.name not in self._busy and process.child.exit_code is not None:
                    self.counted["ended by themselves"] += 1
                    process.launch()
            await asyncio.sleep(0.2)


@dataclass(frozen=True)
class Setting:
    """What else is special about a stack."""

    brokers: int = 1
    furnished: Callable[[Path], contextlib.AbstractContextManager[None]] = lambda _: contextlib.nullcontext()
    """Makes its folder and what its processes inherit ready, and tidies up."""


ORDINARY = Setting()


@contextlib.asynccontextmanager
async def arena(
    *, scale: Scale = SMALL, setting: Setting = ORDINARY, planted: str = "", say: Any = print
) -> AsyncIterator[Arena]:
    """A fresh stack, every role a process of its own, each service behind a proxy of its own."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # that Kafka is away is no news here
    async with contextlib.AsyncExitStack() as open_links:
        links = {service: await open_links.enter_async_context(Link()) for service in ROLES}
        kafka = [await open_links.enter_async_context(Link(free_port())) for _ in range(setting.brokers)]
        links |= {"kafka" if link is kafka[0] else f"kafka {number}": link for number, link in enumerate(kafka, 1)}

        def through(database: Database) -> str:
            link = links[database.name]
            link.upstream = database.port
            return database.url.replace(f":{database.port}/", f":{link.port}/")

        folder = open_links.enter_context(temporary_folder("chaos"))
        open_links.enter_context(setting.furnished(folder))
        swift = Swift(monotonic(), (datetime.now(UTC) - EARLIER).timestamp())
        planted_in = {"CHAOS_PLANTED": planted, "CHAOS_PAGE": str(scale.page), "CHAOS_SWIFT": json.dumps(swift)}
        stack = await open_links.enter_async_context(
            running_stack(
                folder,
                roles=ROLES,
                environment={**SETTINGS, **planted_in},
                trace_ratio=0.01,
                database_url=through,
                kafka_detours=[(link.upstream, link.port) for link in kafka],
            )
        )
        http = await open_links.enter_async_context(httpx2.AsyncClient(timeout=ANSWER_SECONDS))
        addresses = await open_links.enter_async_context(listening())
        made = Arena(stack, http, links, scale, swift, addresses, say=say)
        supervisor = asyncio.create_task(made.supervise())
        try:
            yield made
        finally:
            supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await supervisor


def named(process: ServiceProcess) -> str:
    """How a fault speaks of a process."""
    return f"{process.service} {process.role}"
