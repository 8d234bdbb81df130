"""Every topic says how what it told leaves it when somebody is erased; of tables, test_services.py asks it."""

import yaml

from contracts import retention
from contracts.topics import TOPICS
from jejak_local.kafka import KEPT
from jejak_local.services import services
from roster.expiring import OVER

DAY_MS = 86_400_000


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
