"""Where the links in mails lead until the portal serves those addresses: what to do next, without anybody's data."""

from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from common.texts import Language
from common.web.auth import everybody
from common.web.parts import UsedLanguage
from notification.texts import templates

router = APIRouter(include_in_schema=False, dependencies=[Depends(everybody)])


@router.get("/rounds/{round_id}")
async def show_round(round_id: UUID, agency: UUID, language: UsedLanguage) -> HTMLResponse:
    del round_id, agency  # part of the address that mails promise; whoever opens it has not signed in
    return _page("round.html", language)


@router.get("/contact/check")
async def show_check(token: str, language: UsedLanguage) -> HTMLResponse:
    del token  # whoever opens the link, or a program that looks at it, uses nothing up: the person does, signed in
    return _page("contact.html", language)


def _page(name: str, language: Language) -> HTMLResponse:
    page = templates(language).get_template(name).render()
    return HTMLResponse(page, headers={"content-language": language, "vary": "Accept-Language"})
