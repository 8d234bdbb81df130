"""Whom a path names."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends

from common.web.auth import authenticated
from common.web.principals import Principal


async def _named_person(
    person_id: UUID | Literal["me"], principal: Annotated[Principal, Depends(authenticated)]
) -> UUID:
    return principal.speaks_for("person") if person_id == "me" else person_id


NamedPerson = Annotated[UUID, Depends(_named_person)]
"""The person whom a path names by id, or as `me`: the caller. Raises Refused `forbidden` where the token names nobody."""
