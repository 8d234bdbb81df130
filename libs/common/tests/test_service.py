"""What a service consists of is found in its package, whatever kind of service it is."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from common.app import create_app
from common.clock import Clock
from common.parts import Parts
from common.process import commands_of
from common.service import Command
from common.store.sets import columns_of
from common.web.auth import guards
from contracts.service import Service
from contracts.zone import JAKARTA
from jejak_local.harness import settings_of

Make = Callable[..., Service]

API = """
from fastapi import APIRouter, Depends
from contracts.rights import Right
ASK = Right(("lan",), "all")
router = APIRouter(prefix="{prefix}"{more})
@router.get("/asked", dependencies=[Depends(ASK)])
async def asked() -> str:
    return "{prefix}"
"""
CONSUMERS = """
from common.messages.inbox import Subscription
from contracts.topics import PEOPLE
from contracts.events.registry import PersonChanged
def subscription(parts):
    async def handle(session, batch): ...
    return Subscription("{name}.people", PEOPLE, [PersonChanged], handle)
"""
TABLES = """
from uuid import UUID
from datetime import datetime
from sqlmodel import Field
from common.store.tables import Stored
class Thing(Stored, table=True):
    __tablename__ = "things"
    id: UUID = Field(primary_key=True)
    name: str
    since: datetime | None
"""
INVARIANTS = """
from common.invariants import Invariant
INVARIANTS = (Invariant("nothing is nameless", "SELECT id FROM things WHERE name = ''"),)
"""


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes a service whose package has these files."""
    monkeypatch.syspath_prepend(tmp_path)
    made: list[str] = []

    def service(name: str, files: Mapping[str, str], **declared: Any) -> Service:
        made.append(name)
        for path, content in {"__init__.py": "", **files}.items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
            (file.parent / "__init__.py").touch()
        return Service(**{"name": name, "title": name, "port": 1, "features": []} | declared)

    yield service
    for module in [module for module in sys.modules if module.partition(".")[0] in made]:
        del sys.modules[module]


def test_a_service_without_events_has_an_api_alone(make: Make, blank, issuer) -> None:
    service = make("portal_like", {"api.py": API.format(prefix="/v1", more="")})
    app = create_app(service, service.parts(service.settings(**settings_of(blank, issuer)), blank))
    assert service.roles == ["api"]
    assert service.metadata.tables == {}
    assert service.invariants == []
    assert service.newest_revision is None
    assert "/v1/asked" in app.openapi()["paths"]


def test_routes_of_a_foreign_standard_stay_out_of_the_document_and_keep_their_guards(make: Make, blank, issuer) -> None:
    service = make(
        "xapi_like",
        {
            "things/api.py": API.format(prefix="/v1", more=""),
            "xapi/api.py": API.format(prefix="/xapi", more=", include_in_schema=False"),
        },
        features=["things", "xapi"],
    )
    app = create_app(service, service.parts(service.settings(**settings_of(blank, issuer)), blank))
    assert [path for path in app.openapi()["paths"] if path.endswith("asked")] == ["/v1/asked"]
    assert guards(app)["GET", "/xapi/asked"] == {"lan"}


def test_a_service_with_jobs_has_further_roles_and_commands_beside_check(make: Make) -> None:
    class Matcher:
        ready = True

        async def run(self) -> None: ...

        def stop(self) -> None: ...

    async def import_all(options: argparse.Namespace, parts: Parts) -> int:
        return options.year + len(parts.settings)

    service = make(
        "jobs_like",
        {},
        further_roles={"matcher": lambda _: Matcher()},
        commands={
            "import-all": Command(import_all, "Imports.", lambda parser: parser.add_argument("year"), daily=True)
        },
    )
    assert service.roles == ["api", "matcher"]
    assert commands_of(service).keys() == {"import-all", "check"}


def test_tables_subscriptions_and_invariants_are_found_in_the_features_and_beside_them(make: Make, blank) -> None:
    files = {
        "things/tables.py": TABLES,
        "things/invariants.py": INVARIANTS,
        "consumers.py": CONSUMERS.format(name="whole"),
    }
    service = make("whole", files, features=["things"], emits=True, answers_once=True)
    of_the_kit = {"outbox", "inbox", "waiting", "consumers", "letters", "idempotency"}
    assert service.metadata.tables.keys() == {"things", *of_the_kit}
    things = service.metadata.tables["things"]
    kinds = {"id": "UUID", "name": "TEXT", "since": "TIMESTAMP WITH TIME ZONE"}
    assert columns_of(things, things.c.keys()) == kinds
    assert [each.name for each in service.subscriptions(Parts(None, blank, Clock(JAKARTA)))] == ["whole.people"]
    assert [each.name for each in service.invariants] == [
        "nothing is nameless",
        "no event waits for longer than a minute",
    ]
    assert service.roles == ["api", "worker", "relay"]


def test_tables_of_two_services_do_not_meet(make: Make) -> None:
    one = make("one_of_two", {"tables.py": TABLES})
    two = make("two_of_two", {"tables.py": TABLES})
    assert one.metadata is not two.metadata
    assert one.metadata.tables.keys() == two.metadata.tables.keys() == {"things"}


def test_a_feature_that_is_not_there_is_an_error_not_a_gap(make: Make) -> None:
    service = make("forgetful", {}, features=["lost"])
    with pytest.raises(ModuleNotFoundError, match="lost"):
        _ = service.routers


def test_a_topic_with_readers_of_its_own_keeps_any_other_service_from_starting(make: Make, blank) -> None:
    read = CONSUMERS.format(name="curious").replace("PEOPLE", "CONTACTS").replace("PersonChanged", "ContactChanged")
    service = make("curious", {"consumers.py": read})
    with pytest.raises(RuntimeError, match=r"curious may not read registry\.contact\.v1"):
        service.subscriptions(Parts(None, blank, Clock(JAKARTA)))
