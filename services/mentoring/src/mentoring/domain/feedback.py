"""What is asked at the start and at the end of a pair, and after each session: the same, so that the difference says something."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from common.refused import Refused
from mentoring.domain.agreements import Goal
from mentoring.domain.pairs import State
from mentoring.domain.sessions import State as SaidState

Stage = Literal["start", "end"]


class Change(NamedTuple):
    """A level at the start and at the end, as far as it was said."""

    start: int | None
    end: int | None

    @property
    def change(self) -> int | None:
        """By how much it has risen; None while one of the two was not said."""
        return None if self.start is None or self.end is None else self.end - self.start


def items(goals: Collection[Goal], started: Collection[Collection[str]]) -> frozenset[str]:
    """The competencies that are asked about: those that were rated first, else the goals that hold.

    So an agreement that changes later leaves what start and end have in common.
    """
    first = next(iter(started), None)
    return frozenset(goal.competency for goal in goals) if first is None else frozenset(first)


def check_rated(stage: Stage, pair: State, rated: Collection[str], asked: Collection[str]) -> None:
    """Raises Refused `pair-not-active`, `pair-not-over`, `agreement-unsigned`, or `items-differ` with the items asked about."""
    if stage == "start" and pair != "active":
        raise Refused("pair-not-active")
    if stage == "end" and pair == "active":
        raise Refused("pair-not-over")
    if not asked:
        raise Refused("agreement-unsigned")
    if set(rated) != set(asked):
        raise Refused("items-differ", field="levels", items=", ".join(sorted(asked)))


def check_after(state: SaidState, ends_at: datetime, now: datetime) -> None:
    """Raises Refused where there is nothing to say of a session: `session-cancelled` or `session-not-over`."""
    if state == "cancelled":
        raise Refused("session-cancelled")
    if now < ends_at:
        raise Refused("session-not-over")


def change_of(competency: str, start: Mapping[str, int] | None, end: Mapping[str, int] | None) -> Change:
    """How one of the two sees the mentee in a competency, at the start and at the end."""
    return Change((start or {}).get(competency), (end or {}).get(competency))
