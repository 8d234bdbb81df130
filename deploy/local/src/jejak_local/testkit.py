"""A pytest plugin: what the tests of any service need, made from its declaration.

A test's service is the one in whose folder it stands. Its database is empty when the test begins, and when the test has
ended **every invariant of the service holds**; one that breaks some on purpose is marked `breaks_invariants`. What takes
longer than most tests is made once: a run migrates one database of each service, of which each of its processes has a
copy, with an application that goes by a clock which begins each test at `moment`.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from rich.console import Console
from sqlalchemy import TextClause, text

from common.app import create_app
from common.fields import FIRST_DAY
from common.invariants import EVENTS_LEAVE, find_broken, table
from common.parts import Law, Parts
from common.process import commands_of
from common.service import Service
from common.settings import ServiceSettings
from common.store import migrations
from contracts.events.registry import AgencyChanged
from jejak_local.doors import ajar_doors, guarded, open_doors, repeated, wrong_doors
from jejak_local.forgetting import assert_forgets
from jejak_local.harness import (
    AGENCY,
    OTHER_AGENCY,
    Api,
    FixedClock,
    Inside,
    OwnedDatabase,
    agency_changed,
    client_of,
    emptying,
    owning,
    settings_of,
)
from jejak_local.issuer import Issuer
from jejak_local.postgres import PostgresServer
from jejak_local.processes import CHECKOUT
from jejak_local.schema import assert_grants, assert_migrations_fit
from jejak_local.scopes import Things, strays
from jejak_local.services import service_of

EXAMPLES = 6
"""Random calls of each operation, beside the boundary values that are tried whatever this says."""
SEED = 7
FUZZED = pytest.StashKey[list[Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, default=EXAMPLES, help="random calls of each operation; more end in a table")
    parser.addoption("--fuzz-seed", type=int, default=SEED, help="another seed makes other calls")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "breaks_invariants(*names): leaves rows that no use case would; these or any")


def pytest_terminal_summary(config: pytest.Config) -> None:
    if config.option.fuzz > EXAMPLES:
        from jejak_local import fuzz as fuzzing

        Console().print(fuzzing.table(config.stash.get(FUZZED, [])))


@dataclass(frozen=True)
class Tested:
    """A service, and what its tests share."""

    service: Service
    database: OwnedDatabase
    clock: FixedClock
    parts: Parts
    emptying: str

    @classmethod
    async def make(
        cls, service: Service, postgres: PostgresServer, name: str, settings: Callable[[OwnedDatabase], ServiceSettings]
    ) -> "Tested":
        template = await template_of(service, postgres)
        made = await postgres.create_service_database(service.name, name=name, template=template)
        database, clock = OwnedDatabase(made), FixedClock(datetime(1, 1, 1, tzinfo=UTC))
        parts = Parts(settings(database), database, clock, Law(service.rules()))
        return cls(service, database, clock, parts, await emptying(database, service.metadata))

    @cached_property
    def app(self) -> FastAPI:
        return create_app(self.service, self.parts)

    async def empty(self) -> None:
        """Takes every row out of its tables."""
        async with owning(self.database) as connection:
            await connection.execute(text(self.emptying))

    @cached_property
    def suspects(self) -> TextClause:
        """One statement instead of one each: the numbers of the broken invariants, and of those that bind something."""
        queries = [each.query for each in self.service.invariants]
        where = [f" WHERE EXISTS ({query})" if not text(query).compile().params else "" for query in queries]
        return text(
            " UNION ALL ".join(["SELECT 0 WHERE false", *(f"SELECT {n}{each}" for n, each in enumerate(where))])
        )

    async def check(self, broken: Iterable[str]) -> None:
        """Every other invariant holds, but for `EVENTS_LEAVE`: that is the work of a relay, and none runs here."""
        async with self.database.reading() as session:
            suspects = await session.scalars(self.suspects)
        asked = [self.service.invariants[n] for n in suspects]
        held = [each for each in asked if each is not EVENTS_LEAVE and each.name not in broken]
        found = await find_broken(self.parts, held)
        assert not found, table(held, found)


async def template_of(service: Service, postgres: PostgresServer) -> str:
    """The name of an empty database with the newest schema; whichever process of a run asks first has it migrated."""
    name = f"{service.name}_template"
    connection = await asyncpg.connect(postgres.admin.dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtext($1))", name)
        if not await connection.fetchval("SELECT datistemplate FROM pg_database WHERE datname = $1", name):
            made = await postgres.create_service_database(service.name, name=name)
            await asyncio.to_thread(migrations.upgrade, service, made.owner.url, made.role)
            await connection.execute(f'ALTER DATABASE "{name}" IS_TEMPLATE true')  # it is whole
    finally:
        await connection.close()
    return name


@pytest.fixture(scope="session")
async def made_once(
    postgres: PostgresServer, issuer: Issuer, worker_id: str
) -> AsyncIterator[Callable[..., Awaitable[Tested]]]:
    """`await made_once(service, smtp_port=...)`: the service as it was made when first asked for with these settings."""
    made: dict[tuple[str, str], Tested] = {}

    async def get(service: Service, **own: Any) -> Tested:
        key = service.name, repr(sorted(own.items()))
        if key not in made:
            made[key] = await Tested.make(
                service,
                postgres,
                f"{service.name}_{worker_id}_{len(made)}",
                lambda database: service.settings(**settings_of(database, issuer) | own),
            )
        return made[key]

    yield get
    for each in made.values():
        await each.database.close()


@pytest.fixture
def declared(request: pytest.FixtureRequest) -> Service:
    """The service in whose folder the test stands."""
    return service_of(request.path.relative_to(CHECKOUT / "services").parts[0])


@pytest.fixture
def moment() -> datetime:
    """When a test begins; a service that wants another time says so in its conftest."""
    return datetime(2026, 6, 15, 3, 0, tzinfo=UTC)


@pytest.fixture
def own_settings() -> dict[str, Any]:
    """What the service has to be told beside what every one has: it is made once for each."""
    return {}


@pytest.fixture
async def tested(
    made_once: Callable[..., Awaitable[Tested]], declared: Service, own_settings: dict[str, Any], moment: datetime
) -> Tested:
    found = await made_once(declared, **own_settings)
    found.clock.moment = moment
    return found


@pytest.fixture
def settings(tested: Tested) -> ServiceSettings:
    return tested.parts.settings


@pytest.fixture
def clock(tested: Tested) -> FixedClock:
    return tested.clock


@pytest.fixture
async def database(tested: Tested, request: pytest.FixtureRequest) -> AsyncIterator[OwnedDatabase]:
    """The service's database with nothing in it; what the test leaves there must hold every invariant."""
    await tested.empty()
    yield tested.database
    broken = [marker.args for marker in request.node.iter_markers("breaks_invariants")]
    if () not in broken:
        await tested.check(set(chain(*broken)))


@pytest.fixture
def parts(tested: Tested, database: OwnedDatabase) -> Parts:
    return tested.parts


@pytest.fixture
def rules(tested: Tested) -> Any:
    """The rules of the service, as it ships them."""
    return tested.parts.rules


@pytest.fixture
def app(tested: Tested, database: OwnedDatabase) -> FastAPI:
    return tested.app


@pytest.fixture
async def api(app: FastAPI, issuer: Issuer) -> AsyncIterator[Api]:
    """The service over HTTP, as any role."""
    async with client_of(app) as http:
        yield Api(http, issuer)


@pytest.fixture
def run(declared: Service, parts: Parts) -> Callable[..., Awaitable[int]]:
    """`await run("sweep", "--again", "2026", "1")`: a command of the service as an operator gives it, to its exit status."""

    async def command(name: str, *words: str) -> int:
        chosen = commands_of(declared)[name]
        parser = argparse.ArgumentParser()
        chosen.arguments(parser)
        return await chosen.run(parser.parse_args(words), parts)

    return command


OPERATIONS: Mapping[tuple[str, str], AbstractSet[str]] = {
    ("GET", "/v1/operations"): {"operator"},
    ("GET", "/v1/operations/letters"): {"operator"},
    ("POST", "/v1/operations/letters:replay"): {"operator"},
}
"""Who may call the routes that every service has that consumes."""


@pytest.fixture
def assert_service(
    tested: Tested, database: OwnedDatabase, postgres: PostgresServer, issuer: Issuer
) -> Callable[[Mapping[tuple[str, str], AbstractSet[str]]], Awaitable[None]]:
    """`await assert_service(rights)` holds the service to what the house asks of each, with the rows the test has made.

    Migrations make the tables of the code and can be taken back; the role that serves may do what is declared and no
    more; of who is erased no table tells; `rights` are the roles of each route, which opens to them and to nobody else, and to no
    token without the claim that its role needs; who speaks for an agency that a reform has closed changes nothing; no
    refusal repeats a NIP that was sent. (Both texts of every code: tests/test_texts.)
    """

    async def check(rights: Mapping[tuple[str, str], AbstractSet[str]]) -> None:
        await assert_migrations_fit(postgres, tested.service)
        await assert_grants(postgres, tested.service)
        await assert_forgets(postgres, tested.service)
        assert guarded(tested.app) == {**rights, **(OPERATIONS if tested.service.consumes else {})}
        assert await open_doors(tested.app, database, issuer) == []
        assert await wrong_doors(tested.app, issuer) == []
        assert await repeated(tested.app, issuer) == []
        inside = Inside(database, tested.service, tested.parts)
        if inside.hears(AgencyChanged):
            closed = agency_changed(OTHER_AGENCY, active=False, closed_on=FIRST_DAY, successors=[AGENCY])
            await inside.hear(inside.received(closed, sequence=9))
            assert await ajar_doors(tested.app, issuer, OTHER_AGENCY) == []

    return check


@pytest.fixture
def reaches_its_own(
    tested: Tested, database: OwnedDatabase, issuer: Issuer
) -> Callable[[Things, Things, Mapping[str, Any]], Awaitable[None]]:
    """`await reaches_its_own(own, other, bodies)`: every role reaches its own things, and nothing else; see `scopes`."""

    async def check(own: Things, other: Things, bodies: Mapping[str, Any], foreign: str | None = None) -> None:
        assert await strays(tested.app, database, issuer, own, other, bodies, foreign) == []

    return check


@pytest.fixture
def keeps_its_word(issuer: Issuer, pytestconfig: pytest.Config) -> Callable[..., Awaitable[None]]:
    """`await keeps_its_word("credit", app, ...)`: every answer is one that the OpenAPI document tells; see `fuzz`."""

    async def check(service: str, app: FastAPI, **world: Any) -> None:
        from jejak_local import fuzz as fuzzing  # takes seconds, which most runs have no use for

        option = pytestconfig.option
        found = await fuzzing.fuzz(service, app, issuer, examples=option.fuzz, seed=option.fuzz_seed, **world)
        pytestconfig.stash.setdefault(FUZZED, []).append(found)
        found.check()

    return check
