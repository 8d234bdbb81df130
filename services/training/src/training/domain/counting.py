"""What a finished activity counts, in JP.

Values and caps are data of a rule pack (Peraturan LAN 10/2018 and the tables that apply it); here
is only what the kinds of form mean. Each result names the rule that gave it (`Why`).

An activity of most forms is judged alone. Sessions share a calendar month's cap, and days share a
daily cap: there, activities of one person, form and counting year take their share one after the
other: verified ones first, then by end date, then by id (the order of recording).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple, Protocol
from uuid import UUID

from contracts.degrees import DEGREES
from training.domain.duty import THOUSANDTH

Kind = Literal["programme", "stated", "session", "day", "fixed", "education"]
Why = Literal[
    "stated",
    "default",
    "international",
    "sessions",
    "sessions-capped",
    "days",
    "days-capped",
    "fixed",
    "education",
]


class Refused(Exception):  # noqa: N818 - the domain's word for it
    """An activity the rules do not take, by code and the field at fault."""

    def __init__(self, code: str, field: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.values = values


@dataclass(frozen=True)
class FormRule:
    """How a form of learning counts; see the rule pack for what each kind uses."""

    code: str
    label: str
    kind: Kind
    jp: Decimal | None
    sessions_a_month: int | None
    jp_a_day: Decimal | None
    international: Decimal | None
    source: str
    status: str

    @property
    def shared(self) -> bool:
        """Whether other activities decide what one of this form counts."""
        return self.kind in {"session", "day"}


class Activity(NamedTuple):
    """A finished activity; `stated` are the JP of its certificate or programme, its days are inclusive."""

    id: UUID
    form: str
    start: date
    end: date
    stated: Decimal | None
    sessions: int
    international: bool
    degree: str | None
    verified: bool


class Counted(NamedTuple):
    """JP and the rule that gave them."""

    jp: Decimal
    why: Why


class Limits(Protocol):
    """What `check` needs of a pack."""

    @property
    def jp_most(self) -> Decimal: ...
    @property
    def jp_step(self) -> Decimal: ...
    @property
    def forms(self) -> Mapping[str, FormRule]: ...


def check(limits: Limits, activity: Activity) -> FormRule:
    """The rule of the activity's form. Raises Refused when the activity lacks or exceeds what it asks."""
    rule = check_form(limits, activity.form, activity.stated)
    if activity.stated is None and rule.kind == "programme":
        raise Refused("jp-missing", "jp")
    if rule.kind == "education":
        if activity.degree is None:
            raise Refused("degree-missing", "degree")
        if activity.degree not in DEGREES:
            raise Refused("degree-unknown", "degree")
    elif activity.degree is not None:
        raise Refused("degree-unexpected", "degree")
    return rule


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
    match rule.kind:
        case "programme" | "stated":
            return _stated(rule, activity)
        case "session" | "day":
            return share([(rule, activity)])[activity.id]
        case "fixed":
            return Counted(rule.jp or Decimal(0), "fixed")
        case "education":
            return Counted(Decimal(0), "education")


def share(activities: Iterable[tuple[FormRule, Activity]]) -> dict[UUID, Counted]:
    """What activities of one person, shared form and counting year count, by id."""
    sessions_used: dict[int, int] = defaultdict(int)
    jp_used: dict[int, Decimal] = defaultdict(Decimal)
    counted: dict[UUID, Counted] = {}
    for rule, activity in sorted(activities, key=_order):
        taken = _sessions(rule, activity, sessions_used) if rule.kind == "session" else _days(rule, activity, jp_used)
        counted[activity.id] = taken
    return counted


def _order(member: tuple[FormRule, Activity]) -> tuple[bool, date, UUID]:
    _, activity = member
    return (not activity.verified, activity.end, activity.id)


def _stated(rule: FormRule, activity: Activity) -> Counted:
    jp, why = (activity.stated, "stated") if activity.stated is not None else (rule.jp or Decimal(0), "default")
    if activity.international and rule.international is not None:
        return Counted((jp * (1 + rule.international)).quantize(THOUSANDTH, ROUND_HALF_UP), "international")
    return Counted(jp, why)


def _sessions(rule: FormRule, activity: Activity, used: dict[int, int]) -> Counted:
    """Sessions count in the month of the end date, until the month's cap is used up."""
    month = activity.end.month
    most = activity.sessions if rule.sessions_a_month is None else max(rule.sessions_a_month - used[month], 0)
    sessions = min(activity.sessions, most)
    used[month] += sessions
    why = "sessions" if sessions == activity.sessions else "sessions-capped"
    return Counted(sessions * (rule.jp or Decimal(0)), why)


def _days(rule: FormRule, activity: Activity, used: dict[int, Decimal]) -> Counted:
    """Each day of the counting year gives what is left of its cap, earliest first, until the activity has its JP."""
    first = max(activity.start, date(activity.end.year, 1, 1)).toordinal()
    days = range(first, activity.end.toordinal() + 1)
    asked = activity.stated if activity.stated is not None else len(days) * (rule.jp or Decimal(0))
    taken = Decimal(0)
    for day in days:
        rest = asked - taken
        part = rest if rule.jp_a_day is None else min(rest, max(rule.jp_a_day - used[day], Decimal(0)))
        used[day] += part
        taken += part
    return Counted(taken, "days" if taken == asked else "days-capped")
