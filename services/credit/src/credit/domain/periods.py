"""From a predikat and its period to segments of AK: which months count, for which post, by which rules.

A month is judged by its first day: the post held, whether the person served, and the rules valid on it. So a change
within a month counts from the next one. This reading is not confirmed yet; the rule packs list it with the others
(`readings`).
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Literal, get_args
from uuid import UUID

from common.refused import Refused
from common.rules import RulePack
from credit.domain.amounts import conversion_twelfths
from credit.domain.rules import Book, Rules
from roster.days import covers

Away = Literal["not-joined", "on-leave", "on-study", "retired", "deceased"]
"""Why somebody does not serve on a day."""
AWAY: Mapping[str, Away] = {"leave": "on-leave", "study": "on-study", "retired": "retired", "deceased": "deceased"}
"""What a status of the registry means here; an active person is not away."""
Why = Literal[Away, "no-functional-post", "booked"]
"""Why a month earns nothing. The rule packs hold the legal source of each."""
WHYS: tuple[Why, ...] = get_args(Why)
REFUSALS: Mapping[Why, str] = {"booked": "months-already-booked", "no-functional-post": "no-functional-post"}
"""The code that refuses a period without a month that counts: of the first of these reasons it has, else `not-in-service`."""


@dataclass(frozen=True)
class Post:
    """A post from `valid_from` until the day before `valid_to`; jenjang is None outside the functional posts.

    `golongan` is None where the registry has not told it yet.
    """

    jenjang: str | None
    valid_from: date
    valid_to: date | None
    golongan: str | None = None


@dataclass(frozen=True)
class Absence:
    """A time out of service, from `valid_from` until the day before `valid_to`."""

    why: Away
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Tenure:
    """When somebody serves and in which posts, from joining on, as the registry tells it."""

    joined_on: date
    posts: Sequence[Post]
    absences: Sequence[Absence] = ()

    def away_on(self, day: date) -> Away | None:
        """Why the person does not serve on a day; None when they do."""
        if day < self.joined_on:
            return "not-joined"
        return next(
            (absence.why for absence in self.absences if covers((absence.valid_from, absence.valid_to), day)), None
        )

    def post_on(self, day: date) -> Post | None:
        """The post on record for a day, whether the person served or not; of two posts, the later one."""
        held = (post for post in self.posts if covers((post.valid_from, post.valid_to), day))
        return max(held, key=lambda post: post.valid_from, default=None)

    def jenjang_on(self, day: date) -> str | None:
        """The jenjang of `post_on`."""
        post = self.post_on(day)
        return post.jenjang if post else None

    def in_jenjang_since(self, day: date) -> date:
        """The first of the days up to `day` on which one jenjang was held without a break; `day` itself where it is unknown."""
        since = day
        for post in sorted(self.posts, key=lambda post: post.valid_from, reverse=True):
            if post.valid_from <= since and post.jenjang == self.jenjang_on(day):
                since = post.valid_from
            elif post.valid_from < since:
                break
        return since


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
    """A month of the period that earns nothing here, and by which legal source; `case_id` is the case that has booked it."""

    month: date
    why: Why
    source: str | None
    case_id: UUID | None = None


@dataclass(frozen=True)
class Converted:
    """What a predikat comes to."""

    segments: Sequence[Segment]
    left_out: Sequence[LeftOut]


def last_day(month: date) -> date:
    """The last day of a month, given any day of it."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def years_later(day: date, years: int) -> date:
    """The same day some years later; 1 March where that is 29 February of a year that has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def months_between(start: date, end: date) -> list[date]:
    """The first days of the months from `start` to `end`, both within one year."""
    return [date(start.year, number, 1) for number in range(start.month, end.month + 1)]


def months_since(first: date, last: date) -> list[date]:
    """The first days of the months from one day to another, over any number of years."""
    return [
        month
        for year in range(first.year, last.year + 1)
        for month in months_between(max(first, date(year, 1, 1)), min(last, date(year, 12, 31)))
    ]


def check_set_in_time(rules: Rules, period_end: date, today: date) -> None:
    """Refuses a predikat set before its time (`period-not-over`).

    The yearly conversion may be set from 15 December of its year (KP2024), so a period counts as over from that day of its
    last month on.
    """
    if rules.conversion and today < period_end.replace(day=rules.conversion.earliest_day):
        raise Refused("period-not-over", "period_end")


def check_matrix(rules: Rules, predikat: str, hasil_kerja: str | None, perilaku: str | None) -> None:
    """Refuses a predikat that its ratings do not make (`predikat-mismatch`).

    A missing rating may have any value: the predikat is refused only when none of them could make it.
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
    book: Book,
    tenure: Tenure,
    booked: Mapping[date, UUID],
    months: Sequence[date],
    predikat: str,
) -> Converted:
    """Counts every month that is free and served in a functional post on its first day, by the rules of that day.

    Somebody on leave (cuti di luar tanggungan negara) or on study is out of the functional post meanwhile (PP 11/2017
    Pasal 94 ayat (1)); before joining and after leaving there is no post. A month that a case has booked is not counted
    again, so a yearly predikat covers what periodic ones have left (PermenPANRB 1/2023 Pasal 37; a reading, not confirmed).
    Raises Refused `no-conversion-rule`, `jenjang-unknown`, `not-in-service`, `no-functional-post` or
    `months-already-booked`.
    """
    counted, left_out = sorted_out(book, tenure, booked, months)
    if not counted:
        whys = {out.why for out in left_out}
        code = next((code for why, code in REFUSALS.items() if why in whys), "not-in-service")
        raise Refused(code, "period_start")
    return Converted([_segment(run, predikat) for run in _runs(counted)], left_out)


def sorted_out(
    book: Book, tenure: Tenure, booked: Mapping[date, UUID], months: Sequence[date]
) -> tuple[list[tuple[date, str, RulePack[Rules]]], list[LeftOut]]:
    """Which months count, each with its jenjang and rules, and which do not, and why."""
    counted: list[tuple[date, str, RulePack[Rules]]] = []
    left_out: list[LeftOut] = []
    for month in months:
        pack = book.at(month)
        reasons = pack.tables.reasons
        away, jenjang = tenure.away_on(month), tenure.jenjang_on(month)
        if away is not None:
            left_out.append(LeftOut(month, away, reasons.get(away)))
        elif jenjang is None:
            left_out.append(LeftOut(month, "no-functional-post", reasons.get("no-functional-post")))
        elif month in booked:
            left_out.append(LeftOut(month, "booked", reasons.get("booked"), booked[month]))
        else:
            counted.append((month, jenjang, pack))
    return counted, left_out


def _runs(counted: Sequence[tuple[date, str, RulePack[Rules]]]) -> Iterable[list[tuple[date, str, RulePack[Rules]]]]:
    """Months in a row of the same jenjang under the same rules."""

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
