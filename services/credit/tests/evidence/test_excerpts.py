"""What credit reads of training's events is what the events say."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from common.events import MAX_EVENT_BYTES, Event, Excerpt, Reader, Received, UnreadableEvent
from common.fields import FIRST_DAY, LAST_DAY
from contracts.events.training import TrainingCompleted, TrainingCorrected, TrainingRevoked
from credit.evidence.consumers import WANTED
from credit.evidence.excerpts import Completed, Corrected, Revoked

KINDS = [TrainingCompleted, TrainingCorrected, TrainingRevoked]
LEFT = {"year", "jp_by_year"}
LEFT_OF_A_STATE = LEFT | {
    "provider_id", "course_id", "start_date", "jp_stated", "source_kind", "international", "competencies", "rule_pack",
}  # fmt: skip
"""A field of an event that credit has no use for."""
UNKNOWN = "19900101 somebody's own"
AN_ID = "0199a000-0000-7000-8000-00000000000a"

amounts = st.decimals(0, 1000, places=3)
days = st.dates(FIRST_DAY, LAST_DAY)


def events(kind: type[Event]) -> st.SearchStrategy[Event]:
    own = {"jp_by_year": st.none() | st.dictionaries(st.integers(1900, 2200), amounts)}
    if kind is not TrainingRevoked:
        own |= {"start_date": days, "end_date": days, "jp_counted": amounts, "jp_stated": st.none() | amounts}
        own |= {"hands": st.lists(st.text())}
    return st.builds(kind, **own)


def headers_of(event: type[Event]) -> dict[str, str]:
    return {
        "ce_id": "0199a000-0000-7000-8000-0000000000ff",
        "ce_type": event.type,
        "ce_sequence": "1",
        "ce_time": "2026-06-15T03:00:00Z",
    }


def read(wanted: type[Any], event: type[Event], payload: bytes) -> Received:
    return Reader([wanted], []).decode(headers_of(event), payload)


@pytest.mark.parametrize("excerpt", WANTED)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_an_excerpt_says_what_its_event_says(excerpt: type[Excerpt], data) -> None:
    payload = data.draw(events(excerpt.event)).model_dump_json().encode()
    mine, whole = (read(each, excerpt.event, payload).event for each in (excerpt, excerpt.event))
    assert (mine.topic, mine.key()) == (whole.topic, whole.key())
    for name in excerpt.__struct_fields__:
        assert getattr(mine, name) == getattr(whole, name), name
        assert isinstance(getattr(mine, name), type(getattr(whole, name))), name


@pytest.mark.parametrize(
    ("excerpt", "left"), [(Completed, LEFT_OF_A_STATE), (Corrected, LEFT_OF_A_STATE | {"reason"}), (Revoked, LEFT)]
)
def test_no_field_of_an_event_is_forgotten(excerpt: type[Excerpt], left: set[str]) -> None:
    """One that is new is either read, or named here as one that credit has no use for."""
    assert excerpt.event.model_fields.keys() - excerpt.__struct_fields__ == left


def test_every_record_is_read_by_an_excerpt() -> None:
    assert [excerpt.event for excerpt in WANTED] == KINDS


def sample(excerpt: type[Excerpt]) -> dict[str, Any]:
    record = {"record_id": AN_ID, "person_id": AN_ID, "agency_id": AN_ID, "form": "KL03", "title": "Arsip"}
    record |= {"end_date": "2026-03-03", "jp_counted": "8", "verified": True, "degree": None, "hands": []}
    record |= {"reason": "sertifikat palsu"}
    return {name: record[name] for name in excerpt.__struct_fields__}


@pytest.mark.parametrize(
    ("excerpt", "name"), [(excerpt, name) for excerpt in WANTED for name in excerpt.__struct_fields__]
)
def test_an_event_is_refused_by_the_field_that_is_wrong_and_not_quoted(excerpt: type[Excerpt], name: str) -> None:
    good = sample(excerpt)
    assert read(excerpt, excerpt.event, json.dumps(good).encode()).event.person_id == UUID(AN_ID)
    for wrong in ({UNKNOWN: UNKNOWN}, [UNKNOWN, [UNKNOWN]]):
        with pytest.raises(UnreadableEvent) as refused:
            read(excerpt, excerpt.event, json.dumps(good | {name: wrong}).encode())
        assert str(refused.value).startswith(f"not a valid {excerpt.event.type} ({name}")
        assert "somebody" not in str(refused.value)


@pytest.mark.parametrize("name", ["record_id", "person_id", "agency_id", "end_date", "jp_counted"])
def test_a_text_that_is_no_value_of_its_field_is_not_quoted(name: str) -> None:
    with pytest.raises(UnreadableEvent) as refused:
        read(Completed, TrainingCompleted, json.dumps(sample(Completed) | {name: UNKNOWN}).encode())
    assert str(refused.value) == f"not a valid {TrainingCompleted.type} ({name})"


@pytest.mark.parametrize(
    ("excerpt", "name"),
    [(excerpt, name) for excerpt in WANTED for name in excerpt.__struct_fields__ if name != "hands"],
)
def test_an_event_without_a_field_that_is_read_is_refused(excerpt: type[Excerpt], name: str) -> None:
    """But for `hands`: there are events from before they were told."""
    short = {key: value for key, value in sample(excerpt).items() if key != name}
    with pytest.raises(UnreadableEvent) as refused:
        read(excerpt, excerpt.event, json.dumps(short).encode())
    assert str(refused.value) == f"not a valid {excerpt.event.type} ({name})"


@pytest.mark.parametrize("excerpt", [Completed, Corrected])
@pytest.mark.parametrize(
    ("name", "wrong"),
    [("jp_counted", wrong) for wrong in ("NaN", "Infinity", "-Infinity", "sNaN")]
    + [("end_date", wrong) for wrong in ("0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31")],
)
def test_what_an_event_refuses_is_refused_of_its_excerpt(excerpt: type[Excerpt], name: str, wrong: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(excerpt.event.model_fields[name].rebuild_annotation()).validate_json(json.dumps(wrong))
    with pytest.raises(UnreadableEvent, match=name):
        read(excerpt, excerpt.event, json.dumps(sample(excerpt) | {name: wrong}).encode())


@pytest.mark.parametrize("excerpt", WANTED)
def test_brackets_without_end_are_no_event(excerpt: type[Excerpt]) -> None:
    deep = b"[" * (MAX_EVENT_BYTES // 4)
    payload = json.dumps(sample(excerpt)).encode()[:-1] + b', "new": ' + deep + b"]" * len(deep) + b"}"
    with pytest.raises(UnreadableEvent, match="nested too deeply"):
        read(excerpt, excerpt.event, payload)
