"""Reading the ids that other systems have."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.callers import Caller
from registry.identifiers import store
from registry.identifiers.schemas import IdentifiersOut, Kind
from registry.identifiers.store import Subject


async def ids_of(session: AsyncSession, subject: Subject, caller: Caller[None]) -> IdentifiersOut:
    """The ids of somebody or something of the caller's agency. Raises Refused `not-found`."""
    agency_id = (await store.agencies_of(session, [subject], caller.today)).get(subject)
    if agency_id is None or not caller.reaches(agency_id):
        raise Refused("not-found")
    found = (await store.present(session, [subject]))[subject]
    return IdentifiersOut.model_validate(
        {
            "kind": subject.kind,
            f"{subject.kind}_id": subject.id,
            "siasn": found.ids.get("siasn"),
            "version": found.version,
        }
    )


async def found_by(session: AsyncSession, kind: Kind, siasn: str, caller: Caller[None]) -> IdentifiersOut:
    """Who or what has this id in SIASN. Raises Refused `not-found`."""
    owners = await store.owners(session, [(kind, "siasn", siasn)])
    if not owners:
        raise Refused("not-found")
    [subject_id] = owners.values()
    return await ids_of(session, Subject(kind, subject_id), caller)
