"""Changes of contacts; one goes the same way as a thousand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.fields import said
from common.ids import new_id
from common.links import Link, Signer
from common.refused import Refused
from common.web import etag
from contracts.callers import Caller
from registry import contact_store as store
from registry.contacts.schemas import ContactIn, ContactLine
from registry.domain.contact import Check, Contact, address_key, addressed, awaits_check, checked
from registry.domain.person import Person
from registry.people import store as people

PARTS = ("email", "check", "language", "zone", "sex")


@dataclass(frozen=True)
class Checks:
    """How links to check an address are made, and how long they are good."""

    signer: Signer
    time: timedelta


async def set_own(
    session: AsyncSession, document: ContactIn, seen: etag.Versions, checks: Checks, caller: Caller[None]
) -> None:
    """The caller's own contact. Raises Refused."""
    await _set_one(session, caller.speaks_for("person"), document, seen, checks, caller, lambda _: True)


async def set_contact(
    session: AsyncSession,
    person_id: UUID,
    document: ContactIn,
    seen: etag.Versions,
    checks: Checks,
    caller: Caller[None],
) -> None:
    """The contact of somebody who serves in the caller's agency. Raises Refused."""
    await _set_one(session, person_id, document, seen, checks, caller, lambda person: _reaches(caller, person))


async def set_contacts(
    session: AsyncSession, lines: Sequence[ContactLine], checks: Checks, caller: Caller[None]
) -> list[Answer]:
    """Contacts of people by id or NIP, each line seeing those before it. The statements do not grow with the lines."""
    owner = await people.owners(session, {line.nip for line in lines if line.nip})
    named = [line.person_id or owner.get(line.nip or "") for line in lines]
    persons = await people.present(session, [person for person in named if person], lock=True)
    before = await store.held(session, persons, caller.today)
    taken = await store.owners(session, [line.email for line in lines if line.email])
    after: dict[UUID, Contact] = {}

    def decide(item: tuple[UUID | None, ContactLine]) -> Done:
        person_id, line = item
        if (line.person_id is None) == (line.nip is None):
            raise Refused("field-missing", "person_id")
        person = persons.get(person_id) if person_id else None
        if person is None or not _reaches(caller, person):
            raise Refused("not-found", "person_id" if line.person_id else "nip")
        known = after.get(person.id, before[person.id])
        is_new = person.id not in after and known.version == 0
        contact = after[person.id] = _told(known, line, taken, checks, caller)
        return Done("stored" if is_new else "unchanged" if contact == known else "updated", person.id)

    answers = answer_each(zip(named, lines, strict=True), decide)
    await _save(session, before, after, persons, caller)
    return answers


async def check_own(session: AsyncSession, token: str, checks: Checks, caller: Caller[None]) -> None:
    """Makes an address the caller's, by the link that was sent to it: whoever follows it reads its mail.

    They also have to be the person it was sent for, who is signed in: a link that somebody else opens, or a program that
    looks at each link in a mail, changes nothing. Raises Refused.
    """
    link = checks.signer.link(token, caller.now)
    if link.subject != caller.speaks_for("person"):
        raise Refused("link-not-yours", "token")
    persons = await people.present(session, [link.subject], lock=True)
    before = await store.held(session, persons, caller.today)
    contact = before.get(link.subject)
    if contact is None or contact.check is None or contact.check.id != link.id:
        raise Refused("link-used", "token")
    await store.lock_address(session, contact.check.email)
    if await store.owners(session, [contact.check.email]):
        raise Refused("email-taken", "token")
    await _save(session, before, {contact.person_id: checked(contact, contact.check, caller.now)}, persons, caller)


async def _set_one(
    session: AsyncSession,
    person_id: UUID,
    document: ContactIn,
    seen: etag.Versions,
    checks: Checks,
    caller: Caller[None],
    mine: Callable[[Person], bool],
) -> None:
    persons = await people.present(session, [person_id], lock=True)
    if person_id not in persons or not mine(persons[person_id]):
        raise Refused("not-found")
    before = await store.held(session, persons, caller.today)
    contact = before[person_id]
    etag.check(seen, contact.version)
    taken = await store.owners(session, [document.email] if document.email else [])
    await _save(session, before, {person_id: _told(contact, document, taken, checks, caller)}, persons, caller)


def _reaches(caller: Caller[None], person: Person) -> bool:
    return caller.reaches(person.place_on(caller.today).agency_id)


def _told(
    before: Contact, document: ContactIn, taken: Mapping[str, UUID], checks: Checks, caller: Caller[None]
) -> Contact:
    """The contact as the document says. Raises Refused for an address that somebody else has shown to be theirs."""
    contact = replace(
        before,
        language=said(document, "language", before),
        zone=said(document, "zone", before),
        sex=said(document, "sex", before),
    )
    if "email" not in document.model_fields_set:
        return contact
    email = document.email
    if email is not None and taken.get(address_key(email), before.person_id) != before.person_id:
        raise Refused("email-taken", "email")
    if email is None or not awaits_check(contact, email, caller.now):
        return addressed(contact, email)
    link, until = Link(new_id(), before.person_id), (caller.now + checks.time).replace(microsecond=0)
    return replace(contact, check=Check(link.id, email, checks.signer.token(link, until), until))


async def _save(
    session: AsyncSession,
    before: Mapping[UUID, Contact],
    after: Mapping[UUID, Contact],
    persons: Mapping[UUID, Person],
    caller: Caller[None],
) -> None:
    """Stores what has changed, and what is said of somebody for the first time."""
    changes: list[store.Change] = []
    for person_id, contact in after.items():
        known = before[person_id]
        if contact != known or known.version == 0:
            parts = [part for part in PARTS if known.version == 0 or getattr(contact, part) != getattr(known, part)]
            changes.append(store.Change(contact, persons[person_id], parts))
    await store.save(session, changes, caller)
    mended = [(one.person, replace(one.person, sex=one.contact.sex)) for one in changes]
    await people.save(session, [each for each in mended if each[0] != each[1]], caller)
