"""The caturwulan, a period of four months: when it is over, the hours (JP) due at its end, and who is short of them.

Source: LAN's Sounding Bangkom looks at every agency each caturwulan. No regulation sets what is due by then: how that
is read stands in the rule pack. What stands here in SQL too is for millions of rows; tests hold the two together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from common.rules import RulePack, load_rule_book
from training.domain.duty import Reading, fulfilled_sql, months_until_sql, pro_rata, pro_rata_sql

PACKS = Path(__file__).parent.parent / "rules" / "caturwulan"


@dataclass(frozen=True)
class Caturwulan:
    """A period of every year: its number, from 1, and the month with which it ends."""

    number: int
    last_month: int

    def threshold(self, yearly: Decimal, months: Iterable[int]) -> Decimal:
        """The verified JP due at its end from somebody with these months of duty: a twelfth of the year for each of them
        that is not after the period.
        """
        return pro_rata(yearly, sum(month <= self.last_month for month in months))

    def over_from(self, year: int) -> date:
        """The first day (in Asia/Jakarta) on which the period of `year` is over."""
        return date(year + self.last_month // 12, self.last_month % 12 + 1, 1)


def threshold_sql(ledger: str, sweep: str) -> str:
    """`Caturwulan.threshold` of a row of `jp_ledger`, for the period of a row of `sweeps`."""
    return pro_rata_sql(f"{ledger}.yearly", months_until_sql(f"{ledger}.duty_months", f"{sweep}.last_month"))


def short_sql(ledger: str, sweep: str) -> str:
    """That somebody has verified less than the threshold.

    Nobody who has met the year's target is short: that is asked first, since it spares most people the division.
    """
    return f"NOT ({fulfilled_sql(ledger)}) AND {ledger}.verified < {threshold_sql(ledger, sweep)}"


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
    number: int = given["period"]
    period = pace.periods[number - 1]
    if "year" in given:
        return {"over_from": period.over_from(given["year"])}
    months = range(given.get("from", 1), given.get("to", 12) + 1)
    return {"threshold": period.threshold(Decimal(given["target"]), months)}


BOOK = load_rule_book(PACKS, _parse, _run_case)


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
    """The periods (year, number) to sweep on `day`: those of its year that are over, oldest first; while none is, the
    last period of the year before.

    Raises LookupError when no rule pack covers the year.
    """
    over = [
        (day.year, period.number) for period in pack_of(day.year).tables.periods if period.over_from(day.year) <= day
    ]
    return over or [(day.year - 1, pack_of(day.year - 1).tables.periods[-1].number)]
