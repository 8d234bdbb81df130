"""The published language: frozen, compatible, and kept where it says."""

import json
import re
from pathlib import Path
from typing import Annotated, get_origin

import pytest
from pydantic import TypeAdapter, ValidationError

from common.events import Event
from contracts import PUBLISHED
from contracts.events import Part
from contracts.nip import parse_nip
from contracts.roles import CLAIMS, ROLES
from contracts.schemas import broken_promises, frozen_path, schema

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("event", PUBLISHED, ids=lambda event: event.__name__)
def test_the_frozen_schema_is_what_the_class_says(event: type[Event]) -> None:
    assert json.loads(frozen_path(event).read_text()) == json.loads(schema(event)), (
        f"{event.__name__} changed: run `python -m contracts.schemas`, which refuses a breaking change"
    )


def test_no_schema_outlives_its_event() -> None:
    assert {path.name for path in frozen_path(PUBLISHED[0]).parent.glob("*.json")} == {
        frozen_path(event).name for event in PUBLISHED
    }


def changed(change) -> str:
    document = json.loads(frozen_path(PUBLISHED[0]).read_text())
    change(document)
    return json.dumps(document)


def test_a_field_a_reader_needs_cannot_be_dropped() -> None:
    """The frozen schema had a further required field: a reader of then would miss it today."""

    def add_required(document):
        document["properties"]["colour"] = {"type": "string"}
        document["required"].append("colour")

    assert broken_promises(PUBLISHED[0], changed(add_required))


def test_a_new_required_field_breaks_readers_of_old_events() -> None:
    def drop(document):
        del document["properties"]["code"]
        document["required"].remove("code")

    assert broken_promises(PUBLISHED[0], changed(drop))


def test_a_field_of_another_type_is_a_break() -> None:
    def retype(document):
        document["properties"]["code"] = {"type": "integer"}

    assert broken_promises(PUBLISHED[0], changed(retype))


def test_the_frozen_schema_keeps_its_own_promises() -> None:
    assert not broken_promises(PUBLISHED[0], changed(dict))


@pytest.mark.parametrize("sent", ["42125", '"1430438400"'])
def test_no_event_takes_a_number_for_a_day(sent: str) -> None:
    """Nor a part of one: each field of a class that can hold a day."""
    classes = {*PUBLISHED, *Part.__subclasses__()}
    fields = [field for each in classes for field in each.model_fields.values() if "date" in str(field.annotation)]
    assert len(fields) > 10
    for field in fields:
        written = f"[{sent}]" if get_origin(field.annotation) is list else sent
        with pytest.raises(ValidationError, match="not YYYY-MM-DD"):
            TypeAdapter(Annotated[field.annotation, field]).validate_json(written)


def test_the_page_of_roles_is_the_list() -> None:
    page = (ROOT / "docs/architecture/http.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|(.*?)\|", page, re.MULTILINE)
    assert {role: tuple(re.findall(r"`(\w+)`", needs)) for role, needs in rows} == {
        role.name: (*role.needs, *role.either) for role in ROLES.values()
    }


def test_the_realm_gives_every_role_and_claim() -> None:
    realm = json.loads((ROOT / "deploy/keycloak/jejak-realm.json").read_text())
    [scope] = realm["clientScopes"]
    assert {role["name"] for role in realm["roles"]["realm"]} == ROLES.keys()
    assert set(realm["scopeMappings"][0]["roles"]) == ROLES.keys()
    assert {mapper["config"].get("claim.name") for mapper in scope["protocolMappers"]} >= {"roles", *CLAIMS}


@pytest.mark.parametrize(
    ("written", "staff_type", "born", "year"),
    [
        ("199001012015051001", "PNS", "1990-01-01", 2015),  # reference.json NIP-01
        ("19900101 201505 1 001", "PNS", "1990-01-01", 2015),
        ("19900101.202321.2.007", "PPPK", "1990-01-01", 2023),
    ],
)
def test_nip_is_read_as_written(written: str, staff_type: str, born: str, year: int) -> None:
    nip = parse_nip(written)
    assert (nip.staff_type, nip.born.isoformat(), nip.appointed_year) == (staff_type, born, year)


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("199013012015051001", "birth date"),  # reference.json NIP-03: month 13
        ("19900101201505100", "18 digits"),
        ("199001012015131001", "digits 13-14"),
        ("199001012015053001", "digit 15"),
        ("199001012015051000", "sequence"),
        ("199001011990051001", "age"),
        ("１９９００１０１２０１５０５１００１", "18 digits"),
    ],
)
def test_a_broken_nip_names_the_rule_and_not_the_number(written: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule) as refused:
        parse_nip(written)
    assert written not in str(refused.value)
