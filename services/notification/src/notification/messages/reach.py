"""Of whom a caller may know how many a mail is about."""

from dataclasses import replace
from uuid import UUID

from contracts.callers import Caller


def as_reader(caller: Caller[None]) -> Caller[None] | None:
    """The caller in those roles that see people too; None for an operator, who is told how mails do, and of no number of people."""
    named = frozenset(role for role in caller.named if role.name != "operator")
    return replace(caller, named=named) if named else None


def knows(caller: Caller[None], agency_id: UUID) -> bool:
    """Whether the people of an agency are the caller's to see, and so how many a mail is about."""
    reader = as_reader(caller)
    return reader is not None and reader.reaches(agency_id)
