"""The caturwulan: a period of four months, and the hours (JP) due at its end.

Source: LAN's Sounding Bangkom watches every agency each caturwulan; how it is read is the rule pack's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from common.rules import RulePack, load_rule_book
from training.domain.duty import Reading, pro_rata


@dataclass(frozen=True)
class Caturwulan:
    """A period of every year, numbered from 1, until the end of a month."""

    number: int
    last_month: int

    def threshold(self, yearly: Decimal, months: Iterable[int]) -> Decimal:
        """The verified JP due at its end from who has these months of duty: a twelfth of the year for each until then."""
        return pro_rata(yearly, sum(month <= self.last_month for month in months))

    def over_from(self, year: int) -> date:
        """The first day (in Asia/Jakarta) on which the period of `year` is over."""
        return date(year + self.last_month // 12, self.last_month % 12 + 1, 1)


@dataclass(frozen=True)
class Pace:
    """The periods of a year, and how what is due at their ends is read."""

    periods: tuple[Caturwulan, ...]
    reading: Reading


def _parse(tables: Mapping[str, Any]) -> Pace:
    return Pace(
        tuple(Caturwulan(number=entry["number"], last_month=entry["months"][-1]) for entry in tables["periods"]),
        Reading(**tables["pace"]),
    )


def _run_case(pace: Pace, given: Mapping[str, Any]) -> Mapping[str, object]:
    period = pace.periods[given["period"] - 1]
    if "year" in given:
        return {"over_from": period.over_from(given["year"])}
    months = range(given.get("from", 1), given.get("to", 12) + 1)
    return {"threshold": period.threshold(Decimal(given["target"]), months)}


BOOK = load_rule_book(Path(__file__).with_name("rules"), _parse, _run_case)


def pack_of(year: int) -> RulePack[Pace]:
    """The rule pack that holds for a whole year. Raises LookupError for a year before the first."""
    return BOOK.at(date(year, 1, 1))


def period_of(year: int, number: int) -> Caturwulan:
    """A period of a year by its number. Raises LookupError."""
    for period in pack_of(year).tables.periods:
        if period.number == number:
            return period
    raise LookupError(f"there is no period {number} in {year}")


def closed_on(day: date) -> list[tuple[int, int]]:
    """The periods (year, number) to look at on `day`: those of its year that are over, oldest first.

    Until the first of them is, it is the last period of the year before.
    Raises LookupError when no rule pack covers the year.
    """
    over = [
        (day.year, period.number) for period in pack_of(day.year).tables.periods if period.over_from(day.year) <= day
    ]
    return over or [(day.year - 1, pack_of(day.year - 1).tables.periods[-1].number)]
