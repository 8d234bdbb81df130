"""Files of people's data over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, parts_of
from contracts.callers import Caller
from contracts.looks import FileOf, shows
from registry import rights
from registry.data_files import commands, queries
from registry.data_files.schemas import DataFileIn, DataFileOut, Form
from registry.data_files.store import FORMS, files_of

router = APIRouter(prefix="/v1", tags=["data-files"])

Asker = Annotated[Caller[Any], Depends(rights.ASK_DATA)]


@router.post(
    "/data-files",
    status_code=202,
    summary="Ask for everything that is held of oneself, or of somebody in one's agency",
    responses={404: {"description": "`not-found`: nobody in the caller's reach by that id"}},
)
@shows("data_files")
async def ask_for_data(document: DataFileIn, session: Transaction, caller: Asker) -> DataFileOut:
    return await queries.data_file(session, await commands.ask(session, document, caller), caller)


@router.get("/data-files", summary="Files of data that were asked for, in their order")
@shows("data_files")
async def list_data_files(
    session: Reading, caller: Asker, window: AskedWindow, person_id: UUID | None = None
) -> Page[DataFileOut]:
    return await queries.data_file_page(session, window, caller, person_id)


@router.get("/data-files/{file_id}", summary="How far a file of data is, and which services have not answered")
@shows("data_files")
async def get_data_file(file_id: UUID, session: Reading, caller: Asker) -> DataFileOut:
    return await queries.data_file(session, file_id, caller)


@router.get(
    "/data-files/{file_id}/{form}",
    summary="A file of data: JSON to process, PDF to read",
    response_class=Response,
    responses={
        200: {"content": {media_type: {} for media_type in FORMS.values()}},
        409: {"description": "`data-file-not-ready`"},
        410: {"description": "`data-file-erased`: its last day is over"},
    },
)
@shows("everything")
async def get_content(file_id: UUID, form: Form, session: Reading, caller: Asker, request: Request) -> FileOf:
    person_id, content = await queries.content(session, file_id, form, files_of(parts_of(request)), caller)
    return FileOf(person_id, f"jejak-{file_id}.{form}", FORMS[form], content)
