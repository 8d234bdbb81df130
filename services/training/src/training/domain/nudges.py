"""How often a superior may remind somebody of their hours: the days between are data (`rules/nudges`)."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from common.rules import load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "nudges"


def _parse(tables: Mapping[str, Any]) -> timedelta:
    return timedelta(days=tables["interval"]["days"])


def _run_case(interval: timedelta, given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"possible_from": given["nudged_on"] + interval}


BOOK = load_rule_book(PACKS, _parse, _run_case)


def interval(today: date) -> timedelta:
    """How long nobody may be reminded again, by the rule of today. Raises LookupError where none covers it."""
    return BOOK.at(today).tables


def possible_from(today: date, nudged_on: date | None) -> date:
    """From which day somebody may be reminded who was last reminded on `nudged_on` (None: never): today at the earliest."""
    return today if nudged_on is None else max(today, nudged_on + interval(today))
