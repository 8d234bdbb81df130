"""From a predikat and its period to segments of AK: which months count, for which post, by which rules."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Literal
from uuid import UUID

from common.rules import RuleBook, RulePack
from credit.domain.amounts import conversion_twelfths
from credit.domain.refusals import Refused
from credit.domain.rules import Rules


@dataclass(frozen=True)
class Post:
    """A post from `valid_from` until the day before `valid_to`; jenjang is None outside the functional posts."""

    jenjang: str | None
    valid_from: date
    valid_to: date | None

    def held_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Segment:
    """Months in a row in one jenjang under one rule pack, and what they earn.

    `base` is the coefficient a year of a conversion, or the KP need of an education bonus, which
    has no months.
    """

    jenjang: str
    period_start: date
    period_end: date
    months: int
    percent: int
    base: Decimal
    twelfths: Decimal
    rule_pack: str


@dataclass(frozen=True)
class LeftOut:
    """A month of the period that earns nothing here; `case_id` names the case that has booked it."""

    month: date
    why: Literal["booked", "no-functional-post"]
    case_id: UUID | None = None


@dataclass(frozen=True)
class Converted:
    """What a predikat comes to."""

    segments: Sequence[Segment]
    left_out: Sequence[LeftOut]


def post_on(posts: Iterable[Post], day: date) -> Post | None:
    """The post held on a day; of two at once, the later one."""
    return max((post for post in posts if post.held_on(day)), key=lambda post: post.valid_from, default=None)


def last_day(month: date) -> date:
    """The last day of a month, given any day of it."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def months_between(start: date, end: date) -> list[date]:
    """The first days of the months from `start` to `end`, both within one year."""
    return [date(start.year, number, 1) for number in range(start.month, end.month + 1)]


def check_set_in_time(rules: Rules, period_end: date, today: date) -> None:
    """Refuses a predikat set before its time (`period-not-over`).

    The yearly conversion may be set from 15 December of its year (KP2024), so a period counts as
    over on that day of its last month.
    """
    if rules.conversion and today < period_end.replace(day=rules.conversion.earliest_day):
        raise Refused("period-not-over", "period_end")


def check_matrix(rules: Rules, predikat: str, hasil_kerja: str | None, perilaku: str | None) -> None:
    """Refuses a predikat that its ratings do not make (`predikat-mismatch`).

    A rating that is missing may have been any: refused is what none of its values could give.
    """
    if rules.conversion is None:
        raise Refused("no-conversion-rule", "period_start")
    made = {
        cell
        for (result, behaviour), cell in rules.conversion.matrix.cells.items()
        if hasil_kerja in {None, result} and perilaku in {None, behaviour}
    }
    if predikat not in made:
        raise Refused("predikat-mismatch", "predikat")


def convert(
    book: RuleBook[Rules],
    posts: Sequence[Post],
    booked: Mapping[date, UUID],
    months: Sequence[date],
    predikat: str,
) -> Converted:
    """Counts every month that is free and has a functional post on its first day, by the rules of that day.

    A month booked by a case is not counted again, so a yearly predikat covers what periodic ones
    have left (PermenPANRB 1/2023 Pasal 37; reading of domain.md 1.2). Raises Refused with
    `no-conversion-rule`, `jenjang-unknown`, `no-functional-post` or `months-already-booked`.
    """
    counted: list[tuple[date, str, RulePack[Rules]]] = []
    left_out: list[LeftOut] = []
    for month in months:
        post = post_on(posts, month)
        if post is None or post.jenjang is None:
            left_out.append(LeftOut(month, "no-functional-post"))
        elif month in booked:
            left_out.append(LeftOut(month, "booked", booked[month]))
        else:
            counted.append((month, post.jenjang, book.at(month)))
    if not counted:
        code = "months-already-booked" if any(out.why == "booked" for out in left_out) else "no-functional-post"
        raise Refused(code, "period_start")
    return Converted([_segment(run, predikat) for run in _runs(counted)], left_out)


def _runs(counted: Sequence[tuple[date, str, RulePack[Rules]]]) -> Iterable[list[tuple[date, str, RulePack[Rules]]]]:
    """Splits where the jenjang, the rules or the row of months breaks."""

    def place(numbered: tuple[int, tuple[date, str, RulePack[Rules]]]) -> tuple[str, str, int]:
        position, (month, jenjang, pack) = numbered
        return jenjang, pack.id, month.month - position

    for _, run in groupby(enumerate(counted), place):
        yield [item for _, item in run]


def _segment(run: Sequence[tuple[date, str, RulePack[Rules]]], predikat: str) -> Segment:
    first, jenjang, pack = run[0]
    rules = pack.tables
    if rules.conversion is None:
        raise Refused("no-conversion-rule", "period_start")
    if jenjang not in rules.jenjang:
        raise Refused("jenjang-unknown", "period_start")
    percent = rules.conversion.predikat[predikat].percent
    coefficient = rules.jenjang[jenjang].coefficient
    return Segment(
        jenjang=jenjang,
        period_start=first,
        period_end=last_day(run[-1][0]),
        months=len(run),
        percent=percent,
        base=coefficient,
        twelfths=conversion_twelfths(len(run), percent, coefficient),
        rule_pack=pack.id,
    )
