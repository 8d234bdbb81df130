"""Cohorts of mentoring, as their people were told: what must be stored of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from contracts.zone import day_in

MINUTES = 15
"""Of each session."""


@dataclass
class Met:
    """A session as it was last answered."""

    pair: str
    starts_at: datetime
    said: set[str] = field(default_factory=set[str])
    """Who has said that it was held: mentee, mentor."""
    cancelled: bool = False

    @property
    def counts(self) -> bool:
        """Whether both have said that it was held, and neither has taken it back."""
        return len(self.said) == 2 and not self.cancelled

    @property
    def day(self) -> date:
        """The day on which it was: the agencies of a trial have no region, and so the zone of the capital."""
        return day_in("WIB", self.starts_at)

    @property
    def state(self) -> str:
        """As mentoring calls it."""
        return "cancelled" if self.cancelled else ("planned", "pending", "confirmed")[len(self.said)]


@dataclass
class Two:
    """A pair: the ids of both, and how far they have come."""

    mentee: str
    mentor: str
    agreed: bool = False
    ended: bool = False


@dataclass
class Cohort:
    """A programme, and what its people were told."""

    id: str
    mentees: Sequence[str]
    mentors: Sequence[str]
    seats: dict[str, int]
    """Of each mentor, as they were last taken."""
    pairs: dict[str, Two] = field(default_factory=dict[str, Two])
    """Those that both have accepted."""
    sessions: dict[str, Met] = field(default_factory=dict[str, Met])

    @property
    def told(self) -> list[Met]:
        """The sessions that count in pairs that are over: those that mentoring tells of."""
        return [met for met in self.sessions.values() if met.counts and self.pairs[met.pair].ended]
