"""What a finished activity counts, in JP, and in which year.

Values and caps are data of a rule pack (Peraturan LAN 10/2018 and the tables that apply it); what the
kinds of form mean stands here. Each result names the rule that gave it (`Why`).

Most activities are judged alone and count in the year of their end. Each session counts in its own
month and each day on itself; both have caps, which activities of one person share, also those of
other forms that name the same cap. They take their share one after the other: verified ones first,
then by end date, then by id (the order of recording). An activity over New Year counts in both
years, in each what `share` gives it there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol
from uuid import UUID

from common.refused import Refused
from contracts.degrees import DEGREES
from training.domain.duty import cut

Kind = Literal["programme", "stated", "session", "day", "fixed", "education"]
Why = Literal[
    "stated",
    "default",
    "international",
    "sessions",
    "sessions-capped",
    "session-dates",
    "session-dates-capped",
    "days",
    "days-capped",
    "fixed",
    "education",
]
CAPPED: Mapping[Why, Why] = {
    "sessions": "sessions-capped",
    "session-dates": "session-dates-capped",
    "days": "days-capped",
}

LONGEST_YEAR = 366


@dataclass(frozen=True)
class Cap:
    """The most that the forms which name it count together: sessions of a calendar month, or JP of a day."""

    code: str
    sessions_a_month: int | None
    jp_a_day: Decimal | None
    source: str
    status: str
    text: str

    @property
    def most(self) -> Decimal:
        return Decimal(self.sessions_a_month or 0) if self.jp_a_day is None else self.jp_a_day


@dataclass(frozen=True)
class FormRule:
    """How a form of learning counts; see the rule pack for what each kind uses.

    Only forms of sessions or days have a cap: what one activity counts there depends on others.
    """

    code: str
    label: str
    kind: Kind
    jp: Decimal | None
    cap: Cap | None
    international: Decimal | None
    source: str
    status: str


class Activity(NamedTuple):
    """A finished activity, from its first to its last day. `stated` are the JP of its certificate or programme.

    `session_dates` are in order; there are none where nobody gave them.
    """

    id: UUID
    form: str
    start: date
    end: date
    stated: Decimal | None
    sessions: int
    session_dates: tuple[date, ...]
    international: bool
    degree: str | None
    verified: bool


class Counted(NamedTuple):
    """What an activity counts: JP in all, the rule that gave them, and JP by year."""

    jp: Decimal
    why: Why
    by_year: Mapping[int, Decimal]


class Limits(Protocol):
    """What `check` asks of a pack."""

    @property
    def jp_most(self) -> Decimal: ...
    @property
    def jp_step(self) -> Decimal: ...
    @property
    def years_most(self) -> int: ...
    @property
    def forms(self) -> Mapping[str, FormRule]: ...


def check(limits: Limits, activity: Activity) -> FormRule:
    """The rule of the activity's form. Raises Refused when the activity lacks what it needs or exceeds what it allows."""
    rule = check_form(limits, activity.form, activity.stated)
    if (activity.end - activity.start).days > limits.years_most * LONGEST_YEAR:
        raise Refused("too-long", "start_date", most=limits.years_most)
    if activity.stated is None and rule.kind == "programme":
        raise Refused("jp-missing", "jp")
    if rule.kind == "education":
        if activity.degree is None:
            raise Refused("degree-missing", "degree")
        if activity.degree not in DEGREES:
            raise Refused("degree-unknown", "degree")
    elif activity.degree is not None:
        raise Refused("degree-unexpected", "degree")
    if activity.session_dates:
        _check_sessions(rule, activity)
    return rule


def _check_sessions(rule: FormRule, activity: Activity) -> None:
    if rule.kind != "session":
        raise Refused("session-dates-unexpected", "session_dates")
    if len(activity.session_dates) != activity.sessions:
        raise Refused("sessions-differ", "session_dates")
    if activity.session_dates[0] < activity.start or activity.end < activity.session_dates[-1]:
        raise Refused("session-outside", "session_dates")


def check_form(limits: Limits, form: str, stated: Decimal | None) -> FormRule:
    """The rule of a form, for which these JP may be stated. Raises Refused."""
    rule = limits.forms.get(form)
    if rule is None:
        raise Refused("form-unknown", "form")
    if stated is not None:
        if not 0 < stated <= limits.jp_most:
            raise Refused("jp-out-of-range", "jp", most=limits.jp_most)
        if stated % limits.jp_step:
            raise Refused("jp-decimals", "jp", step=limits.jp_step)
    return rule


def count(rule: FormRule, activity: Activity) -> Counted:
    """What an activity counts by itself."""
    end = activity.end.year
    match rule.kind:
        case "programme" | "stated":
            jp, why = _stated(rule, activity)
            return Counted(jp, why, {end: jp})
        case "session" | "day":
            alone = [(rule, activity)]
            return shared(
                rule, activity, {year: share(year, alone)[activity.id] for year in counting_years(rule, activity)}
            )
        case "fixed":
            jp = rule.jp or Decimal(0)
            return Counted(jp, "fixed", {end: jp})
        case "education":
            return Counted(Decimal(0), "education", {end: Decimal(0)})


def counting_years(rule: FormRule, activity: Activity) -> Sequence[int]:
    """The years in which an activity counts: those of its days; of its sessions, if they have dates; else of its end."""
    if rule.kind == "day":
        return range(activity.start.year, activity.end.year + 1)
    return sorted({day.year for day in activity.session_dates}) or [activity.end.year]


def share(year: int, activities: Iterable[tuple[FormRule, Activity]]) -> dict[UUID, Decimal]:
    """What activities of one person under one cap count in a year, by id. All that count in the year must be given."""
    used: dict[int, Decimal] = defaultdict(Decimal)
    return {
        activity.id: (_sessions if rule.kind == "session" else _days)(rule, activity, year, used)
        for rule, activity in sorted(activities, key=_order)
    }


def shared(rule: FormRule, activity: Activity, by_year: Mapping[int, Decimal]) -> Counted:
    """What an activity counts in all, by what it counts in each of its years."""
    jp = sum(by_year.values(), Decimal(0))
    why: Why = "days" if rule.kind == "day" else "session-dates" if activity.session_dates else "sessions"
    return Counted(jp, why if jp == _asked(rule, activity) else CAPPED[why], by_year)


def _order(member: tuple[FormRule, Activity]) -> tuple[bool, date, UUID]:
    """Of two activities of the same day, which comes first changes what each counts, but not what both count together."""
    _, activity = member
    return (not activity.verified, activity.end, activity.id)


def _stated(rule: FormRule, activity: Activity) -> tuple[Decimal, Why]:
    jp, why = (activity.stated, "stated") if activity.stated is not None else (rule.jp or Decimal(0), "default")
    if activity.international and rule.international is not None:
        return cut(jp * (1 + rule.international)), "international"
    return jp, why


def _sessions(rule: FormRule, activity: Activity, year: int, used: dict[int, Decimal]) -> Decimal:
    """Sessions count in their month (without dates, in that of the end) until the month's cap is used up."""
    asked = Counter(day.month for day in activity.session_dates if day.year == year)
    taken = Decimal(0)
    for month, sessions in (asked or {activity.end.month: activity.sessions}).items():
        part = min(Decimal(sessions), max(_most(rule) - used[month], Decimal(0)))
        used[month] += part
        taken += part
    return taken * (rule.jp or Decimal(0))


def _days(rule: FormRule, activity: Activity, year: int, used: dict[int, Decimal]) -> Decimal:
    """Each day gives what is left of its cap, earliest first, until the activity has its JP.

    Stated JP fall on the earliest days: a year is asked for what the days of the years before cannot hold.
    """
    first = max(activity.start, date(year, 1, 1)).toordinal()
    days = range(first, min(activity.end, date(year, 12, 31)).toordinal() + 1)
    if activity.stated is None:
        asked = len(days) * (rule.jp or Decimal(0))
    else:
        asked = max(activity.stated - (first - activity.start.toordinal()) * _most(rule), Decimal(0))
    taken = Decimal(0)
    for day in days:
        part = min(asked - taken, max(_most(rule) - used[day], Decimal(0)))
        used[day] += part
        taken += part
    return taken


def _asked(rule: FormRule, activity: Activity) -> Decimal:
    if activity.stated is not None and rule.kind == "day":
        return activity.stated
    times = activity.sessions if rule.kind == "session" else (activity.end - activity.start).days + 1
    return times * (rule.jp or Decimal(0))


def _most(rule: FormRule) -> Decimal:
    return rule.cap.most if rule.cap else Decimal(0)
