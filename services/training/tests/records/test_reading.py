"""msgspec reads a line as pydantic would, whatever is sent: it takes and refuses the same, with the same values."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from common.web.reading import Reader
from services.training.tests.corpus.cast import CALLERS
from services.training.tests.corpus.making import RAW, Dice, good, odd, written
from training.records.commands import SAID, said_by
from training.records.schemas import Training

reader, careful = Reader(Training), TypeAdapter(Training)
NAMES = tuple(Training.model_fields)
REST = {"nip", "person_id", "jp"}

texts = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(["x" * 64, "x" * 65, "x" * 200, "x" * 201])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.dates().map(str) | st.uuids().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def lines(draw):
    dice = Dice(lambda most: draw(st.integers(0, most - 1)))
    line = good(dice, CALLERS["service"], "R-1")
    if dice.chance(50):
        line = odd(dice, line)
    for _ in range(dice.below(3)):
        line = line | {draw(st.sampled_from(NAMES)): draw(anything)}
    return written(dice, line)


def outcome(read, raw):
    try:
        line = read(raw)
    except ValidationError as error:
        return error.errors(include_url=False, include_input=False, include_context=False)
    return [(type(value), value) for value in (getattr(line, name) for name in NAMES)]


@settings(max_examples=1_500, deadline=None)
@given(
    raw=lines() | st.sampled_from(RAW) | anything.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40)
)
def test_a_line_is_taken_or_refused_as_pydantic_does_and_gives_the_same_values(raw):
    assert outcome(reader.read, raw) == outcome(careful.validate_json, raw)


@settings(max_examples=500, deadline=None)
@given(raw=lines())
def test_a_fingerprint_is_made_of_what_pydantic_writes(raw):
    try:
        model = careful.validate_json(raw)
    except ValidationError:
        return
    assert said_by(reader.read(raw)) == model.model_dump_json(exclude=REST, exclude_defaults=True).encode()
    assert {*SAID} == {*NAMES} - REST


@pytest.mark.parametrize(
    "changes",
    [{}, {"nip": "19900101 200501 1 001"}, {"jp": 8}, {"source": "self"}, {"title": "Über – 研修 \U0001f4da"}],
)
def test_a_plain_line_is_read_without_a_pydantic_model(changes):
    line = good(Dice(lambda _: 0), CALLERS["service"], "R-1") | changes
    assert isinstance(reader.read(json.dumps(line).encode()), msgspec.Struct)


def test_an_untidy_line_is_read_by_pydantic():
    line = good(Dice(lambda _: 0), CALLERS["service"], "R-1") | {"title": " x"}
    assert isinstance(reader.read(json.dumps(line).encode()), Training)
