"""Where the link in a digest leads until the portal serves that address: what to do next, and nothing of any agency."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from common.web.auth import everybody
from common.web.problems import language_of

router = APIRouter(include_in_schema=False, dependencies=[Depends(everybody)])
templates = Environment(loader=PackageLoader("notification"), autoescape=select_autoescape(), undefined=StrictUndefined)


@router.get("/rounds/{round_id}")
async def show_round(
    round_id: UUID, agency: UUID, accept_language: Annotated[str | None, Header()] = None
) -> HTMLResponse:
    del round_id, agency  # the address is a promise of the mail; who opens it has not signed in
    language = language_of(accept_language)
    page = templates.get_template(f"round/{language}.html").render(language=language)
    return HTMLResponse(page, headers={"content-language": language, "vary": "Accept-Language"})
