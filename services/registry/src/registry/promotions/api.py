"""Promotions over HTTP. Who rose when, histories of people tell."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from common.web.bulk import Lines, lines_of
from common.web.parts import Transaction
from contracts.callers import Caller
from contracts.looks import shows
from registry import rights
from registry.people import queries as people
from registry.people.schemas import PersonOut
from registry.promotions import commands
from registry.promotions.schemas import PromotionIn, PromotionLine

router = APIRouter(prefix="/v1", tags=["promotions"])
uploads = APIRouter(prefix="/v1", tags=["promotions"])

OwnAgency = Annotated[Caller[None], Depends(rights.KEEP_PEOPLE)]


@router.post(
    "/people/{person_id}/promotions",
    summary="Record a rise in rank or in level by decree, or take back a wrong one",
    responses={404: {"description": "`not-found`, or `no-such-promotion` for one to be taken back"}},
)
@shows("identity")
async def promote(person_id: UUID, document: PromotionIn, session: Transaction, caller: OwnAgency) -> PersonOut:
    await commands.promote(session, person_id, document, caller)
    return await people.just_changed(session, person_id, caller, document.valid_from)


@uploads.post("/promotions:batch", summary="Record promotions of people by NIP")
async def promote_many(
    caller: OwnAgency, lines: Annotated[Lines[PromotionLine], Depends(lines_of(PromotionLine))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.promote_many(session, given, caller))
