"""Providers and courses over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from common.answers import Answer
from common.refused import Refused
from common.web import etag
from common.web.auth import Principal, allow
from common.web.bulk import Lines, lines_of
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from training.catalogue import commands, queries
from training.catalogue.schemas import CourseIn, CourseOut, ProviderIn, ProviderOut
from training.desk import Desk, desk_for
from training.fields import Code

router = APIRouter(prefix="/v1", tags=["catalogue"])
uploads = APIRouter(prefix="/v1", tags=["catalogue"])

Reader = Annotated[
    Principal,
    Depends(allow("lan", "analis", "service", "agency_hr", "verifier", "validator", "provider", "person", "inspector")),
]
Accreditor = Annotated[Desk, Depends(desk_for("lan", "service"))]
Offerer = Annotated[Desk, Depends(desk_for("lan", "service", "provider"))]

TAKEN: dict[int | str, dict[str, Any]] = {409: {"description": "`code-taken`"}}


@router.post("/providers", status_code=201, summary="Register a provider", responses=TAKEN)
async def create_provider(
    document: ProviderIn, session: Transaction, desk: Accreditor, response: Response
) -> ProviderOut:
    [answer] = await commands.save_providers(session, [document], desk)
    return etag.tagged(await queries.provider(session, _stored(answer)), response)


@router.get("/providers", summary="Providers in the order of their codes")
async def list_providers(session: Reading, principal: Reader, window: AskedWindow) -> Page[ProviderOut]:
    del principal
    return await queries.provider_page(session, window)


@router.get("/providers/{provider_id}", summary="One provider with its accreditations")
async def get_provider(provider_id: UUID, session: Reading, principal: Reader, response: Response) -> ProviderOut:
    del principal
    return etag.tagged(await queries.provider(session, provider_id), response)


@router.put("/providers/{provider_id}", summary="Change a provider", responses=TAKEN)
async def put_provider(
    provider_id: UUID, document: ProviderIn, session: Transaction, desk: Accreditor, seen: etag.Seen, response: Response
) -> ProviderOut:
    await commands.revise_provider(session, provider_id, document, desk, seen=seen)
    return etag.tagged(await queries.provider(session, provider_id), response)


@uploads.post("/providers:batch", summary="Register or change providers by code")
async def upload_providers(
    desk: Accreditor, lines: Annotated[Lines[ProviderIn], Depends(lines_of(ProviderIn))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.save_providers(session, given, desk))


@router.post("/courses", status_code=201, summary="Add a course", responses=TAKEN)
async def create_course(document: CourseIn, session: Transaction, desk: Offerer, response: Response) -> CourseOut:
    [answer] = await commands.save_courses(session, [document], desk)
    return etag.tagged(await queries.course(session, _stored(answer)), response)


@router.get("/courses", summary="Courses in the order of their codes")
async def list_courses(
    session: Reading,
    principal: Reader,
    window: AskedWindow,
    provider_id: UUID | None = None,
    form: Code | None = None,
) -> Page[CourseOut]:
    del principal
    return await queries.course_page(session, window, provider_id, form)


@router.get("/courses/{course_id}", summary="One course")
async def get_course(course_id: UUID, session: Reading, principal: Reader, response: Response) -> CourseOut:
    del principal
    return etag.tagged(await queries.course(session, course_id), response)


@router.put("/courses/{course_id}", summary="Change a course", responses=TAKEN)
async def put_course(
    course_id: UUID, document: CourseIn, session: Transaction, desk: Offerer, seen: etag.Seen, response: Response
) -> CourseOut:
    await commands.revise_course(session, course_id, document, desk, seen=seen)
    return etag.tagged(await queries.course(session, course_id), response)


@uploads.post("/courses:batch", summary="Add or change courses by code")
async def upload_courses(
    desk: Offerer, lines: Annotated[Lines[CourseIn], Depends(lines_of(CourseIn))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.save_courses(session, given, desk))


def _stored(answer: Answer) -> UUID:
    """The id of what was new. Raises Refused, `code-taken` for what was there already."""
    if isinstance(answer, Refused):
        raise answer
    if answer.status != "stored":
        raise Refused("code-taken", field="code")
    return answer.id
