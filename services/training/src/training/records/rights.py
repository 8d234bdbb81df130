"""Who may send and change which records (architecture: deny by default, refused line by line).

An agency answers for the people who were its own on the end date; a provider for its own
trainings, whoever attended; a person for self-declared activities of their own; a `service`
(learning platforms, loaders) for everyone.
"""

from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlmodel import col

from common.auth import Principal
from common.problems import Problem
from training.people.tables import Person
from training.records.schemas import SourceKind
from training.records.tables import Record

Capacity = Literal["service", "agency_hr", "provider", "person"]

SENDERS: tuple[Capacity, ...] = ("service", "agency_hr", "provider", "person")
READERS = (*SENDERS, "lan", "analis", "inspector")
AGENCY_ROLES = frozenset({"agency_hr", "inspector"})
SOURCES: dict[Capacity, tuple[SourceKind, ...]] = {
    "service": ("system", "provider", "self"),
    "agency_hr": ("system", "self"),
    "provider": ("provider",),
    "person": ("self",),
}


def capacity(principal: Principal) -> Capacity:
    """In which of their roles a caller acts: the widest.

    Raises Problem `forbidden` for a role whose token does not say which agency, provider or person it speaks for.
    """
    speaks_for = {
        "service": principal.subject,
        "agency_hr": principal.agency,
        "provider": principal.provider,
        "person": principal.person,
    }
    for role in SENDERS:
        if role in principal.roles and speaks_for[role] is not None:
            return role
    raise Problem("forbidden")


def source_kind(acting: Capacity, given: SourceKind | None) -> SourceKind:
    """The kind of source of a record. Raises Problem `source-not-allowed`."""
    allowed = SOURCES[acting]
    if given is None:
        return allowed[0]
    if given not in allowed:
        raise Problem("source-not-allowed", field="source")
    return given


def check_owner(principal: Principal, acting: Capacity, *, person_id: UUID, agency_id: UUID) -> None:
    """Raises Problem where a caller does not answer for a person on a day; a provider may for anyone."""
    if acting == "agency_hr" and agency_id != principal.agency:
        raise Problem("agency-mismatch", field="nip")
    if acting == "person" and person_id != principal.person:
        raise Problem("not-yours", field="nip")


def check_change(principal: Principal, acting: Capacity, record: Record) -> None:
    """Raises Problem where a caller may not correct or revoke a record they can see."""
    if acting == "agency_hr" and record.agency_id != principal.agency:
        raise Problem("not-yours")
    if acting == "provider" and (record.provider_id != principal.provider or record.source_kind != "provider"):
        raise Problem("not-yours")
    if acting == "person":
        if record.person_id != principal.person or record.source_kind != "self":
            raise Problem("not-yours")
        if record.verified:
            raise Problem("already-verified")


def visible(principal: Principal) -> ColumnElement[bool]:
    """The condition for the records a caller may see.

    An agency sees those of people it has now, and those that ended while the person was its own.
    """
    if principal.national:
        return true()
    seen: list[ColumnElement[bool]] = []
    if not AGENCY_ROLES.isdisjoint(principal.roles):
        now_own = select(col(Person.person_id)).where(col(Person.agency_id) == principal.agency)
        seen += [col(Record.agency_id) == principal.agency, col(Record.person_id).in_(now_own)]
    if "provider" in principal.roles:
        seen.append(col(Record.provider_id) == principal.provider)
    if "person" in principal.roles:
        seen.append(col(Record.person_id) == principal.person)
    return or_(false(), *seen)
