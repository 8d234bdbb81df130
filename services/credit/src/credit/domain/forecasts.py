"""When somebody can rise if things go as a scenario says, and which condition stands in the way until then.

Rises begin on the first of a month, a kenaikan pangkat only in its periods. So each condition is asked from which month on it is met,
and the answer is found by leaping from one to the next, not month by month; `credit.domain.rising` says what each condition is. What is
not known is taken as met, and named. The rules are those of the day from which is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from common.rules import RuleBook
from credit.domain.amounts import MONTHS, conversion_twelfths, education_twelfths
from credit.domain.periods import years_later
from credit.domain.promotion import Act
from credit.domain.promotion_days import DayRules, next_day
from credit.domain.rising import CODES, Code, Known, Ladder, judge_act
from roster.days import covers

HORIZON_YEARS = 20
"""What does not come within so many years is told as never."""


@dataclass(frozen=True)
class Scenario:
    """What is supposed from `start` on.

    `predikat` is that of every month from `counted_from` on, the first whose predikat has not been attested; a month counts once it is
    over. `post_on` is when a post opens, `test_on` when the test is passed, `degree_on` when a higher degree is attested.
    """

    start: date
    counted_from: date
    predikat: str
    post_on: date | None = None
    test_on: date | None = None
    degree_on: date | None = None


@dataclass(frozen=True)
class Forecast:
    """The first day on which an act can be, None for never; `binding` are the conditions not met on the last possible day before it.

    `without` says of each of them which day it would be if that one were met; `assumed` are those that are not known.
    """

    act: Act
    to: str | None
    day: date | None
    binding: tuple[Code, ...]
    without: Mapping[Code, date | None]
    assumed: tuple[Code, ...]


def forecast(days: RuleBook[DayRules], ladder: Ladder, known: Known, act: Act, scenario: Scenario) -> Forecast:
    """When an act can be. Raises LookupError for a start before the first period of promotions."""
    judged = judge_act(ladder, known, act, scenario.start)
    if judged.to is None:
        return Forecast(act, None, None, (), {}, ())
    course, codes = _Course(days, ladder, known, act, scenario), CODES[act]
    found = course.earliest(codes)
    before = course.last_before(course.end if found is None else found)
    binding: tuple[Code, ...] = tuple(
        code for code in codes if before is not None and course.met_from(code, before) != before
    )
    without: dict[Code, date | None] = {
        code: _day(course.earliest([other for other in codes if other != code])) for code in binding
    }
    assumed: tuple[Code, ...] = tuple(condition.code for condition in judged.conditions if condition.state == "unknown")
    return Forecast(act, judged.to, _day(found), binding, without, assumed)


@dataclass(frozen=True)
class _Course:
    """Months are counted from the year 0: that of a day is the first that begins on it or later."""

    days: RuleBook[DayRules]
    ladder: Ladder
    known: Known
    act: Act
    scenario: Scenario

    @property
    def end(self) -> int:
        return _month(self.scenario.start) + HORIZON_YEARS * MONTHS

    def earliest(self, codes: Sequence[Code]) -> int | None:
        """The first month in which the act may begin and all of these are met."""
        month = self.allowed(_month(self.scenario.start))
        while month < self.end:
            met = [self.met_from(code, month) for code in codes]
            latest = max((each for each in met if each is not None), default=month)
            if None in met:
                return None
            if latest == month:
                return month
            month = self.allowed(latest)
        return None

    def allowed(self, month: int) -> int:
        """The first month from this one on in which the act may begin."""
        return _month(next_day(self.days, _first(month))) if self.act == "rank" else month

    def last_before(self, month: int) -> int | None:
        """The last month before this one in which the act may begin; None where there is none since the start."""
        months = range(month - 1, _month(self.scenario.start) - 1, -1)
        return next((each for each in months if self.allowed(each) == each), None)

    def met_from(self, code: Code, month: int) -> int | None:
        """The first month from this one on in which a condition is met; None for never."""
        match code:
            case "credit-for-rank" | "credit-for-level":
                return max(month, self._earned())
            case "years-in-rank":
                since, years = self.known.in_rank_since, self.ladder.promotion.tables.rank.years_in_rank
                return month if since is None else max(month, _month(years_later(since, years)))
            case "predicate":
                # Within a year it can only get worse.
                januaries = [_january(_year(month) + ahead) for ahead in range(1, self._asked_years + 2)]
                return next((each for each in (month, *januaries) if self._rated_well(each)), None)
            case "discipline":
                return self._unbarred(month)
            case "open-post":
                return self._opened(month)
            case "test-passed":
                passed = min((day for day in (self.known.passed_on, self.scenario.test_on) if day), default=None)
                return max(month, _month(passed)) if passed else None

    def _earned(self) -> int:
        """The first month before which enough was earned: by months alone, or with the addition for a degree."""
        need = (self.ladder.need(self.act, self.known.golongan) or Decimal(0)) * MONTHS
        rules, level = self.ladder.conversion.tables, self.ladder.level
        percent = rules.conversion.predikat[self.scenario.predikat].percent if rules.conversion else 0
        monthly = conversion_twelfths(1, percent, level.coefficient)

        def reached(missing: Decimal) -> int:
            if missing <= 0:
                return _month(self.scenario.start)
            return _month(self.scenario.counted_from) + int((missing / monthly).to_integral_value(ROUND_CEILING))

        by_months = reached(need - self.known.had)
        if self.scenario.degree_on is None or rules.education is None:
            return by_months
        addition = education_twelfths(rules.education.percent, level.kp_need)
        return min(by_months, max(_month(self.scenario.degree_on), reached(need - self.known.had - addition)))

    @property
    def _asked_years(self) -> int:
        return getattr(self.ladder.promotion.tables, self.act).years

    def _rated_well(self, month: int) -> bool:
        """Whether no predikat of the years asked, or of this one so far, is too low; one that is not known is taken as good."""
        supposed_well = self.ladder.is_good(self.act, self.scenario.predikat)
        supposed_from = _month(self.scenario.counted_from)
        for year in range(_year(month) - self._asked_years, _year(month) + 1):
            attested = self.known.ratings.get(year)
            if attested is not None and not self.ladder.is_good(self.act, attested):
                return False
            if not supposed_well and max(supposed_from, _january(year)) < min(month, _january(year + 1)):
                return False
        return True

    def _opened(self, month: int) -> int | None:
        seats, opens = self.known.seats, self.scenario.post_on
        if seats is not None and seats.free > seats.unplaced:
            return month
        if opens is not None:
            return max(month, _month(opens))
        return month if seats is None or seats.free > 0 else None

    def _unbarred(self, month: int) -> int | None:
        for each in sorted(self.known.penalties, key=lambda each: each.valid_from):
            if each.level in self.ladder.promotion.tables.rank.barred_by and covers(
                (each.valid_from, each.valid_to), _first(month)
            ):
                return None if each.valid_to is None else self._unbarred(_month(each.valid_to))
        return month


def _month(day: date) -> int:
    return day.year * MONTHS + day.month - (1 if day.day == 1 else 0)


def _january(year: int) -> int:
    return year * MONTHS


def _year(month: int) -> int:
    return month // MONTHS


def _first(month: int) -> date:
    return date(_year(month), month % MONTHS + 1, 1)


def _day(month: int | None) -> date | None:
    return None if month is None else _first(month)
