"""Every table of every service says what becomes of its rows when somebody is erased, and every topic how they leave it."""

from importlib import import_module

import pytest
import yaml

from contracts import retention
from contracts.topics import TOPICS
from jejak_local.kafka import KEPT
from jejak_local.services import services
from roster.erasing import Blanked, Kept
from roster.expiring import OVER

DAY_MS = 86_400_000
PEOPLE = {"person_id", "nip", "nip_hash", "name", "email"}
"""Columns that say that a row is somebody's."""


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_every_table_says_what_becomes_of_its_rows(service) -> None:
    told = import_module(f"{service.name}.erasing").ERASING.tables
    assert told.keys() == service.metadata.tables.keys()
    for name, each in told.items():
        columns = service.metadata.tables[name].columns
        if isinstance(each, Blanked):
            assert each.columns.keys() <= set(columns.keys()), name
        elif isinstance(each, Kept) and each.why.startswith("tells of no person"):
            assert PEOPLE.isdisjoint({*columns.keys()} - {"name"}), name


def test_every_topic_says_how_what_was_told_leaves_it() -> None:
    kept = yaml.safe_load(KEPT.read_text())["kept"]
    assert retention.TOPICS.keys() == {topic.name for topic in TOPICS}
    for topic in TOPICS:
        assert (retention.TOPICS[topic.name] == "replaced") == topic.compacted, topic.name
    assert kept["compacted"]["max.compaction.lag.ms"] == retention.COMPACTION.days * DAY_MS
    assert 0 < kept["for_a_time"]["retention.ms"] <= kept["dead_letters"]["retention.ms"]


def test_what_expires_has_a_time_that_is_data() -> None:
    assert retention.ROWS.keys() == OVER.keys()
    known = {table for service in services() for table in service.metadata.tables}
    assert OVER.keys() <= known
