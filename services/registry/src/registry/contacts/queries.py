"""Reading contacts."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.callers import Caller
from contracts.nip import parse_nip
from registry import contact_store as store
from registry.contacts.schemas import CheckOut, ContactOut
from registry.domain.contact import sex_of
from registry.domain.person import Person
from registry.people import store as people


async def own(session: AsyncSession, caller: Caller[None]) -> ContactOut:
    """The caller's contact. Raises Refused `not-found`."""
    return await _one(session, caller.speaks_for("person"), caller, lambda _: True)


async def contact(session: AsyncSession, person_id: UUID, caller: Caller[None]) -> ContactOut:
    """The contact of somebody who serves in the caller's agency. Raises Refused `not-found`."""
    return await _one(
        session, person_id, caller, lambda person: caller.reaches(person.place_on(caller.today).agency_id)
    )


async def _one(
    session: AsyncSession, person_id: UUID, caller: Caller[None], seen: Callable[[Person], bool]
) -> ContactOut:
    persons = await people.present(session, [person_id], lock=False)
    if person_id not in persons or not seen(persons[person_id]):
        raise Refused("not-found")
    found = (await store.held(session, persons, caller.today))[person_id]
    check = found.check
    return ContactOut(
        person_id=person_id,
        email=found.email,
        checked_at=found.checked_at,
        check=CheckOut(email=check.email, expires_at=check.expires_at) if check else None,
        language=found.language,
        zone=found.zone,
        sex=sex_of(found.sex, male=parse_nip(persons[person_id].nip).male),
        sex_corrected=found.sex is not None,
        version=found.version,
    )
