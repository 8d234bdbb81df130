"""Who may send and change which records (architecture: deny by default, refused line by line).

An agency answers for the people who were its own on the end date; a provider for its own
trainings, whoever attended; a person for self-declared activities of their own; a `service`
(learning platforms, loaders) for everyone. Nobody decides over a record of their own: whoever sends it,
it is self-declared, and once it is verified somebody else must change it.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlmodel import col

from common.refused import Refused
from contracts.acting import Capacity
from contracts.callers import Caller
from roster.people import Person
from training.domain.rules import Book
from training.people import PEOPLE
from training.records.schemas import SourceKind
from training.records.tables import Record

SOURCES: dict[Capacity, tuple[SourceKind, ...]] = {
    "service": ("system", "provider", "self"),
    "agency_hr": ("system", "self"),
    "provider": ("provider",),
    "person": ("self",),
}


def source_kind(caller: Caller[Book], acting: Capacity, given: SourceKind | None, *, person_id: UUID) -> SourceKind:
    """The kind of source of a record; what people send of themselves is self-declared, whatever it says.

    Raises Refused `source-not-allowed`.
    """
    allowed = SOURCES[acting]
    if given is not None and given not in allowed:
        raise Refused("source-not-allowed", field="source")
    if caller.actor.is_own_case(person_id):
        return "self"
    return given or allowed[0]


def check_owner(caller: Caller[Book], acting: Capacity, person: Person, agency_id: UUID) -> None:
    """Raises Refused where a caller does not answer for a person on a day; a provider may for anyone."""
    if acting == "agency_hr" and not caller.answers_for(agency_id, person.agency_id):
        raise Refused("agency-mismatch", field="nip")
    if acting == "person" and person.person_id != caller.person:
        raise Refused("not-yours", field="nip")


def check_change(caller: Caller[Book], acting: Capacity, record: Record, person: Person) -> None:
    """Raises Refused where a caller may not correct or revoke a record they can see."""
    if acting == "agency_hr" and not caller.answers_for(record.agency_id, person.agency_id):
        raise Refused("not-yours")
    if acting == "provider" and (record.provider_id != caller.provider or record.source_kind != "provider"):
        raise Refused("not-yours")
    if acting == "person":
        if record.person_id != caller.person or record.source_kind != "self":
            raise Refused("not-yours")
        if record.verified:
            raise Refused("already-verified")
    if record.verified and caller.actor.is_own_case(record.person_id):
        raise Refused("own-record")


def visible(caller: Caller[Book]) -> ColumnElement[bool]:
    """The condition for the records a caller may see.

    An agency sees those of people it has now, and those that ended while the person was its own; a steward all of
    whoever holds the position today.
    """
    if caller.unbound:
        return true()
    seen: list[ColumnElement[bool]] = []
    if caller.agencies:
        now_own = select(PEOPLE.c.person_id).where(PEOPLE.c.agency_id.in_(caller.agencies))
        seen += [col(Record.agency_id).in_(caller.agencies), col(Record.person_id).in_(now_own)]
    if caller.holds_by("position"):
        seen.append(exists().where(PEOPLE.c.person_id == col(Record.person_id), PEOPLE.in_position(caller)))
    if "provider" in caller.roles:
        seen.append(col(Record.provider_id) == caller.speaks_for("provider"))
    if "platform_admin" in caller.roles:
        sent = str(caller.speaks_for("connection"))
        seen.append(and_(col(Record.sender_kind) == "connection", col(Record.sender_id) == sent))
    if "person" in caller.roles:
        seen.append(col(Record.person_id) == caller.speaks_for("person"))
    return or_(false(), *seen)
