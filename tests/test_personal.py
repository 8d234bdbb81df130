"""Whatever a service holds of a person is in the file of their data, or it is said why not."""

from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import Column, MetaData, Table, Uuid

from common.service import Service
from contracts.events.data_files import Section
from contracts.holders import HOLDERS
from contracts.personal import KIT, PASSING, in_parts, personal
from jejak_local.services import parts_of, services
from registry import texts

KEEPING = [service for service in services() if service.newest_revision and service.name not in PASSING]


def forgotten(metadata: MetaData, shown: Mapping[str, set[str]], left_out: Mapping[str, str]) -> Iterator[str]:
    """The tables and columns of which nobody says whether they are in the file."""
    for table in metadata.tables.values():
        if table.name in shown:
            columns = {column.name for column in table.columns}
            said = {column for column in columns if {column, f"{table.name}.{column}"} & left_out.keys()}
            yield from (f"{table.name}.{column}" for column in columns - said - shown[table.name])
        elif table.name not in left_out and table.name not in KIT:
            yield table.name


@pytest.mark.parametrize("service", KEEPING, ids=lambda service: service.name)
def test_every_table_and_column_is_in_the_file_or_said_why_not(service: Service) -> None:
    held = personal(service.name)
    shown = {each.table.name: set(each.columns) for each in held.held}
    assert list(forgotten(service.metadata, shown, held.left_out)) == []
    assert all(held.left_out.values())
    there = {table.name for table in service.metadata.tables.values()} | {
        name
        for table in service.metadata.tables.values()
        for column in table.columns
        for name in (column.name, f"{table.name}.{column.name}")
    }
    assert held.left_out.keys() <= there, "said of what is not there"
    assert not shown.keys() & held.left_out.keys(), "shown, and said why not"


@pytest.mark.parametrize("service", KEEPING, ids=lambda service: service.name)
def test_only_what_is_said_to_be_nobodys_has_no_person_in_it(service: Service) -> None:
    """A table that is nobody's has no column of a person, and no row that belongs to one of a table that is shown."""
    held = personal(service.name)
    shown = {each.table for each in held.held}
    for name, reason in held.left_out.items():
        table = service.metadata.tables.get(name)
        if table is not None and reason.startswith(("nobody's", "counts")):
            assert not [column.name for column in table.columns if "person" in column.name]
            assert not [key.target_fullname for key in table.foreign_keys if key.column.table in shown]


def test_a_planted_table_and_a_planted_column_are_found() -> None:
    metadata = MetaData()
    Table("notes", metadata, Column("id", Uuid, primary_key=True), Column("person_id", Uuid))
    Table("seen", metadata, Column("person_id", Uuid), Column("secret", Uuid))
    found = forgotten(metadata, {"seen": set()}, {"person_id": "the file names the person"})
    assert sorted(found) == ["notes", "seen.secret"]


def test_every_service_that_keeps_something_answers_and_has_a_name_for_people() -> None:
    answering = {
        service.name
        for service in KEEPING
        for each in service.subscriptions(parts_of(service))
        if each.name == f"{service.name}.personal"
    }
    assert answering == set(HOLDERS)
    assert {service.name for service in KEEPING} == {"registry", *HOLDERS} == set(texts.SERVICES)


def section(name: str, *rows: str) -> Section:
    return Section(name=name, title=name, columns=[], rows=[[row] for row in rows])


def test_what_is_too_large_for_an_event_goes_in_parts_that_are_whole_together() -> None:
    sections = [section("a", *"x" * 7), section("none"), section("b", *["y" * 10] * 5)]
    parts = list(in_parts(sections, most=30))
    assert len(parts) > 3
    again: dict[str, list[list[str]]] = {}
    for part in parts:
        assert sum(len(row[0]) + 4 for each in part for row in each.rows) <= 30
        for each in part:
            again.setdefault(each.name, []).extend(each.rows)
    assert again == {each.name: each.rows for each in sections}


def test_a_row_larger_than_a_part_goes_alone_and_nothing_at_all_is_one_part() -> None:
    parts = list(in_parts([section("a", "x", "y" * 50, "z")], most=20))
    assert [[row[0][0] for each in part for row in each.rows] for part in parts] == [["x"], ["y"], ["z"]]
    assert list(in_parts([])) == [[]]
