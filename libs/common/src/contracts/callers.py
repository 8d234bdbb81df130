"""Who calls, when, and by which rules: what every route hands to its use case."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from common.clock import Clock
from common.refused import Refused
from common.web.principals import Principal
from contracts.actors import Actor

R = TypeVar("R")

Within = tuple[UUID, date | None, date | None]
"""An agency, and from which day until the day before which other (None: ever) it is one's to see."""


class Predecessor(NamedTuple):
    """An agency that a reform has closed, of which the caller's own took something over.

    The heir answers for whatever of it is nobody else's; of people, whoever they went to.
    """

    agency_id: UUID
    closed_on: date
    heir: bool


@dataclass(frozen=True, kw_only=True)
class Caller(Principal, Generic[R]):
    """A caller with the roles that count here, the clock, the service's rules, and the key of NIP hashes."""

    clock: Clock = field(compare=False)
    rules: R = field(compare=False, repr=False)
    nip_key: str = field(compare=False, repr=False)
    token_roles: frozenset[str] = frozenset()
    """All roles of the token, those too that count for nothing here."""
    region: frozenset[Within] = frozenset()
    """The agencies of the region that a role they hold is for, each with the days on which it was in it."""
    predecessors: frozenset[Predecessor] = frozenset()
    """What was before the agency that a role they hold is for."""
    acting_for: UUID | None = None
    """For whom they act as a deputy, with that one's rights."""
    named_by: frozenset[str] = frozenset()
    """The hands of whoever made them the deputy."""

    @property
    def now(self) -> datetime:
        """The present moment: an upload may take longer than one."""
        return self.clock.now()

    @property
    def today(self) -> date:
        """The present day in Asia/Jakarta."""
        return self.clock.today()

    @property
    def agency(self) -> UUID | None:
        """The agency they speak for."""
        return self.claims.get("agency")

    @property
    def person(self) -> UUID | None:
        """Whose token it is."""
        return self.claims.get("person")

    @cached_property
    def actor(self) -> Actor:
        """Who acts when this caller does: whose token it is, where that is known, and for whom."""
        people = frozenset(each for each in (self.person, self.acting_for) if each is not None)
        return Actor(self.subject, people, self.acting_for, self.named_by)

    @property
    def provider(self) -> UUID | None:
        """The provider of trainings they speak for."""
        return self.claims.get("provider")

    @cached_property
    def agencies(self) -> frozenset[UUID]:
        """The agencies the caller is bound to today, by an office in one or for a region; none for who has no such role."""
        return self.agencies_on(self.today)

    def agencies_on(self, day: date) -> frozenset[UUID]:
        """`agencies` as of a day: for a region those that were in it then, for an office what had come to it by then.

        So what is told of a day before a reform is what was told of it then.
        """
        region = {
            each for each, start, after in self.region if (start or day) <= day and (after is None or day < after)
        }
        return frozenset(region | self._offices_on(day))

    @cached_property
    def offices(self) -> frozenset[UUID]:
        """The agency in which they hold an office, and those it is the heir of; none for who has no such role."""
        return frozenset(self._offices_on(self.today))

    def _offices_on(self, day: date) -> set[UUID]:
        if not self.holds_by("agency"):
            return set()
        inherited = {each.agency_id for each in self.predecessors if each.heir and each.closed_on <= day}
        return {self.speaks_for("agency"), *inherited}

    @property
    def succeeded(self) -> frozenset[UUID]:
        """The agencies that were before theirs, whether as the heir or not."""
        return frozenset(each.agency_id for each in self.predecessors)

    def answers_for(self, agency_id: UUID, serves_in: UUID) -> bool:
        """Whether their office answers for what was somebody's in an agency, who serves in another today.

        That is their own, or, of whoever serves with them or left where they are the heir, one that was before it.
        """
        return agency_id == self.agency or (serves_in in self.offices and agency_id in self.succeeded)

    def reaches(self, agency_id: UUID, day: date | None = None) -> bool:
        """Whether what is of that agency is the caller's to see or change: today, or else as of a day.

        Raises Refused `forbidden`.
        """
        return self.unbound or agency_id in self._bounds(None) or agency_id in self._bounds(day)

    def sees(
        self, agency_column: ColumnElement[UUID] | InstrumentedAttribute[UUID] | Any, day: date | None = None
    ) -> ColumnElement[bool]:
        """The condition that keeps a query inside the caller's agencies (as of a day, by default today).

        Raises Refused `forbidden`.
        """
        return true() if self.unbound else agency_column.in_(self._bounds(day))

    def _bounds(self, day: date | None) -> frozenset[UUID]:
        if not self.region and not self.holds_by("agency"):
            raise Refused("forbidden")
        return self.agencies if day is None else self.agencies_on(day)
