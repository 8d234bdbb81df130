"""Providers and courses over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from common import etag
from common.auth import Principal, allow
from common.bulk import Answer, upload
from common.database import Reading, Transaction
from common.pages import AskedWindow, Page
from common.problems import Problem
from training.catalogue import commands, queries
from training.catalogue.schemas import CourseIn, CourseOut, ProviderIn, ProviderOut
from training.desk import Desk, desk_for
from training.fields import Code

router = APIRouter(prefix="/v1", tags=["catalogue"])
uploads = APIRouter(prefix="/v1", tags=["catalogue"])

PROVIDER_LINES = TypeAdapter(ProviderIn)
COURSE_LINES = TypeAdapter(CourseIn)

Reader = Annotated[
    Principal,
    Depends(allow("lan", "analis", "service", "agency_hr", "verifier", "validator", "provider", "person", "inspector")),
]
Accreditor = Annotated[Desk, Depends(desk_for("lan", "service"))]
Offerer = Annotated[Desk, Depends(desk_for("lan", "service", "provider"))]


@router.post("/providers", status_code=201, summary="Register a provider")
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


@router.put("/providers/{provider_id}", summary="Change a provider")
async def put_provider(
    provider_id: UUID, document: ProviderIn, session: Transaction, desk: Accreditor, seen: etag.Seen, response: Response
) -> ProviderOut:
    await commands.revise_provider(session, provider_id, document, desk, seen=seen)
    return etag.tagged(await queries.provider(session, provider_id), response)


@uploads.post("/providers:batch", summary="Upsert many providers by code: NDJSON", response_model=None)
async def upload_providers(request: Request, desk: Accreditor) -> StreamingResponse:
    async def handle(session: AsyncSession, lines: Sequence[ProviderIn]) -> Sequence[Answer]:
        return await commands.save_providers(session, lines, desk)

    return await upload(request, PROVIDER_LINES, handle)


@router.post("/courses", status_code=201, summary="Add a course")
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


@router.put("/courses/{course_id}", summary="Change a course")
async def put_course(
    course_id: UUID, document: CourseIn, session: Transaction, desk: Offerer, seen: etag.Seen, response: Response
) -> CourseOut:
    await commands.revise_course(session, course_id, document, desk, seen=seen)
    return etag.tagged(await queries.course(session, course_id), response)


@uploads.post("/courses:batch", summary="Upsert many courses by code: NDJSON", response_model=None)
async def upload_courses(request: Request, desk: Offerer) -> StreamingResponse:
    async def handle(session: AsyncSession, lines: Sequence[CourseIn]) -> Sequence[Answer]:
        return await commands.save_courses(session, lines, desk)

    return await upload(request, COURSE_LINES, handle)


def _stored(answer: Answer) -> UUID:
    """The id of what was new. Raises Problem, `code-taken` for what was there already."""
    if isinstance(answer, Problem):
        raise answer
    if answer.status != "stored":
        raise Problem("code-taken", field="code")
    return answer.id
