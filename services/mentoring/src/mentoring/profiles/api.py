"""Profiles over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.profiles import commands, queries
from mentoring.profiles.schemas import LevelsIn, ProfileOut

router = APIRouter(prefix="/v1", tags=["profiles"])

Reader = Annotated[Caller[None], Depends(rights.READ_PROFILES)]
Stater = Annotated[Caller[None], Depends(rights.STATE_LEVELS)]


@router.get("/people/{person_id}/profile", summary="What is known of somebody for a match, and where it comes from")
@shows("mentoring")
async def get_profile(person_id: UUID, session: Reading, caller: Reader) -> ProfileOut:
    return await queries.profile(session, person_id, caller)


@router.put("/people/{person_id}/levels", summary="State how far you, or somebody whose superior you are, have come")
@shows("mentoring")
async def put_levels(person_id: UUID, document: LevelsIn, session: Transaction, caller: Stater) -> ProfileOut:
    await commands.state_levels(session, person_id, document, caller)
    return await queries.shown(session, person_id, caller)
