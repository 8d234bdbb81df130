"""How many mentees somebody may have at once, in all programmes together: data (`rules/load`)."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from common.rules import load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "load"


def free(seats: int, load: int, most: int) -> int:
    """How many mentees more somebody takes who has seats left in a programme, and so many mentees in all."""
    return max(0, min(seats, most - load))


def _parse(tables: Mapping[str, Any]) -> int:
    return int(tables["load"]["mentees"])


def _run_case(most: int, given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"free": free(given["seats"], given["load"], most)}


BOOK = load_rule_book(PACKS, _parse, _run_case)


def most_on(day: date) -> int:
    """How many mentees at once, by the rule of a day. Raises LookupError where none covers it."""
    return BOOK.at(day).tables
