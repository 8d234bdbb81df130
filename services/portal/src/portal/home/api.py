"""The first page, for who is not logged in and for each hat; and papers that anybody checks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from portal import rights
from portal.asking import Answer, file, get
from portal.visits import Visit, to

router = APIRouter(include_in_schema=False)

Anybody = Annotated[Visit, Depends(rights.ANYBODY)]
SignedIn = Annotated[Visit, Depends(rights.SIGNED_IN)]

FIRST = {"person": "/card", "agency_hr": "/agency", "agency_head": "/agency", "pic": "/agency", "inspector": "/agency"}
"""Where a hat begins, by the role; any other sees its menu."""
STARTED = "started"
"""A cookie that says that a browser has been here; the same for everybody."""
YEAR_SECONDS = 365 * 24 * 60 * 60
EQUALISED = "hasil-penyetaraan"
"""The tag of registry of whose post was turned into a functional one."""
MOST_BYTES = 1_000_000
"""Of a paper that is checked; a longer file is none of ours, and fails by what is left out."""
NOTHING = Answer(200, {"whole": False, "trusted": False})
"""What is said where no file was chosen."""


@router.get("/")
async def welcome(visit: Anybody) -> Response:
    return to("/home") if visit.signed else visit.page("home/welcome.html")


@router.get("/home")
async def home(visit: SignedIn) -> Response:
    if visit.who.hat == "person" and STARTED not in visit.request.cookies:
        return await _first_time(visit)
    first = FIRST.get(visit.who.hat)
    return to(first) if first else visit.page("home/home.html")


async def _first_time(visit: Visit) -> Response:
    """Whose structural post was turned into a functional one begins with what that means for them, once in this browser."""
    [oneself] = await visit.ask(get("registry", "/people/me"))
    tagged = oneself.ok and EQUALISED in oneself.body["tags"]
    answer = to("/help/penyetaraan" if tagged else FIRST["person"])
    if not oneself.away:  # else they are asked about at the next log-in
        answer.set_cookie(STARTED, "1", max_age=YEAR_SECONDS, httponly=True, samesite="lax", secure=visit.portal.secure)
    return answer


@router.get("/certificates/{token}")
async def check_certificate(visit: Anybody, token: str) -> Response:
    """Whether a certificate is valid, for whoever has it in hand."""
    [checked] = await visit.ask(get("training", f"/certificate-checks/{token}"))
    return visit.page("home/certificate.html", 404 if checked.missing else 200, checked=checked)


@router.get("/check")
async def check(visit: Anybody) -> Response:
    return visit.page("home/check.html", checked=None)


@router.post("/check")
async def check_file(visit: Anybody) -> Response:
    """Whether a transcript, a certificate or a PAK is as it was signed; the file is read, and kept nowhere."""
    sent = visit.files.get("paper")
    content = await sent.read(MOST_BYTES) if sent else b""
    [checked] = await visit.ask(file("training", "/signature-checks", content)) if content else [NOTHING]
    return visit.page("home/check.html", checked=checked)
