"""`services/*/` is the only list of services: whatever names them follows from it."""

import re
from collections import Counter

import pytest
import yaml

from common.process import commands_of
from contracts.holders import HOLDERS
from contracts.topics import TOPICS
from jejak_local.forgetting import CODES, erasing_of, speaking
from jejak_local.processes import CHECKOUT
from jejak_local.services import NAMES, parts_of, services, written
from roster.erasing import BY_ID, NOBODY, Blanked

KEEPING = [service for service in services() if service.newest_revision]
PEOPLE = {"person_id", "nip", "nip_hash", "name", "email"}
"""Columns that say that a row is somebody's."""


@pytest.mark.parametrize("file", written(), ids=lambda file: file.name)
def test_what_lists_the_services_is_as_it_is_written_by_make_docs(file) -> None:
    assert file.read_text() == written()[file]


def test_a_service_is_named_as_its_folder_and_answers_on_a_port_of_its_own() -> None:
    assert sorted(service.name for service in services()) == list(NAMES)
    assert set(Counter(service.port for service in services()).values()) == {1}


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_compose_runs_each_role_and_each_daily_command(service) -> None:
    said = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
    runs = {name.removeprefix(f"{service.name}-") for name in said if name.startswith(f"{service.name}-")}
    assert runs == {"migrate", *service.roles, *(name for name, each in service.commands.items() if each.daily)}
    needed = {name for name, field in service.settings.model_fields.items() if field.is_required()}
    for name in runs:
        given = said[f"{service.name}-{name}"]["environment"]
        assert {f"{service.prefix}{setting}".upper() for setting in needed} <= given.keys()


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_the_migrations_follow_each_other(service) -> None:
    """Two that land at the same time must not have one number, nor follow the same one."""
    files = sorted((service.folder / "migrations" / "versions").glob("*.py"))
    numbers = [f"{number:04}" for number in range(1, len(files) + 1)]
    said = [re.findall(r'^(?:down_)?revision = (?:"(\w+)"|None)$', file.read_text(), re.MULTILINE) for file in files]
    assert [file.name.partition("_")[0] for file in files] == numbers
    assert said == [[number, before] for number, before in zip(numbers, ["", *numbers], strict=False)]


def test_a_reform_waits_for_each_service_that_holds_something_of_agencies() -> None:
    assert {*HOLDERS, "registry"} == {service.name for service in services() if "reforms" in service.features}


def test_every_service_has_its_row_in_the_docs() -> None:
    page = (CHECKOUT / "docs" / "architecture" / "README.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|", page, re.MULTILINE))
    assert sorted(rows) == list(NAMES)
    for service in services():
        roles, _, commands = rows[service.name].partition(";")
        assert [role.strip() for role in roles.split(",")] == service.roles
        assert set(re.findall(r"`([\w-]+)`", commands)) == set(commands_of(service))


@pytest.mark.parametrize("service", KEEPING, ids=lambda service: service.name)
def test_every_table_says_what_becomes_of_its_rows_when_somebody_is_erased(service) -> None:
    """What stays of somebody's row is known: a new column that could say something is blanked, or one of `CODES`."""
    told = erasing_of(service).tables
    assert told.keys() == service.metadata.tables.keys()
    for name, each in told.items():
        columns = service.metadata.tables[name].columns
        if each is NOBODY:
            assert PEOPLE.isdisjoint({*columns.keys()} - {"name"}), name
        elif each is BY_ID or isinstance(each, Blanked):
            blanked = each.columns.keys() if isinstance(each, Blanked) else set()
            assert blanked <= {*columns.keys()}, name
            assert {*speaking(service.metadata.tables[name])} - blanked <= CODES, name


def test_names_addresses_who_looked_and_what_is_held_of_people_are_read_by_their_readers_alone() -> None:
    kept = {topic.name: topic.readers for topic in TOPICS if topic.readers}
    assert kept == {
        "registry.access.v1": ("registry",),
        "registry.contact.v1": ("notification",),
        "registry.identifier.v1": ("connectors",),
        "registry.data-part.v1": ("registry",),
        "connectors.predicate.v1": ("credit",),
        "credit.predicate.v1": ("connectors",),
        "notification.request.v1": ("notification",),
        "connectors.activity.v1": ("training",),
    }
    for service in services():
        for each in service.subscriptions(parts_of(service)):
            assert service.name in kept.get(each.topic.name, (service.name,)), each.name
