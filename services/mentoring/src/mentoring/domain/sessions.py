"""When a session may be planned, and when it counts: both have to say that it was held, after it was.

No regulation says how a session is proved. That both confirm is the stricter reading of what agencies ask for (a form of
both, tables of 2021); how long the second one has is a rule of the programme.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from common.refused import Refused
from contracts.zone import day_in
from mentoring.domain.programmes import Side

State = Literal["planned", "pending", "confirmed", "cancelled"]
"""`pending`: one of the two has said that it was held."""
By = Side | Literal["desk"]
"""Who called a session off; `desk`: neither of the two."""
Shown = State | Literal["expired"]
"""`expired`: the other did not say so in time."""
MOST_A_YEAR = 100
"""Confirmed sessions of a mentee in a pair or a circle in a year: as many days as a record of learning takes (`session_dates` in training)."""

DAY_BEFORE, HOUR_BEFORE = timedelta(days=1), timedelta(hours=1)
"""When the two are reminded of a session."""


class Span(NamedTuple):
    """From when until when."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        """Whether both go on at one moment; one may begin when the other ends."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class Said(NamedTuple):
    """What has been said of a session: when the mentee and the mentor each said that it was held."""

    state: State
    mentee_at: datetime | None = None
    mentor_at: datetime | None = None
    expires_at: datetime | None = None
    """Until when the other may say so too; None unless it is pending."""

    def shown(self, now: datetime) -> Shown:
        """The state with what time has done to it."""
        is_over = self.state == "pending" and self.expires_at is not None and self.expires_at <= now
        return "expired" if is_over else self.state


def check_not_after(span: Span, last_day: date) -> None:
    """Raises Refused `after-end` for what begins when a pair or circle is over, on the day after its last one in Jakarta."""
    if day_in("WIB", span.starts_at) > last_day:
        raise Refused("after-end", field="starts_at", day=last_day)


def check_planned(span: Span, agreed_at: datetime | None, others: Iterable[Span]) -> None:
    """Raises Refused `agreement-unsigned`, `before-agreement` or `session-overlaps`. `others` are the mentee's.

    An hour counts once for a mentee. A mentor may have two mentees at one table; where the same hour is claimed of both to
    gather hours, that is for a person to judge, and nothing to judge would be left if it were refused here.
    """
    if agreed_at is None:
        raise Refused("agreement-unsigned")
    if span.starts_at < agreed_at:
        raise Refused("before-agreement", field="starts_at")
    if any(span.overlaps(other) for other in others):
        raise Refused("session-overlaps", field="starts_at")


def confirmed(said: Said, side: Side, span: Span, now: datetime, wait: timedelta) -> Said:
    """What is said when one of the two says that the session was held; saying it again changes nothing.

    The other has `wait` from then. Raises Refused `session-not-over`, `session-cancelled` or `claim-expired`.
    """
    if said.state == "confirmed":
        return said
    if said.state == "cancelled":
        raise Refused("session-cancelled")
    if now < span.ends_at:
        raise Refused("session-not-over")
    if said.shown(now) == "expired":
        raise Refused("claim-expired")
    if (said.mentee_at if side == "mentee" else said.mentor_at) is not None:
        return said
    heard = said._replace(mentee_at=now) if side == "mentee" else said._replace(mentor_at=now)
    if heard.mentee_at and heard.mentor_at:
        return heard._replace(state="confirmed", expires_at=None)
    return heard._replace(state="pending", expires_at=now + wait)


def moved(side: Side, span: Span, now: datetime, wait: timedelta) -> Said:
    """What is said of a session that one of the two gives another time: what was said of the old one says nothing of it.

    Of a time gone by, whoever gives it says that it was held then.
    """
    planned = Said("planned")
    return planned if now < span.ends_at else confirmed(planned, side, span, now, wait)


def reminders_past(starts_at: datetime, now: datetime) -> int:
    """How many of the two reminders of a session it is too late for when it is planned: whoever plans it knows of it."""
    return (starts_at <= now + DAY_BEFORE) + (starts_at <= now + HOUR_BEFORE)
