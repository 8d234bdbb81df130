"""Contacts between the database and the domain, and the event of a change.

Whoever writes a contact holds its person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store import sets
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events import registry as events
from contracts.nip import parse_nip
from registry.agencies.tables import agency_places
from registry.domain.contact import Check, Contact, address_key, sex_of
from registry.domain.person import Person
from registry.tables import contact_changes, contacts


class Change(NamedTuple):
    """A contact that has changed, whose it is, and which parts have."""

    contact: Contact
    person: Person
    parts: Sequence[str]


async def held(session: AsyncSession, persons: Mapping[UUID, Person], today: date) -> dict[UUID, Contact]:
    """The contacts of people; who has none yet is in the zone of the agency in which they serve today."""
    places = {person.id: person.place_on(today).agency_id for person in persons.values()}
    found = await session.execute(
        select(agency_places.c.agency_id, agency_places.c.zone).where(
            sets.one_of(agency_places.c.agency_id, places.values()), agency_places.c.valid_to.is_(None)
        )
    )
    zones = {row.agency_id: row.zone for row in found}
    unsaid = {person_id: Contact(person_id, zone=zones[place]) for person_id, place in places.items()}
    return unsaid | await said(session, persons)


async def said(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """The contacts of those people of whom one was ever said."""
    found = await session.execute(select(contacts).where(sets.one_of(contacts.c.person_id, ids)))
    return {row.person_id: _contact(row) for row in found}


def _contact(row: Row[Any]) -> Contact:
    check = row.check_id and Check(row.check_id, row.check_email, row.check_token, row.check_expires_at)
    return Contact(row.person_id, row.email, row.checked_at, check, row.language, row.zone, row.sex, row.version)


async def owners(session: AsyncSession, emails: Iterable[str]) -> dict[str, UUID]:
    """Whose these addresses are, by their keys: of those who have shown it."""
    keys = [address_key(email) for email in emails]
    found = await session.execute(
        select(contacts.c.email_key, contacts.c.person_id).where(sets.one_of(contacts.c.email_key, keys))
    )
    return {row.email_key: row.person_id for row in found}


async def lock_address(session: AsyncSession, email: str) -> None:
    """Lets nobody else make this address theirs until the transaction ends."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": address_key(email)})


async def save(session: AsyncSession, changes: Sequence[Change], caller: Caller[None]) -> None:
    """Stores the next version of each contact, records who did it, and announces it."""
    stored = [one._replace(contact=replace(one.contact, version=one.contact.version + 1)) for one in changes]
    await sets.put(session, contacts, [_row(one.contact) for one in stored])
    recorded = [
        {
            "person_id": one.contact.person_id,
            "version": one.contact.version,
            "parts": " ".join(one.parts),
            "recorded_by": caller.subject,
            "recorded_at": caller.now,
        }
        for one in stored
    ]
    await sets.add(session, contact_changes, recorded)
    for one in stored:
        emit(session, _event(one.contact, one.person), sequence=one.contact.version, time=caller.now)


async def follow(session: AsyncSession, people: Sequence[Person], caller: Caller[None]) -> None:
    """Announces the contacts of people whose name or number has changed: the event holds what follows from them."""
    if people:
        known = await said(session, [person.id for person in people])
        changes = [Change(known[person.id], person, ["person"]) for person in people if person.id in known]
        await save(session, changes, caller)


async def forget(session: AsyncSession, person: Person, caller: Caller[None]) -> None:
    """Announces of somebody who is erased that there is neither name nor address, whether or not there ever was one."""
    known = (await said(session, [person.id])).get(person.id) or Contact(person.id)
    blank = replace(known, email=None, checked_at=None, check=None)
    await save(session, [Change(blank, replace(person, name=""), ["erased"])], caller)


def _row(contact: Contact) -> sets.Row:
    check = contact.check
    return {
        "person_id": contact.person_id,
        "email": contact.email,
        "email_key": address_key(contact.email) if contact.email else None,
        "checked_at": contact.checked_at,
        "check_id": check.id if check else None,
        "check_email": check.email if check else None,
        "check_token": check.token if check else None,
        "check_expires_at": check.expires_at if check else None,
        "language": contact.language,
        "zone": contact.zone,
        "sex": contact.sex,
        "version": contact.version,
    }


def _event(contact: Contact, person: Person) -> events.ContactChanged:
    check = contact.check
    return events.ContactChanged(
        person_id=person.id,
        name=person.name,
        sex=sex_of(contact.sex, male=parse_nip(person.nip).male),
        language=contact.language,
        zone=contact.zone,
        email=contact.email,
        check=events.AddressCheck(check_id=check.id, email=check.email, token=check.token, expires_at=check.expires_at)
        if check
        else None,
    )
