"""What attendees say of classes over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from training import rights
from training.class_feedback import commands, queries
from training.class_feedback.schemas import EvaluationIn, FeedbackOut, OwnFeedbackOut, ReflectionIn, UseIn
from training.domain.rules import Book

router = APIRouter(prefix="/v1", tags=["class-feedback"])

Attendee = Annotated[Caller[Book], Depends(rights.SAY_OF_CLASSES)]
Reader = Annotated[Caller[Book], Depends(rights.READ_CLASS_FEEDBACK)]
NOT_THERE = {403: {"description": "`not-attended`"}}


@router.post(
    "/classes/{class_id}/evaluation",
    status_code=201,
    summary="Say how a class was that you attended, once",
    responses={**NOT_THERE, 409: {"description": "`class-not-over` or `evaluated-already`"}},
)
async def post_evaluation(
    class_id: UUID, document: EvaluationIn, session: Transaction, caller: Attendee
) -> OwnFeedbackOut:
    await commands.evaluate(session, class_id, document, caller, later=False)
    return await queries.own(session, class_id, caller)


@router.post(
    "/classes/{class_id}/later-evaluation",
    status_code=201,
    summary="Say once more how a class was, some weeks later, once you were asked whether you have used it",
    responses={**NOT_THERE, 409: {"description": "`class-not-over`, `not-asked` or `evaluated-already`"}},
)
async def post_later_evaluation(
    class_id: UUID, document: EvaluationIn, session: Transaction, caller: Attendee
) -> OwnFeedbackOut:
    await commands.evaluate(session, class_id, document, caller, later=True)
    return await queries.own(session, class_id, caller)


@router.put(
    "/classes/{class_id}/reflection",
    summary="Say what a class gave you, and which of knowledge, skill and attitude it served",
    responses={**NOT_THERE, 409: {"description": "`class-not-over`"}},
)
@shows("trainings")
async def put_reflection(
    class_id: UUID, document: ReflectionIn, session: Transaction, caller: Attendee
) -> OwnFeedbackOut:
    await commands.reflect(session, class_id, document, caller)
    return await queries.own(session, class_id, caller)


@router.put(
    "/classes/{class_id}/use",
    summary="Say whether you have used what you learned in a class, once you were asked",
    responses={**NOT_THERE, 409: {"description": "`class-not-over` or `not-asked`"}},
)
@shows("trainings")
async def put_use(class_id: UUID, document: UseIn, session: Transaction, caller: Attendee) -> OwnFeedbackOut:
    await commands.use(session, class_id, document, caller)
    return await queries.own(session, class_id, caller)


@router.get(
    "/classes/{class_id}/feedback/me",
    summary="What you have said of a class",
    responses={**NOT_THERE, 409: {"description": "`class-not-over`"}},
)
@shows("trainings")
async def get_own_feedback(class_id: UUID, session: Reading, caller: Attendee) -> OwnFeedbackOut:
    return await queries.own(session, class_id, caller)


@router.get("/classes/{class_id}/feedback", summary="What attendees say of a class together: from five answers on")
async def get_feedback(class_id: UUID, session: Reading, caller: Reader) -> FeedbackOut:
    return await queries.feedback(session, class_id, caller)
