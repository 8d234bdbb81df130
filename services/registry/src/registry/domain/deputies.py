"""Who stands in for whom: somebody does a named duty of another from a day until the day before another.

No regulation seen says who may: that both serve in one agency, that nobody has two deputies in one duty on one day, and
that no line of deputies comes back to where it began is ours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from common.refused import Refused
from registry.domain.lines import find_loop, shown
from registry.domain.person import Person

By = Mapping[UUID, Iterable["Delegation"]]
"""Who has deputies in one duty, by person."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """`deputy_id` does a duty of `person_id` from a day until another (exclusive). `named_by` are the hands of who named them."""

    id: UUID
    person_id: UUID
    deputy_id: UUID
    duty: str
    valid_from: date
    valid_to: date
    named_by: tuple[str, ...]
    version: int = 0

    def says_the_same(self, other: "Delegation") -> bool:
        """Whether somebody has named the same deputy for the same days."""
        return replace(other, id=self.id, named_by=self.named_by, version=self.version) == self

    def overlaps(self, other: "Delegation") -> bool:
        """Whether both hold on some day."""
        return max(self.valid_from, other.valid_from) < min(self.valid_to, other.valid_to)


def check_deputy(new: Delegation, person: Person, deputy: Person, others: By, today: date) -> None:
    """Raises Refused when one cannot stand in for the other; `others` are of the same duty, and have no loop."""
    if new.person_id == new.deputy_id:
        raise Refused("deputy-oneself", "deputy_id")
    _check_days(new, today)
    first = max(new.valid_from, today)
    for each, field in ((person, "person_id"), (deputy, "deputy_id")):
        if not each.serves_on(first):
            raise Refused("not-in-service", field)
    if person.place_on(first).agency_id != deputy.place_on(first).agency_id:
        raise Refused("deputy-elsewhere", "deputy_id")
    if any(new.overlaps(each) for each in others.get(new.person_id, ())):
        raise Refused("deputy-twice", "valid_from")

    def deputies(person_id: UUID) -> list[tuple[date, date | None, UUID | None]]:
        return [(each.valid_from, each.valid_to, each.deputy_id) for each in others.get(person_id, ())]

    if loop := find_loop(new.person_id, new.deputy_id, new.valid_from, new.valid_to, deputies):
        _, way = loop
        raise Refused("deputy-loop", "deputy_id", path=shown([str(each) for each in way]))


def _check_days(new: Delegation, today: date) -> None:
    if new.valid_to <= new.valid_from:
        raise Refused("dates-reversed", "valid_to")
    if new.valid_to <= today:
        raise Refused("delegation-over", "valid_to")


def ended(delegation: Delegation, on: date, today: date) -> Delegation:
    """The delegation ended earlier: `on` is the first day on which the deputy no longer acts. Raises Refused.

    What the deputy did before stays done, so it ends today at the earliest; one that has not begun is taken back whole.
    """
    if delegation.valid_to <= today:
        raise Refused("delegation-over", "on")
    if on < today or on > delegation.valid_to:
        raise Refused("end-outside", "on")
    return replace(delegation, valid_to=max(on, delegation.valid_from))
