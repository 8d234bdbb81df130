"""Classes: when their sessions may be, and which of their hours (JP) follow from who was there.

Source: what part attendance gives is data (`rules/attendance`), by the form of the class; no regulation sets it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple

from common.refused import Refused
from common.rules import load_rule_book
from contracts.zone import day_in

PACKS = Path(__file__).parent.parent / "rules" / "attendance"
NONE = Decimal(0)


@dataclass(frozen=True)
class Policy:
    """Which hours attendance gives: below the share `least` none, else those of the class or those attended."""

    least: Decimal
    gives: Literal["class", "attended"]
    source: str
    status: str

    def hours(self, sessions: Mapping[int, Decimal], attended: Collection[int]) -> Decimal:
        """The hours (JP) of whoever attended these of the sessions, whose hours are given by number."""
        whole = sum(sessions.values(), NONE)
        there = sum((jp for number, jp in sessions.items() if number in attended), NONE)
        if not there or there < self.least * whole:
            return NONE
        return whole if self.gives == "class" else there


class Meeting(NamedTuple):
    """A session of a class: from when until when, and its hours (JP)."""

    starts_at: datetime
    ends_at: datetime
    jp: Decimal


def _parse(tables: Mapping[str, Any]) -> Mapping[str, Policy]:
    return {
        form: Policy(Decimal(entry["least"]), entry["gives"], entry["source"], entry["status"])
        for entry in tables["policies"]
        for form in entry["forms"]
    }


def _run_case(policies: Mapping[str, Policy], given: Mapping[str, Any]) -> Mapping[str, object]:
    sessions = {number: Decimal(jp) for number, jp in enumerate(given["sessions"], 1)}
    return {"jp": policies[given["form"]].hours(sessions, given["attended"])}


BOOK = load_rule_book(PACKS, _parse, _run_case)


def policy_of(form: str, day: date) -> Policy:
    """What attendance gives in a class of a form that ends on a day.

    Raises Refused `form-not-in-classes` for a form that is not given in classes, `rule-missing` for a day before all rules.
    """
    try:
        policy = BOOK.at(day).tables.get(form)
    except LookupError:
        raise Refused("rule-missing", field="ends_on") from None
    if policy is None:
        raise Refused("form-not-in-classes", field="course_id")
    return policy


def check_times(begins_on: date, ends_on: date, meetings: Sequence[Meeting]) -> None:
    """Sessions lie within the days of their class, in Jakarta's clock, and one after the other: they are given in that order.

    Raises Refused: `dates-reversed`, `times-reversed`, `class-session-outside`, `class-sessions-overlap`.
    """
    if ends_on < begins_on:
        raise Refused("dates-reversed", field="ends_on")
    for meeting in meetings:
        if meeting.ends_at <= meeting.starts_at:
            raise Refused("times-reversed", field="sessions")
        if day_in("WIB", meeting.starts_at) < begins_on or day_in("WIB", meeting.ends_at) > ends_on:
            raise Refused("class-session-outside", field="sessions")
    if any(later.starts_at < earlier.ends_at for earlier, later in pairwise(meetings)):
        raise Refused("class-sessions-overlap", field="sessions")
