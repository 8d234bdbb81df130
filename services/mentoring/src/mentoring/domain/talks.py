"""Single talks: a slot that a mentor has free, asked for by somebody, answered within seven days or free again.

No regulation speaks of them. Seven days are what mentoring programmes give for an answer.
"""

from datetime import datetime, timedelta
from typing import Literal, get_args

from common.refused import Refused

Kind = Literal["talk", "guidance"]
"""A talk with a mentor about anything, or one about somebody's career (bimbingan karier)."""
KINDS: tuple[Kind, ...] = get_args(Kind)
State = Literal["requested", "accepted", "rejected", "expired", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
LIVE: tuple[State, ...] = ("requested", "accepted")
"""A slot has one of these at most."""
TO_ANSWER = timedelta(days=7)


def answer_by(now: datetime, starts_at: datetime) -> datetime:
    """Until when the mentor answers: seven days, and not once the talk would have begun."""
    return min(now + TO_ANSWER, starts_at)


def shown(state: State, until: datetime, now: datetime) -> State:
    """The state with what time has done to it."""
    return "expired" if state == "requested" and until <= now else state


def check_answered(state: State) -> None:
    """Raises Refused where there is nothing to answer any more."""
    if state != "requested":
        raise Refused("talk-state", state=state)
