"""Providers and courses over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from common.answers import Answer
from common.refused import Refused
from common.web import etag
from common.web.bulk import Lines, lines_of
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from training import rights
from training.catalogue import commands, queries
from training.catalogue.schemas import AccreditationChangeOut, CourseIn, CourseOut, ProviderIn, ProviderOut
from training.domain.rules import Book
from training.fields import Code

router = APIRouter(prefix="/v1", tags=["catalogue"])
uploads = APIRouter(prefix="/v1", tags=["catalogue"])

Accreditor = Annotated[Caller[Book], Depends(rights.KEEP_PROVIDERS)]
Reader = Annotated[Caller[Book], Depends(rights.READ_CATALOGUE)]
Offerer = Annotated[Caller[Book], Depends(rights.KEEP_COURSES)]

READ = [Depends(rights.READ_CATALOGUE)]
TAKEN: dict[int | str, dict[str, Any]] = {409: {"description": "`code-taken`"}}


@router.post("/providers", status_code=201, summary="Register a provider", responses=TAKEN)
async def create_provider(
    document: ProviderIn, session: Transaction, caller: Accreditor, response: Response
) -> ProviderOut:
    [answer] = await commands.save_providers(session, [document], caller)
    return etag.tagged(await queries.provider(session, _stored(answer)), response)


@router.get("/providers", summary="Providers in the order of their codes", dependencies=READ)
async def list_providers(session: Reading, window: AskedWindow) -> Page[ProviderOut]:
    return await queries.provider_page(session, window)


@router.get("/providers/{provider_id}", summary="One provider with its accreditations", dependencies=READ)
async def get_provider(provider_id: UUID, session: Reading, response: Response) -> ProviderOut:
    return etag.tagged(await queries.provider(session, provider_id), response)


@router.put("/providers/{provider_id}", summary="Change a provider", responses=TAKEN)
async def put_provider(
    provider_id: UUID,
    document: ProviderIn,
    session: Transaction,
    caller: Accreditor,
    seen: etag.Seen,
    response: Response,
) -> ProviderOut:
    await commands.revise_provider(session, provider_id, document, caller, seen=seen)
    return etag.tagged(await queries.provider(session, provider_id), response)


@router.get(
    "/providers/{provider_id}/accreditation-changes",
    summary="Who changed a provider's accreditations, when, and from what to what",
    dependencies=[Depends(rights.READ_ACCREDITATION_CHANGES)],
)
async def list_accreditation_changes(
    provider_id: UUID, session: Reading, window: AskedWindow
) -> Page[AccreditationChangeOut]:
    return await queries.accreditation_changes(session, window, provider_id)


@uploads.post("/providers:batch", summary="Register or change providers by code")
async def upload_providers(
    caller: Accreditor, lines: Annotated[Lines[ProviderIn], Depends(lines_of(ProviderIn))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.save_providers(session, given, caller))


@router.post("/courses", status_code=201, summary="Add a course", responses=TAKEN)
async def create_course(document: CourseIn, session: Transaction, caller: Offerer, response: Response) -> CourseOut:
    [answer] = await commands.save_courses(session, [document], caller)
    return etag.tagged(await queries.course(session, _stored(answer), caller.today), response)


@router.get("/courses", summary="Courses in the order of their codes")
async def list_courses(
    session: Reading,
    window: AskedWindow,
    caller: Reader,
    provider_id: UUID | None = None,
    form: Code | None = None,
    competency: Annotated[
        list[Code] | None, Query(max_length=50, description="those that teach one of these, e.g. what somebody lacks")
    ] = None,
) -> Page[CourseOut]:
    return await queries.course_page(session, window, caller.today, provider_id, form, competency or ())


@router.get("/courses/{course_id}", summary="One course")
async def get_course(course_id: UUID, session: Reading, caller: Reader, response: Response) -> CourseOut:
    return etag.tagged(await queries.course(session, course_id, caller.today), response)


@router.put("/courses/{course_id}", summary="Change a course", responses=TAKEN)
async def put_course(
    course_id: UUID, document: CourseIn, session: Transaction, caller: Offerer, seen: etag.Seen, response: Response
) -> CourseOut:
    await commands.revise_course(session, course_id, document, caller, seen=seen)
    return etag.tagged(await queries.course(session, course_id, caller.today), response)


@uploads.post("/courses:batch", summary="Add or change courses by code")
async def upload_courses(
    caller: Offerer, lines: Annotated[Lines[CourseIn], Depends(lines_of(CourseIn))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.save_courses(session, given, caller))


def _stored(answer: Answer) -> UUID:
    """The id of what was new. Raises Refused, `code-taken` for what was there already."""
    if isinstance(answer, Refused):
        raise answer
    if answer.status != "stored":
        raise Refused("code-taken", field="code")
    return answer.id
