"""Requests to mend data, over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from credit import rights
from credit.data_fixes import commands
from credit.data_fixes.queries import list_fixes, read_fix
from credit.data_fixes.schemas import DataFixIn, DataFixOut, RefusalIn
from credit.domain.books import Regulations

router = APIRouter(prefix="/v1", tags=["data-fixes"])

Reader = Annotated[Caller[Regulations], Depends(rights.READ)]
Asker = Annotated[Caller[Regulations], Depends(rights.ASK_FIX)]
Office = Annotated[Caller[Regulations], Depends(rights.REFUSE_FIX)]


@router.post(
    "/data-fixes",
    status_code=201,
    summary="Ask for data of the registry to be mended on which points rest; it holds up nothing",
    responses={409: {"description": "`fix-asked`: it was asked for already"}},
)
async def ask(body: DataFixIn, session: Transaction, caller: Asker, language: UsedLanguage) -> DataFixOut:
    return await read_fix(session, await commands.ask(session, body, caller), caller, language)


@router.get("/data-fixes", summary="Requests to mend data, oldest first")
@shows("cases")
async def get_fixes(
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    language: UsedLanguage,
    state: Literal["open", "mended", "refused", "withdrawn"] | None = None,
) -> Page[DataFixOut]:
    return await list_fixes(session, window, caller, language, state=state)


@router.post(
    "/data-fixes/{fix_id}/withdraw",
    summary="Withdraw a request of one's own",
    responses={409: {"description": "`fix-closed`"}},
)
@shows("cases")
async def withdraw(fix_id: UUID, session: Transaction, caller: Asker, language: UsedLanguage) -> DataFixOut:
    await commands.close(session, fix_id, "withdrawn", None, caller)
    return await read_fix(session, fix_id, caller, language)


@router.post(
    "/data-fixes/{fix_id}/refuse",
    summary="Say that the data are right as they are",
    responses={403: {"description": "`own-case`"}, 409: {"description": "`fix-closed`"}},
)
@shows("cases")
async def refuse(
    fix_id: UUID, body: RefusalIn, session: Transaction, caller: Office, language: UsedLanguage
) -> DataFixOut:
    await commands.close(session, fix_id, "refused", body.answer, caller)
    return await read_fix(session, fix_id, caller, language)
