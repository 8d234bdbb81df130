"""The copy of how people are written to: what the registry tells notification alone."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from common.events import Event
from common.store.tables import Stored
from contracts.addresses import read_address
from contracts.events.registry import ContactChanged
from roster.copies import Copy


class Contact(Stored, table=True):
    """A person's name, language, zone and checked address, and the address that is to be checked.

    Addresses are in the form that mail servers know.
    """

    __tablename__ = "contacts"

    person_id: UUID = Field(primary_key=True)
    name: str
    sex: str
    language: str
    zone: str
    email: str | None
    check_id: UUID | None
    check_email: str | None
    sequence: int = Field(sa_type=BigInteger)


class Contacts(Copy):
    """The contacts that the registry has told of."""

    event: ClassVar[type[Event]] = ContactChanged

    def __init__(self) -> None:
        super().__init__(Contact.table())

    def _row(self, event: ContactChanged) -> Sequence[Any]:
        check = event.check
        return [
            event.person_id,
            event.name,
            event.sex,
            event.language,
            event.zone,
            event.email and read_address(event.email).ascii,
            check and check.check_id,
            check and read_address(check.email).ascii,
        ]


CONTACTS = Contacts()
