"""Single talks: a slot that a mentor has free, asked for by somebody, answered within seven days or free again.

One that was accepted and held counts as a session does, once both have said so (`domain/sessions`); whether it gives
hours is for the rule pack of training. No regulation speaks of them. Seven days are what mentoring programmes give for an answer.
"""

from datetime import datetime, timedelta
from typing import Literal, get_args

from common.refused import Refused
from mentoring.domain.sessions import Said

Kind = Literal["talk", "guidance"]
"""A talk with a mentor about anything, or one about somebody's career (bimbingan karier)."""
KINDS: tuple[Kind, ...] = get_args(Kind)
State = Literal["requested", "accepted", "pending", "confirmed", "rejected", "expired", "cancelled"]
"""`pending`: one of the two has said that it was held."""
STATES: tuple[State, ...] = get_args(State)
AGREED: tuple[State, ...] = ("accepted", "pending", "confirmed")
LIVE: tuple[State, ...] = ("requested", *AGREED)
"""A slot has one of these at most."""
TO_ANSWER = timedelta(days=7)


def answer_by(now: datetime, starts_at: datetime) -> datetime:
    """Until when the mentor answers: seven days, and not once the talk would have begun."""
    return min(now + TO_ANSWER, starts_at)


def shown(state: State, until: datetime, now: datetime) -> State:
    """The state with what time has done to it; `until` is when an answer, or the word of the other, comes too late."""
    return "expired" if state in {"requested", "pending"} and until <= now else state


def held(state: State, mentee_at: datetime | None, mentor_at: datetime | None, expires_at: datetime | None) -> Said:
    """What is said of a talk that was to be, as of a session. Raises Refused `talk-state` where it was never to be."""
    if state == "requested" or state == "rejected" or state == "expired":  # noqa: PLR1714 - so that types are told
        raise Refused("talk-state", state=state)
    return Said("planned" if state == "accepted" else state, mentee_at, mentor_at, expires_at)


def check_answered(state: State) -> None:
    """Raises Refused where there is nothing to answer any more."""
    if state != "requested":
        raise Refused("talk-state", state=state)
