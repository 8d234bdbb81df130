"""How long the file of a person's data is kept, and when asking again is the same asking (`rules/data_files`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from common.rules import load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "data_files"


@dataclass(frozen=True)
class Terms:
    """Days that a file is kept from the day on which it was made, and the time in which asking again gives the same file."""

    days: int
    again: timedelta

    def last_day(self, made_on: date) -> date:
        """The last day on which a file can be fetched."""
        return made_on + timedelta(days=self.days - 1)

    def is_repeat(self, asked_at: datetime, now: datetime) -> bool:
        """Whether who asks now has asked already."""
        return now < asked_at + self.again


def _parse(tables: Mapping[str, Any]) -> Terms:
    return Terms(int(tables["kept"]["days"]), timedelta(hours=int(tables["again"]["hours"])))


def _run_case(terms: Terms, given: Mapping[str, Any]) -> Mapping[str, object]:
    begun = datetime(2026, 11, 20, tzinfo=UTC)
    return {
        "last_day": terms.last_day(given["made_on"]),
        "is_repeat": terms.is_repeat(begun, begun + timedelta(minutes=int(given["asked_before"]))),
    }


BOOK = load_rule_book(PACKS, _parse, _run_case)


def terms(today: date) -> Terms:
    """The terms of today. Raises LookupError where no rule covers it."""
    return BOOK.at(today).tables
