"""Every service's `rights.py` is the whole truth about who may call it."""

import re
from datetime import date
from importlib import import_module
from inspect import signature
from typing import Any, get_args

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel

from common.app import create_app
from common.service import Service
from common.store.database import Database
from common.web.auth import EVERYBODY, OPEN_PATHS, guards
from contracts.nip import parse_nip
from contracts.rights import OPERATE, Right, rights_of
from jejak_local.processes import CHECKOUT
from jejak_local.services import services
from registry.people.schemas import PersonOut

TOTALS = {
    "training": {
        ("GET", "/v1/duty-totals"),
        ("GET", "/v1/certificate-checks/{token}"),
        ("POST", "/v1/signature-checks"),
    },
    "credit": {("GET", "/v1/paper-checks/{token}"), ("GET", "/v1/waiting-times")},
}
"""What is for everybody, and so for those who may see totals only; a paper is checked by whoever holds its token, and shows initials."""
FOREIGN = {"connectors": ("/xapi/", "/oauth/token", "/hooks/"), "portal": ("/",)}
"""What is in no OpenAPI document: by where it begins, what follows a standard of others, and all pages."""
READ_BY_POST = {("POST", "/v1/signature-checks")}
"""What takes a file, says what its signature says, and keeps nothing."""
BUT_NOT_ONESELF = re.compile(r"(not|never|but) [^;.]*(their own|themselves)|a pair they are one of")
ENTERED = {
    "registry": {"KEEP_PEOPLE", "TRANSFER", "KEEP_IDENTIFIERS", "NAME_DEPUTIES", "ERASE"},
    "credit": {"SUBMIT", "ENACT"},
    "connectors": {"SEND_PERFORMANCES"},
    "training": {"VERIFY_TRAININGS"},
    "mentoring": {"READ_FLAGS"},
}
"""What is entered, asked for or read, or is of rules, and decides about nobody yet: programs of an agency or of LAN do so too."""
NAMING = {"id", "nip", "name", "person_id", "person_name", "agency_name", "title", "email"}


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_every_route_has_a_right_of_the_table_and_every_right_a_route(service: Service) -> None:
    nowhere = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
    settings = service.settings.model_construct(database_url=nowhere, issuer="x", jwks_url="x")
    app = create_app(service, service.parts(settings, Database(nowhere)))
    declared = {value for value in vars(import_module(f"{service.name}.rights")).values() if isinstance(value, Right)}
    rights = rights_of(app)
    assert set(rights.values()) == declared | ({OPERATE} if service.consumes else set())
    assert rights.keys() == {
        route for route, roles in guards(app).items() if roles != EVERYBODY and route[1] not in OPEN_PATHS
    }


def test_who_may_not_do_it_for_themselves_is_a_person_who_is_known() -> None:
    """A token that names no person could be anybody's: also that of whom it is about."""
    unknown = {
        service.name: {
            name
            for name, right in vars(import_module(f"{service.name}.rights")).items()
            if isinstance(right, Right) and BUT_NOT_ONESELF.search(right.reach) and not right.decides
        }
        for service in services()
    }
    assert {name: rights for name, rights in unknown.items() if rights} == ENTERED


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_an_intern_and_a_researcher_get_403_or_totals_that_name_nobody(service: Service) -> None:
    """002.30, 000.8: on every route. What they are let in to has an answer without name, NIP or id of anybody."""
    nowhere = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
    settings = service.settings.model_construct(database_url=nowhere, issuer="x", jwks_url="x")
    app = create_app(service, service.parts(settings, Database(nowhere)))
    documented = {(method.upper(), path) for path, item in app.openapi()["paths"].items() for method in item}
    let_in = {
        route
        for route, roles in guards(app).items()
        if {"intern", "researcher", *EVERYBODY} & roles and route in documented and route[1] not in OPEN_PATHS
    }
    assert let_in == TOTALS.get(service.name, set())
    for method, path in let_in:
        assert method == "GET" or (method, path) in READ_BY_POST
        [answer] = [each.endpoint for each in iter_route_contexts(app.routes) if each.path == path]
        assert not NAMING & fields_of(signature(answer).return_annotation)


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_what_no_document_tells_of_is_a_page_or_of_a_standard_of_others(service: Service) -> None:
    nowhere = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
    settings = service.settings.model_construct(database_url=nowhere, issuer="x", jwks_url="x")
    app = create_app(service, service.parts(settings, Database(nowhere)))
    assert {path for _, path in hidden(app) if not path.startswith(FOREIGN.get(service.name, ()))} == set()
    planted = APIRouter()
    planted.add_api_route("/v1/stray", lambda: None, include_in_schema=False)
    app.include_router(planted)
    assert ("GET", "/v1/stray") in hidden(app)


def hidden(app: FastAPI) -> set[tuple[str, str]]:
    """The routes that are in no OpenAPI document."""
    documented = {(method.upper(), path) for path, item in app.openapi()["paths"].items() for method in item}
    return {route for route in guards(app) if route not in documented and route[1] not in OPEN_PATHS}


def fields_of(kind: Any) -> set[str]:
    """The names of all fields of an answer, however deep."""
    inner = [fields_of(each) for each in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        inner += [{name} | fields_of(field.annotation) for name, field in kind.model_fields.items()]
    return set[str]().union(*inner)


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_no_document_shows_a_number_that_could_be_somebodys(service: Service) -> None:
    document = (CHECKOUT / "docs" / "api" / f"{service.name}.json").read_text()
    assert {
        found for found in re.findall(r"(?<!\d)\d{18}(?!\d)", document) if parse_nip(found).born < date(2090, 1, 1)
    } == set()


def test_an_answer_that_names_somebody_would_be_found() -> None:
    assert {"id", "nip", "name"} <= fields_of(list[PersonOut])
