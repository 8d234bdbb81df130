"""Working days: Monday to Friday, but for public holidays and joint leave (cuti bersama).

Which days are off is data (`rules/calendar`, a pack for each year, as three ministers decree it).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from common.rules import Pages, RuleBook, RulePack, load_rule_book
from credit.domain.rules import OpenReading

PACKS = Path(__file__).parent.parent / "rules" / "calendar"
SATURDAY = 5
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Off:
    """Days off, and how far the sources confirm them."""

    holidays: tuple[date, ...]
    joint_leave: tuple[date, ...]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class CalendarRules:
    """The days off of a year; `every_year` (MM-DD) holds until a later pack says otherwise."""

    off: Off
    every_year: tuple[str, ...]
    sources: Mapping[str, str]
    readings: tuple[OpenReading, ...] = ()

    def works_on(self, day: date) -> bool:
        """Whether offices work on that day."""
        return (
            day.weekday() < SATURDAY
            and day not in self.off.holidays
            and day not in self.off.joint_leave
            and f"{day:%m-%d}" not in self.every_year
        )


Calendar = RuleBook[CalendarRules]


def load(folder: Pages = PACKS) -> Calendar:
    """The calendars of all years, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, CalendarRules), _run_case)


def last_day(calendar: Calendar, since: date, days: int) -> date:
    """The last day of a wait of so many working days, the first of which follows `since`. Raises LookupError before the first pack."""
    return next(islice(_working_days(calendar, since), days - 1, None))


def worked(calendar: Calendar, since: date, until: date) -> int:
    """How many working days have passed after `since`, that of `until` among them."""
    return sum(calendar.at(day).tables.works_on(day) for day in _after(since, until))


def _working_days(calendar: Calendar, since: date) -> Iterator[date]:
    return (day for day in _after(since, date.max) if calendar.at(day).tables.works_on(day))


def _after(since: date, until: date) -> Iterator[date]:
    while since < until:
        since += DAY
        yield since


def _run_case(rules: CalendarRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    calendar = RuleBook((RulePack("", "", "", date.min, None, rules),))
    if "day" in given:
        return {"works": rules.works_on(given["day"])}
    return {"last_day": last_day(calendar, given["since"], given["days"])}
