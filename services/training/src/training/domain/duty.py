"""What a person owes in a year, and where they stand.

Sources: PP 11/2017 Pasal 203 ayat (4) (PNS, a floor); PP 49/2018 Pasal 40 (PPPK, a ceiling). The
duty rests in months that begin before service, after it, or in leave or study. What stands here in
SQL too is for millions of rows; tests hold the two together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from roster.days import Period, covers, in_service

STEP = Decimal("0.01")
"""JP are stated in steps of it. What is owed or counted is cut to it: nobody is short by less than can be stated."""

THOUSANDTH = Decimal("0.001")
"""How JP are stored."""

NONE = Decimal("0.000")
MONTHS = range(1, 13)


@dataclass(frozen=True)
class DutyRule:
    """The yearly duty of a staff type, in JP a whole year, with its source and how far it is confirmed."""

    floor: Decimal | None
    ceiling: Decimal | None
    target: Decimal
    source: str
    status: str
    text: str


@dataclass(frozen=True)
class Reading:
    """How a rule is read (`text` names that in the catalogues), with its source and how far it is confirmed."""

    source: str
    status: str
    text: str


@dataclass(frozen=True)
class Standing:
    """JP left to the target, JP above the ceiling, and whether the target is met."""

    left: Decimal
    over: Decimal
    fulfilled: bool


def duty_months(year: int, joined_on: date, left_on: date | None, absences: Iterable[Period]) -> list[int]:
    """The months of the year that count: in service and not away on their first day."""
    away = list(absences)
    return [
        month
        for month in MONTHS
        if in_service(date(year, month, 1), joined_on, left_on)
        and not any(covers(absence, date(year, month, 1)) for absence in away)
    ]


def cut(jp: Decimal) -> Decimal:
    """JP in whole steps: 13.333 are 13.33, and 19.999 are 19.99."""
    return jp.quantize(STEP, ROUND_DOWN)


def pro_rata(yearly: Decimal, months: int) -> Decimal:
    """The part of a yearly target that `months` of duty ask for."""
    return cut(yearly * months / 12)


def pro_rata_sql(yearly: str, months: str) -> str:
    """`pro_rata` of two SQL expressions."""
    return f"trunc({yearly} * {months} / 12, 2)"


def as_bits(months: Iterable[int]) -> int:
    """Months as one number: a bit each, January the lowest."""
    return sum(1 << (month - 1) for month in months)


def months_until_sql(bits: str, last: str) -> str:
    """How many of the months in `bits` are not after the month `last`."""
    return f"bit_count(CAST({bits} & ((1 << {last}) - 1) AS bit(12)))"


def standing(target: Decimal, ceiling: Decimal | None, verified: Decimal) -> Standing:
    """Where somebody with `verified` JP stands. A ceiling does not cut what counts: it only warns."""
    return Standing(
        left=max(target - verified, NONE),
        over=NONE if ceiling is None else max(verified - ceiling, NONE),
        fulfilled=verified >= target,
    )


def resting_months(months: Sequence[int]) -> list[int]:
    """The months that do not count."""
    return [month for month in MONTHS if month not in months]
