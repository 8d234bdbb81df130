"""Feedback over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.domain.feedback import Stage
from mentoring.feedback import commands, queries
from mentoring.feedback.schemas import AnswersIn, FeedbackIn, FeedbackOut, SessionFeedbackOut

router = APIRouter(prefix="/v1", tags=["feedback"])

OneOfBoth = Annotated[Caller[None], Depends(rights.MEET)]


@router.get("/pairs/{pair_id}/feedback", summary="How the two see the mentee at the start and at the end, goal by goal")
@shows("mentoring")
async def get_feedback(pair_id: UUID, session: Reading, caller: OneOfBoth) -> FeedbackOut:
    return await queries.feedback(session, pair_id, caller)


@router.put(
    "/pairs/{pair_id}/feedback/{stage}",
    summary="Say how far you see the mentee in each goal; the same items at the start and at the end",
    responses={409: {"description": "`pair-not-active`, `pair-not-over`, `agreement-unsigned`"}},
)
@shows("mentoring")
async def put_feedback(
    pair_id: UUID, stage: Stage, document: FeedbackIn, session: Transaction, caller: OneOfBoth
) -> FeedbackOut:
    await commands.give(session, pair_id, stage, document, caller)
    return await queries.feedback(session, pair_id, caller)


@router.get("/sessions/{session_id}/feedback", summary="What the two of a pair have answered after a session")
@shows("mentoring")
async def get_answers(session_id: UUID, session: Reading, caller: OneOfBoth) -> SessionFeedbackOut:
    return await queries.after_session(session, session_id, caller)


@router.put(
    "/sessions/{session_id}/feedback",
    summary="Answer the questions that are asked after each session; nobody has to",
    responses={409: {"description": "`session-not-over`, `session-cancelled`"}},
)
@shows("mentoring")
async def put_answers(
    session_id: UUID, document: AnswersIn, session: Transaction, caller: OneOfBoth
) -> SessionFeedbackOut:
    await commands.answer(session, session_id, document, caller)
    return await queries.after_session(session, session_id, caller)
