"""The first page, for who is not logged in and for each hat; and what explains the words."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from common.texts import text_named
from portal import rights
from portal.asking import get
from portal.visits import Visit, to

router = APIRouter(include_in_schema=False)

Anybody = Annotated[Visit, Depends(rights.ANYBODY)]
SignedIn = Annotated[Visit, Depends(rights.SIGNED_IN)]

FIRST = {"person": "/card", "agency_hr": "/agency", "agency_head": "/agency", "pic": "/agency", "inspector": "/agency"}
"""Where a hat begins, by the role; any other sees its menu."""
WORDS = (
    (text_named("word.jp"), text_named("word.jp.means")),
    (text_named("word.ak"), text_named("word.ak.means")),
    (text_named("word.pak"), text_named("word.pak.means")),
    (text_named("word.skj"), text_named("word.skj.means")),
    (text_named("word.ip-asn"), text_named("word.ip-asn.means")),
    (text_named("word.bangkom"), text_named("word.bangkom.means")),
    (text_named("word.caturwulan"), text_named("word.caturwulan.means")),
    (text_named("word.sounding"), text_named("word.sounding.means")),
    (text_named("word.penyetaraan"), text_named("word.penyetaraan.means")),
)
"""The words that are explained, each with what it means."""


@router.get("/")
async def welcome(visit: Anybody) -> Response:
    return to("/home") if visit.signed else visit.page("home/welcome.html")


@router.get("/home")
async def home(visit: SignedIn) -> Response:
    first = FIRST.get(visit.who.hat)
    return to(first) if first else visit.page("home/home.html")


@router.get("/glossary")
async def glossary(visit: Anybody) -> Response:
    return visit.page("home/glossary.html", words=WORDS)


@router.get("/help/login")
async def login_help(visit: Anybody) -> Response:
    return visit.page("home/login-help.html")


@router.get("/certificates/{token}")
async def check_certificate(visit: Anybody, token: str) -> Response:
    """Whether a certificate is valid, for whoever has it in hand."""
    [checked] = await visit.ask(get("training", f"/certificate-checks/{token}"))
    return visit.page("home/certificate.html", 404 if checked.missing else 200, checked=checked)
