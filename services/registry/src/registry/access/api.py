"""The access log over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from registry import rights
from registry.access import queries
from registry.access.schemas import LookOut

router = APIRouter(prefix="/v1", tags=["looks"])


@router.get("/people/me/looks", summary="Who looked at your record, the last first")
async def own_looks(
    session: Reading,
    caller: Annotated[Caller[Any], Depends(rights.READ_ONESELF)],
    window: AskedWindow,
    language: UsedLanguage,
) -> Page[LookOut]:
    return await queries.who_looked(session, window, caller, language)
