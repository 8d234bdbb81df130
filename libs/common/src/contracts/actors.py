"""Who acts, as rules ask it and as rows remember it. Plain Python, so that rules may use it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """Who acts: the subject of a token, and the people who act with it.

    These are whose token it is, and the one for whom they act (`acting_for`), if for anybody. `named_by` are the hands
    of whoever made them a deputy.
    """

    subject: str
    people: frozenset[UUID] = frozenset[UUID]()
    acting_for: UUID | None = None
    named_by: frozenset[str] = frozenset[str]()

    @property
    def hands(self) -> frozenset[str]:
        """What their acts are remembered by: two actors who share any of it are one and the same."""
        return frozenset({self.subject, *map(str, self.people), *self.named_by})

    def is_own_case(self, person_id: UUID) -> bool:
        """Whether one of those who act is the person concerned: nobody decides in a case of their own."""
        return str(person_id) in self.hands


SYSTEM = Actor("system")
"""A service that acts by itself, since an event has come. No token has this subject (`common.web.auth`)."""
