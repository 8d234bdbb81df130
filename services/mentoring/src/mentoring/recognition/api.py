"""Recognition over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.fields import Year
from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import FileOf, shows
from mentoring import rights
from mentoring.recognition import commands, queries
from mentoring.recognition.schemas import RecognitionsOut, ThanksIn, ThanksOut

router = APIRouter(prefix="/v1", tags=["recognition"])

Mentor = Annotated[Caller[None], Depends(rights.READ_RECOGNITION)]
OneOfBoth = Annotated[Caller[None], Depends(rights.MEET)]


class Certificate(FileOf):
    """What somebody has done as a mentor, on paper."""


@router.get("/recognitions/me", summary="What you have done as a mentor, year by year, and what mentees have said")
@shows("mentoring")
async def get_recognitions(session: Reading, caller: Mentor) -> RecognitionsOut:
    return await queries.recognitions(session, caller)


@router.get(
    "/recognitions/me/{year}/certificate",
    summary="A certificate of what you have done as a mentor in a year",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
@shows("mentoring")
async def get_certificate(year: Year, session: Reading, language: UsedLanguage, caller: Mentor) -> Certificate:
    person_id, content = await queries.certificate(session, year, language, caller)
    return Certificate(person_id, f"jejak-mentor-{year}.pdf", "application/pdf", content)


@router.put(
    "/pairs/{pair_id}/thanks",
    summary="Say to your mentor how much they have helped",
)
@shows("mentoring")
async def put_thanks(pair_id: UUID, document: ThanksIn, session: Transaction, caller: OneOfBoth) -> ThanksOut:
    await commands.thank(session, pair_id, document, caller)
    return await queries.thanks(session, pair_id, caller)
