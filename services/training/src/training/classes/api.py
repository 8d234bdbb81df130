"""Classes over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from common.fields import Day
from common.refused import Refused
from common.web import etag
from common.web.bulk import Lines, lines_of
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage, parts_of
from contracts.callers import Caller
from contracts.looks import shows
from training import rights
from training.classes import commands, queries, results
from training.classes.schemas import (
    AgencyClassOut,
    AttendanceIn,
    CancellationIn,
    ClassIn,
    ClassOut,
    EnrolmentOut,
    OffersOut,
    ParticipantOut,
    ResultIn,
    SomebodyIn,
)
from training.domain.rules import Book

router = APIRouter(prefix="/v1", tags=["classes"])
uploads = APIRouter(prefix="/v1", tags=["classes"])

Giver = Annotated[Caller[Book], Depends(rights.GIVE_CLASSES)]
Enroller = Annotated[Caller[Book], Depends(rights.ENROL)]
Looker = Annotated[Caller[Book], Depends(rights.READ_CLASS_PEOPLE)]
Own = Annotated[Caller[Book], Depends(rights.READ_OWN_CLASSES)]
Reader = Annotated[Caller[Book], Depends(rights.READ_CATALOGUE)]
BEGUN: dict[int | str, dict[str, Any]] = {409: {"description": "`class-begun` or `class-cancelled`"}}


@router.post("/classes", status_code=201, summary="Publish a class of a course")
async def post_class(document: ClassIn, session: Transaction, caller: Giver, response: Response) -> ClassOut:
    class_id = await commands.publish(session, document, caller)
    return etag.tagged(await queries.one_class(session, class_id), response)


@router.get("/classes", summary="Classes in the order they were published")
async def list_classes(
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    course_id: UUID | None = None,
    provider_id: UUID | None = None,
    since: Annotated[Day | None, Query(description="those that end on this day or later")] = None,
) -> Page[ClassOut]:
    del caller  # the catalogue is the same for everybody
    return await queries.class_page(session, window, course_id, provider_id, since)


@router.get("/classes/{class_id}", summary="One class")
async def get_class(class_id: UUID, session: Reading, caller: Reader, response: Response) -> ClassOut:
    del caller  # the catalogue is the same for everybody
    return etag.tagged(await queries.one_class(session, class_id), response)


@router.put(
    "/classes/{class_id}",
    summary="Change a class: all values anew; whoever is in it gets a mail",
    responses={409: {"description": "`class-begun`, `class-cancelled` or `seats-taken`"}},
)
async def put_class(
    class_id: UUID, document: ClassIn, session: Transaction, caller: Giver, seen: etag.Seen, response: Response
) -> ClassOut:
    await commands.change(session, class_id, document, caller, seen=seen)
    return etag.tagged(await queries.one_class(session, class_id), response)


@router.post("/classes/{class_id}/cancel", summary="Call a class off; whoever is in it gets a mail", responses=BEGUN)
async def post_cancel(class_id: UUID, document: CancellationIn, session: Transaction, caller: Giver) -> ClassOut:
    await commands.cancel(session, class_id, document.reason, caller)
    return await queries.one_class(session, class_id)


@router.get("/classes/{class_id}/people", summary="Who is in a class, as far as they are the caller's to see")
@shows("trainings", introduces=True)
async def list_people(class_id: UUID, session: Reading, caller: Looker, window: AskedWindow) -> Page[ParticipantOut]:
    return await queries.participants(session, window, class_id, caller)


@router.get("/people/me/classes", summary="The classes you are in or were in")
@shows("trainings")
async def list_own_classes(session: Reading, caller: Own, window: AskedWindow) -> Page[ParticipantOut]:
    return await queries.own_page(session, window, caller)


@router.get(
    "/agencies/{agency_id}/classes", summary="Classes that people of an agency are in, were in, or may still come to"
)
async def list_agency_classes(
    agency_id: UUID,
    session: Reading,
    caller: Annotated[Caller[Book], Depends(rights.READ_AGENCY_CLASSES)],
    window: AskedWindow,
    attended: Annotated[
        bool, Query(description="those that somebody of theirs is or was in; else those that are not over yet")
    ] = True,
) -> Page[AgencyClassOut]:
    return await queries.agency_page(session, window, agency_id, caller, attended=attended)


@router.get(
    "/people/me/class-offers", summary="Classes with a seat free that close what you lack this year, the most first"
)
@shows("hours")
async def get_own_offers(session: Reading, caller: Own, language: UsedLanguage) -> OffersOut:
    return await queries.offers(session, language, caller)


@router.post(
    "/classes/{class_id}/enrolments",
    status_code=201,
    summary="Enrol somebody in a class: they get a seat, or wait for one",
    responses={409: {"description": "`class-over` or `class-cancelled`"}},
)
async def post_enrolment(class_id: UUID, document: SomebodyIn, session: Transaction, caller: Enroller) -> EnrolmentOut:
    [answer] = await commands.enrol(session, class_id, [document], caller)
    if isinstance(answer, Refused):
        raise answer
    return await queries.enrolment(session, answer.id)


@router.post(
    "/classes/{class_id}/enrolments/{person_id}/withdraw",
    summary="Take somebody out of a class; their seat goes to who waits longest",
    responses=BEGUN,
)
@shows("trainings")
async def post_withdraw(class_id: UUID, person_id: UUID, session: Transaction, caller: Enroller) -> EnrolmentOut:
    return EnrolmentOut.model_validate(await commands.withdraw(session, class_id, person_id, caller))


@uploads.post("/classes/{class_id}/enrolments:batch", summary="Enrol many in a class")
async def upload_enrolments(
    class_id: UUID, caller: Enroller, lines: Annotated[Lines[SomebodyIn], Depends(lines_of(SomebodyIn))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.enrol(session, class_id, given, caller))


@uploads.post("/classes/{class_id}/attendance:batch", summary="Tell who was there in which session")
async def upload_attendance(
    class_id: UUID,
    request: Request,
    caller: Giver,
    lines: Annotated[Lines[AttendanceIn], Depends(lines_of(AttendanceIn))],
) -> StreamingResponse:
    await _check_own(request, class_id, caller)
    return await lines.answer(lambda session, given: results.attend(session, class_id, given, caller))


@uploads.post(
    "/classes/{class_id}/results:batch",
    summary="Tell what came of a class: whoever passed gets a record with the hours of their attendance",
)
async def upload_results(
    class_id: UUID, request: Request, caller: Giver, lines: Annotated[Lines[ResultIn], Depends(lines_of(ResultIn))]
) -> StreamingResponse:
    await _check_own(request, class_id, caller)
    return await lines.answer(lambda session, given: results.conclude(session, class_id, given, caller))


async def _check_own(request: Request, class_id: UUID, caller: Caller[Book]) -> None:
    """That the caller gives the class, told once and not line by line. Raises Refused `not-found`."""
    async with parts_of(request).database.reading() as session:
        await queries.own_class(session, class_id, caller)
