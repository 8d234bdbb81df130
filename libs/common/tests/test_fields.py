"""Types of fields that every service reads alike."""

import json
from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from common.fields import Day, Moment

DAY: TypeAdapter[date] = TypeAdapter(Day)
MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


@pytest.mark.parametrize("written", ["1900-01-01", "2024-02-29", "2200-12-31"])
def test_a_day_is_read_as_written(written: str) -> None:
    assert DAY.validate_json(json.dumps(written)) == DAY.validate_python(written) == date.fromisoformat(written)


@pytest.mark.parametrize(
    "sent",
    [
        1430438400,
        42125,
        42125.0,
        True,
        None,
        "1430438400",
        "42125",
        "20150501",
        "2015-W18-5",
        "2015-05-01T00:00:00",
        "2015-05-01T00:00:00Z",
        " 2015-05-01",
        "2015-05-01\n",
        "٢٠١٥-٠٥-٠١",
        "2015-02-30",
        "0001-01-01",
        "1899-12-31",
        "2201-01-01",
        "9999-12-31",
    ],
)
def test_nothing_else_is_a_day(sent: object) -> None:
    for read in (DAY.validate_python, lambda value: DAY.validate_json(json.dumps(value))):
        with pytest.raises(ValidationError) as refused:
            read(sent)
        assert [error["type"] for error in refused.value.errors()] == ["date-invalid"]


def test_a_day_of_our_own_code_is_taken_and_a_moment_is_none() -> None:
    assert DAY.validate_python(date(2015, 5, 1)) == date(2015, 5, 1)
    for other in (datetime(2015, 5, 1), date(1, 1, 1)):  # noqa: DTZ001 - what it must refuse
        with pytest.raises(ValidationError):
            DAY.validate_python(other)


def test_a_moment_is_written_and_no_number() -> None:
    moment = datetime(2026, 11, 20, 3, tzinfo=UTC)
    assert MOMENT.validate_python(moment) == moment
    for read in (MOMENT.validate_python, lambda value: MOMENT.validate_json(json.dumps(value))):
        assert read("2026-11-20T10:00:00+07:00") == moment
        for other in (0, 1.5, True, None, "0", "1764000000", "2026-11-20T10:00:00", "1899-12-31T00:00:00Z"):
            with pytest.raises(ValidationError):
                read(other)
