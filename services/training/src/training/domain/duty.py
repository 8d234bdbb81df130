"""What a person owes in a year, and how much of it they have reached.

Sources: PP 11/2017 Pasal 203 ayat (4) (PNS, a floor); PP 49/2018 Pasal 40 (PPPK, a ceiling). The duty
rests in a month on whose first day somebody is not in service, on leave or study, or exempt. What stands here
in SQL too is for millions of rows; tests hold the two together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from roster.days import Period, covers, covers_sql, in_service, in_service_sql

STEP = Decimal("0.01")
"""The step in which JP are stated. What is owed or counted is cut to it: nobody is short by less than can be stated."""

THOUSANDTH = Decimal("0.001")
"""The decimals with which JP are stored."""

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
class Progress:
    """JP left to the target, JP above the ceiling, and whether the target is met."""

    left: Decimal
    over: Decimal
    fulfilled: bool


def exempt_sql(person: str, day: str) -> str:
    """Whether an approved exemption of a row of `people` covers a day."""
    return f"""EXISTS (
        SELECT FROM exemptions x WHERE x.person_id = {person}.person_id AND x.state = 'approved' AND {covers_sql("x", day)}
    )"""


def owes_nothing_sql(ledger: str) -> str:
    """Whether somebody owes nothing in the whole year, by a row with `duty_months`."""
    return f"{ledger}.duty_months = 0"


def duty_months(year: int, joined_on: date, left_on: date | None, absences: Iterable[Period]) -> list[int]:
    """The months of the year on whose first day somebody is in service and not away; exemptions are absences here."""
    away = list(absences)
    return [
        month
        for month in MONTHS
        if in_service(date(year, month, 1), joined_on, left_on)
        and not any(covers(absence, date(year, month, 1)) for absence in away)
    ]


def duty_months_sql(person: str, year: str) -> str:
    """`as_bits` of the `duty_months` of a row of `people`, by the rows of `absences` and the approved ones of `exemptions`."""
    return f"""
    CASE
        WHEN {in_service_sql(person, f"make_date({year}, 1, 1)")}
            AND {in_service_sql(person, f"make_date({year}, 12, 1)")}
            AND NOT EXISTS (SELECT FROM absences a WHERE a.person_id = {person}.person_id)
            AND NOT EXISTS (SELECT FROM exemptions x WHERE x.person_id = {person}.person_id)
        THEN {as_bits(MONTHS)}
        ELSE (
            SELECT coalesce(bit_or(1 << (month - 1)), 0)
            FROM generate_series(1, 12) AS month, make_date({year}, month, 1) AS first
            WHERE {in_service_sql(person, "first")} AND NOT EXISTS (
                SELECT FROM absences a WHERE a.person_id = {person}.person_id AND {covers_sql("a", "first")}
            ) AND NOT {exempt_sql(person, "first")}
        )
    END
    """  # noqa: S608 - built of names in this code


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
    """Months as the bits of one number, January the lowest."""
    return sum(1 << (month - 1) for month in months)


def months_until_sql(bits: str, last: str) -> str:
    """How many of the months in `bits` are not after the month `last`."""
    return f"bit_count(CAST({bits} & ((1 << {last}) - 1) AS bit(12)))"


def progress(target: Decimal, ceiling: Decimal | None, verified: Decimal) -> Progress:
    """How far somebody with `verified` JP has come. JP above the ceiling count all the same: it only warns."""
    return Progress(
        left=max(target - verified, NONE),
        over=NONE if ceiling is None else max(verified - ceiling, NONE),
        fulfilled=verified >= target,
    )


def fulfilled_sql(ledger: str) -> str:
    """`Progress.fulfilled` of a row of the ledger."""
    return f"{ledger}.verified >= {ledger}.target"


def over_sql(ledger: str) -> str:
    """Whether `Progress.over` of a row of the ledger is more than nothing."""
    return f"{ledger}.verified > {ledger}.ceiling"


def resting_months(months: Sequence[int]) -> list[int]:
    """The months of a year in which the duty rests."""
    return [month for month in MONTHS if month not in months]
