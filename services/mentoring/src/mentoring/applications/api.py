"""Applications over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.applications import commands, queries
from mentoring.applications.schemas import ApplicationIn, ApplicationOut
from mentoring.domain.programmes import Side

router = APIRouter(prefix="/v1", tags=["applications"])

Applicant = Annotated[Caller[None], Depends(rights.APPLY)]
Reader = Annotated[Caller[None], Depends(rights.READ_APPLICATIONS)]


@router.put(
    "/programmes/{programme_id}/applications/me",
    summary="Take part in a programme, or change what you have said",
    responses={409: {"description": "`programme-closed`, `programme-not-open`, `in-another-programme`, `seats-taken`"}},
)
@shows("mentoring")
async def put_application(
    programme_id: UUID, document: ApplicationIn, session: Transaction, caller: Applicant
) -> ApplicationOut:
    await commands.apply(session, programme_id, document, caller)
    return await queries.application(session, programme_id, caller.speaks_for("person"), caller)


@router.post("/programmes/{programme_id}/applications/me/withdraw", summary="Leave a programme")
@shows("mentoring")
async def post_withdraw(programme_id: UUID, session: Transaction, caller: Applicant) -> ApplicationOut:
    await commands.withdraw(session, programme_id, caller)
    return await queries.application(session, programme_id, caller.speaks_for("person"), caller)


@router.get("/programmes/{programme_id}/applications", summary="Who takes part in a programme")
@shows("mentoring")
async def list_applications(
    programme_id: UUID,
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    side: Side | None = None,
    person_id: UUID | None = None,
) -> Page[ApplicationOut]:
    return await queries.application_page(session, window, programme_id, side, person_id, caller)
