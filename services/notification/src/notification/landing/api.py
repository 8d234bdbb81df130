"""Where the link in a digest leads until the portal serves that address: what to do next, without any agency's data."""

from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from common.web.auth import everybody
from common.web.parts import UsedLanguage
from notification.texts import templates

router = APIRouter(include_in_schema=False, dependencies=[Depends(everybody)])


@router.get("/rounds/{round_id}")
async def show_round(round_id: UUID, agency: UUID, language: UsedLanguage) -> HTMLResponse:
    del round_id, agency  # part of the address that mails promise; whoever opens it has not signed in
    page = templates(language).get_template("round.html").render()
    return HTMLResponse(page, headers={"content-language": language, "vary": "Accept-Language"})
