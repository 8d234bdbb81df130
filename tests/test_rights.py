"""Every service's `rights.py` is the whole truth about who may call it."""

from importlib import import_module

import pytest

from common.app import create_app
from common.service import Service
from common.store.database import Database
from common.web.auth import EVERYBODY, OPEN_PATHS, guards
from contracts.rights import Right, rights_of
from jejak_local.services import services


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_every_route_has_a_right_of_the_table_and_every_right_a_route(service: Service) -> None:
    nowhere = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
    settings = service.settings.model_construct(database_url=nowhere, issuer="x", jwks_url="x")
    app = create_app(service, service.parts(settings, Database(nowhere)))
    declared = {value for value in vars(import_module(f"{service.name}.rights")).values() if isinstance(value, Right)}
    rights = rights_of(app)
    assert set(rights.values()) == declared
    assert rights.keys() == {
        route for route, roles in guards(app).items() if roles != EVERYBODY and route[1] not in OPEN_PATHS
    }


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_an_intern_and_a_researcher_are_let_in_nowhere(service: Service) -> None:
    """002.30, 000.8: until an answer of totals alone hides small groups, there is none for them; 403 on every route."""
    named = [right for right in vars(import_module(f"{service.name}.rights")).values() if isinstance(right, Right)]
    assert named
    assert not [right for right in named if {"intern", "researcher"} & set(right.roles)]
