"""What mentor and mentee agree on, and when it holds: no regulation sets a form, so what both have signed is what counts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from common.refused import Refused


class Goal(NamedTuple):
    """A competency that the mentee would raise from one level to another (1 to 5)."""

    competency: str
    start: int
    wanted: int


class Version(NamedTuple):
    """A version of an agreement, and when each of the two signed it."""

    version: int
    mentee_signed_at: datetime | None
    mentor_signed_at: datetime | None

    @property
    def held_from(self) -> datetime | None:
        """When it began to hold: when the second of the two signed; None while one has not."""
        if self.mentee_signed_at is None or self.mentor_signed_at is None:
            return None
        return max(self.mentee_signed_at, self.mentor_signed_at)


class AgreementState(NamedTuple):
    """What holds between the two, and what one of them would have instead."""

    holds: Version | None
    proposed: Version | None


def check_goals(goals: Sequence[Goal]) -> None:
    """Raises Refused `goal-not-higher` or `goal-twice`, with the goal it is about."""
    seen: set[str] = set()
    for number, goal in enumerate(goals):
        if goal.wanted <= goal.start:
            raise Refused("goal-not-higher", field=f"goals.{number}.wanted")
        if goal.competency in seen:
            raise Refused("goal-twice", field=f"goals.{number}.competency")
        seen.add(goal.competency)


def standing(versions: Iterable[Version]) -> AgreementState:
    """What holds is the newest version that both have signed. A newer one that only one has signed changes nothing yet."""
    newest_first = sorted(versions, reverse=True)
    holds = next((each for each in newest_first if each.held_from), None)
    newest = next(iter(newest_first), None)
    return AgreementState(holds, None if newest is holds else newest)


def held_first(versions: Iterable[Version]) -> datetime | None:
    """From when sessions count: since the first version that both have signed; None before."""
    return min((each.held_from for each in versions if each.held_from), default=None)
