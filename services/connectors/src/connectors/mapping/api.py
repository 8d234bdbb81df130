"""Mappings over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from common.web.bulk import Lines, lines_of
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from connectors import rights
from connectors.mapping import commands, queries
from connectors.mapping.schemas import CourseMappingIn, CourseMappingOut, UnmappedCourseOut, UnmappedUserOut, UserIn
from contracts.callers import Caller

router = APIRouter(prefix="/v1", tags=["mappings"])
uploads = APIRouter(prefix="/v1", tags=["mappings"])

Keeper = Annotated[Caller[Any], Depends(rights.KEEP_CONNECTIONS)]
Reader = Annotated[Caller[Any], Depends(rights.READ_CONNECTIONS)]


@router.get(
    "/connections/{connection_id}/unmapped-courses",
    summary="Courses of the platform that are none of the catalogue yet, and how much waits for each",
)
async def list_unmapped_courses(
    connection_id: UUID, session: Reading, caller: Reader, window: AskedWindow
) -> Page[UnmappedCourseOut]:
    return await queries.unmapped_courses(session, window, connection_id, caller)


@router.get(
    "/connections/{connection_id}/unmapped-users",
    summary="Users of the platform of whom nobody knows who they are, and how much waits for each",
)
async def list_unmapped_users(
    connection_id: UUID, session: Reading, caller: Keeper, window: AskedWindow
) -> Page[UnmappedUserOut]:
    return await queries.unmapped_users(session, window, connection_id, caller)


@router.get(
    "/connections/{connection_id}/course-mappings", summary="Which courses of the platform are which of the catalogue"
)
async def list_course_mappings(connection_id: UUID, session: Reading, caller: Reader) -> list[CourseMappingOut]:
    return await queries.course_mappings(session, connection_id, caller)


@router.post(
    "/connections/{connection_id}/course-mappings",
    status_code=201,
    summary="Say which course of the catalogue one of the platform is; what waited for it is recorded with its own date",
)
async def post_course_mapping(
    connection_id: UUID, document: CourseMappingIn, session: Transaction, caller: Keeper
) -> CourseMappingOut:
    return queries.told_mapping(await commands.map_course(session, connection_id, document, caller), document.course)


@uploads.post(
    "/connections/{connection_id}/users:batch",
    summary="Say who users of the platform are; what waited for them is recorded with its own date",
)
async def upload_users(
    connection_id: UUID, caller: Keeper, lines: Annotated[Lines[UserIn], Depends(lines_of(UserIn))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.map_users(session, connection_id, given, caller))
