"""On which days a kenaikan pangkat may begin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from common.rules import Pages, RuleBook, RulePack, load_rule_book
from credit.domain.rules import OpenReading

PACKS = Path(__file__).parent.parent / "rules" / "periods"


@dataclass(frozen=True)
class Days:
    """The first of these months."""

    months: tuple[int, ...]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class DayRules:
    """The periods of promotion."""

    days: Days
    sources: Mapping[str, str]
    readings: tuple[OpenReading, ...] = ()


def load(folder: Pages = PACKS) -> RuleBook[DayRules]:
    """The packs of promotion periods, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, DayRules), _run_case)


def next_day(book: RuleBook[DayRules], day: date) -> date:
    """The first period that begins on `day` or later. Raises LookupError before the first pack."""
    month = day if day.day == 1 else _next_month(day)
    while month.month not in book.at(month).tables.days.months:
        month = _next_month(month)
    return month


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _run_case(rules: DayRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"next": next_day(RuleBook((RulePack("", "", "", date.min, None, rules),)), given["after"])}
