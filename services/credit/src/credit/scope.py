"""Who may read what, and for whom somebody acts."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends

from common.web.auth import Principal, caller
from contracts.acting import acting_people
from credit.domain.cases import Actor

READERS = ("lan", "analis", "service", "agency_hr", "verifier", "validator", "inspector", "person")


def actor_of(principal: Principal) -> Actor:
    """Who acts, and for whose people: those of their agency, or everybody for a national role that may act."""
    return Actor(principal.subject, principal.agency_scope, acting_people(principal))


async def _asked_person(person_id: UUID | Literal["me"], principal: Annotated[Principal, Depends(caller)]) -> UUID:
    return principal.speaks_for("person") if person_id == "me" else person_id


AskedPerson = Annotated[UUID, Depends(_asked_person)]
"""The person a path names by id, or the caller as `me`."""
