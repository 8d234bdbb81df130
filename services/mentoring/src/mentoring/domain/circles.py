"""Circles: several mentees and a mentor about one topic, as many as there are seats.

No regulation speaks of them. That a meeting counts for whoever the mentor and they themselves say was there is the rule
of sessions (`domain/sessions`); that nobody else has hours of it follows. Whoever joins keeps two limits of a pair with the mentor:
neither stands above the other, and neither has asked not to be with the other. Of mentees among themselves nothing is asked, and
who comes to stand above another later is in the circle still: nobody assesses anybody in it.
"""

from datetime import datetime, timedelta
from typing import Literal, get_args

from common.refused import Refused
from mentoring.domain.sessions import Said, Span, confirmed

State = Literal["open", "over"]
STATES: tuple[State, ...] = get_args(State)
MOST_SEATS = 30
"""Seats of a circle, at most: a class is no circle."""


def check_joins(state: State, seats: int, taken: int) -> None:
    """Raises Refused where nobody may join: `circle-over` or `circle-full`."""
    if state == "over":
        raise Refused("circle-over")
    if taken >= seats:
        raise Refused("circle-full", seats=seats)


def is_of(joined_at: datetime, left_at: datetime | None, span: Span) -> bool:
    """Whether somebody who joined and perhaps left then may have been at a meeting."""
    return joined_at < span.ends_at and (left_at is None or left_at > span.starts_at)


def listed(said: Said, span: Span, now: datetime, wait: timedelta, *, is_present: bool) -> Said:
    """What is said of somebody at a meeting once the mentor has said who was there.

    Whom the mentor names after having taken it back, or after a claim that nobody answered, has time to say so anew. Of
    whom the mentor never named, their own word alone stays what it was. Raises Refused `session-not-over`.
    """
    if is_present:
        is_anew = said.shown(now) in {"cancelled", "expired"}
        return confirmed(Said("planned") if is_anew else said, "mentor", span, now, wait)
    return said if said.mentor_at is None else Said("cancelled", said.mentee_at)
