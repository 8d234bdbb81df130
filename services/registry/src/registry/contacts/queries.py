"""Reading contacts."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.callers import Caller
from registry.contacts import store
from registry.contacts.schemas import CheckOut, ContactOut
from registry.domain.contact import Contact, sex_of
from registry.people import store as people


async def own(session: AsyncSession, caller: Caller[None]) -> ContactOut:
    """The caller's contact. Raises Refused `not-found`."""
    return await just_changed(session, caller.speaks_for("person"))


async def contact(session: AsyncSession, person_id: UUID, caller: Caller[None]) -> ContactOut:
    """The contact of somebody who serves in the caller's agency. Raises Refused `not-found`."""
    person = (await people.present(session, [person_id], lock=False)).get(person_id)
    if person is None or not caller.reaches(person.place_on(caller.today).agency_id):
        raise Refused("not-found")
    return await just_changed(session, person_id)


async def just_changed(session: AsyncSession, person_id: UUID) -> ContactOut:
    """The contact of somebody whom the caller may see. Raises Refused `not-found`."""
    person = (await people.present(session, [person_id], lock=False)).get(person_id)
    if person is None:
        raise Refused("not-found")
    found = (await store.held(session, [person_id])).get(person_id) or Contact(person_id)
    check = found.check
    return ContactOut(
        person_id=person_id,
        email=found.email,
        checked_at=found.checked_at,
        check=CheckOut(email=check.email, expires_at=check.expires_at) if check else None,
        language=found.language,
        zone=found.zone,
        sex=sex_of(found, person.nip),
        sex_corrected=found.sex is not None,
        version=found.version,
    )
