"""How long a case may wait, and which is to be decided first: the one whose waiting does most harm.

Each case has a day by which it wants deciding: the cut-off of the kenaikan pangkat that its points lead to, if it leads to one, and
at the latest so many days after it was submitted. The earliest comes first. What comes in later than that many days after a case
can never be put before it, so none waits for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from common.rules import Pages, RuleBook, RulePack, load_rule_book
from credit.domain.amounts import MONTHS
from credit.domain.promotion_days import DayRules, Days, next_day
from credit.domain.rules import OpenReading
from credit.domain.working_days import Calendar, last_day

PACKS = Path(__file__).parent.parent / "rules" / "waiting"

Waits = Literal["submitted", "checked"]
"""A state in which a case waits for somebody's decision."""
WAITS: tuple[Waits, ...] = get_args(Waits)
Awaits = Literal["check", "attest"]
"""The decision that a case waits for."""
AWAITS: tuple[Awaits, ...] = get_args(Awaits)


@dataclass(frozen=True)
class Clocks:
    """Working days in which a case is decided, by its state."""

    submitted: int
    checked: int
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """What the order of the queue goes by, in days of the calendar.

    `lead`: so long before a period of promotion the points must be there. `patience`: so long after it was submitted a case
    goes before whatever comes in then.
    """

    lead: int
    patience: int
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Published:
    """Waiting times are published of whole quarters, and of no fewer people than `smallest_group`."""

    smallest_group: int
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class WaitingRules:
    """The clocks of open cases, the order of the queue, and what is published of them."""

    clocks: Clocks
    order: Order
    published: Published
    readings: tuple[OpenReading, ...]
    sources: Mapping[str, str]


@dataclass(frozen=True)
class Prospect:
    """What somebody has in a jenjang and is waiting for, in twelfths; where they rise next, in AK.

    `had` is in the ledger, `awaited` in all their open cases there. `may_rise_from` is the first day on which they have been
    long enough in their pangkat.
    """

    had: Decimal
    awaited: Decimal
    needs: tuple[Decimal, ...]
    may_rise_from: date


@dataclass(frozen=True)
class Place:
    """Where a case stands in the queue: by when it wants deciding.

    `period` is the period of promotion that is missed if nobody decides it by then, and `months_lost` how many months later the
    next one begins; None for a case that leads to no promotion.
    """

    wanted_by: date
    period: date | None = None
    months_lost: int | None = None


def load(folder: Pages = PACKS) -> RuleBook[WaitingRules]:
    """The packs of waiting, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, lambda tables: msgspec.convert(tables, WaitingRules), _run_case)


def due_on(rules: WaitingRules, calendar: Calendar, state: Waits, since: date) -> date:
    """The last day on which a case that came into that state on a day is decided in time."""
    return last_day(calendar, since, getattr(rules.clocks, state))


def leads_to_rise(prospect: Prospect) -> bool:
    """Whether what somebody waits for brings them over one of their needs, which what they have does not."""
    return any(prospect.had < need * MONTHS <= prospect.had + prospect.awaited for need in prospect.needs)


def place(
    rules: WaitingRules, days: RuleBook[DayRules], submitted_on: date, prospect: Prospect | None, today: date
) -> Place:
    """Where a case stands today; `prospect` is None for somebody who can rise no further.

    A period whose cut-off is over cannot be met any more: the next one counts.
    """
    patient_until = submitted_on + timedelta(days=rules.order.patience)
    if prospect is None or not leads_to_rise(prospect):
        return Place(patient_until)
    lead = timedelta(days=rules.order.lead)
    period, later = _periods(days, max(today + lead, prospect.may_rise_from))
    months = (later.year - period.year) * 12 + later.month - period.month
    return Place(min(period - lead, patient_until), period, months)


@lru_cache(maxsize=10_000)
def _periods(days: RuleBook[DayRules], first: date) -> tuple[date, date]:
    """The first period from a day on, and the one after it."""
    period = next_day(days, first)
    return period, next_day(days, period + timedelta(days=1))


def _run_case(rules: WaitingRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    if "state" in given:
        return {"days": getattr(rules.clocks, given["state"])}
    periods = DayRules(Days(tuple(given["periods"]), "", ()), {})
    days = RuleBook((RulePack("", "", "", date.min, None, periods),))
    had, awaited = (Decimal(given[name]) * MONTHS for name in ("has", "awaits"))
    prospect = Prospect(had, awaited, (Decimal(given["need"]),), given["may_rise_from"])
    found = place(rules, days, given["submitted_on"], prospect, given["today"])
    return {"wanted_by": found.wanted_by, "period": found.period, "months_lost": found.months_lost}
