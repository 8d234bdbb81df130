"""Who acts, and whom a path names."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends

from common.web.auth import Principal, authenticated
from contracts.acting import acting_people
from contracts.callers import Caller
from credit.domain.cases import Actor
from credit.domain.rules import Book


def actor_of(caller: Caller[Book]) -> Actor:
    """Who acts: the caller, and whose token it is."""
    return Actor(caller.subject, acting_people(caller))


async def _asked_person(
    person_id: UUID | Literal["me"], principal: Annotated[Principal, Depends(authenticated)]
) -> UUID:
    return principal.speaks_for("person") if person_id == "me" else person_id


AskedPerson = Annotated[UUID, Depends(_asked_person)]
"""The person a path names by id, or the caller as `me`."""
