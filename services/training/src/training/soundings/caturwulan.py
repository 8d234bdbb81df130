"""The caturwulan: a period of four months, and the share of the year's hours (JP) due at its end.

Source: LAN's Sounding Bangkom watches every agency each caturwulan; the shares are the rule pack's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from common.rules import RulePack, load_rule_book

THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class Caturwulan:
    """A period of every year, numbered from 1; `numerator / denominator` of the target is due at its end."""

    number: int
    last_month: int
    numerator: int
    denominator: int

    def threshold(self, target: Decimal) -> Decimal:
        """The verified JP due at the end of the period: the share of `target`, to three decimals, half up."""
        return (target * self.numerator / self.denominator).quantize(THOUSANDTH, ROUND_HALF_UP)

    def over_from(self, year: int) -> date:
        """The first day (in Asia/Jakarta) on which the period of `year` is over."""
        return date(year + self.last_month // 12, self.last_month % 12 + 1, 1)


Periods = tuple[Caturwulan, ...]


def _parse(tables: Mapping[str, Any]) -> Periods:
    return tuple(
        Caturwulan(
            number=entry["number"],
            last_month=entry["months"][-1],
            numerator=entry["share"]["numerator"],
            denominator=entry["share"]["denominator"],
        )
        for entry in tables["periods"]
    )


def _run_case(periods: Periods, given: Mapping[str, Any]) -> Mapping[str, object]:
    period = periods[given["period"] - 1]
    if "year" in given:
        return {"over_from": period.over_from(given["year"])}
    return {"threshold": period.threshold(Decimal(given["target"]))}


BOOK = load_rule_book(Path(__file__).with_name("rules"), _parse, _run_case)


def pack_of(year: int) -> RulePack[Periods]:
    """The rule pack that holds for a whole year. Raises LookupError for a year before the first."""
    return BOOK.at(date(year, 1, 1))


def period_of(year: int, number: int) -> Caturwulan:
    """A period of a year by its number. Raises LookupError."""
    for period in pack_of(year).tables:
        if period.number == number:
            return period
    raise LookupError(f"there is no period {number} in {year}")


def closed_on(day: date) -> list[tuple[int, int]]:
    """The periods (year, number) to look at on `day`: those of its year that are over, oldest first.

    Until the first of them is, it is the last period of the year before.
    Raises LookupError when no rule pack covers the year.
    """
    over = [(day.year, period.number) for period in pack_of(day.year).tables if period.over_from(day.year) <= day]
    return over or [(day.year - 1, pack_of(day.year - 1).tables[-1].number)]
