"""The first page, for who is not logged in and for each hat; and papers that anybody checks."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from portal import rights
from portal.asking import Answer, file, get
from portal.forms import Form
from portal.texts import say
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
CODE = re.compile(r"/v1/(certificate|paper)-checks/([A-Za-z0-9_-]{22})$")
"""What the code on a paper says."""
PAPERS = {"certificate": "certificates", "paper": "papers"}
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


@router.get("/papers/{token}")
async def check_paper(visit: Anybody, token: str) -> Response:
    """Whether a PAK is valid, for whoever has it in hand."""
    [checked] = await visit.ask(get("credit", f"/paper-checks/{token}"))
    return visit.page("home/paper.html", 404 if checked.missing else 200, checked=checked)


@router.get("/check")
async def check(visit: Anybody) -> Response:
    return visit.page("home/check.html", checked=None, form=visit.form)


@router.post("/check")
async def check_what_is_in_hand(visit: Anybody) -> Response:
    """By the address in the code of a certificate or a PAK, or by the file of any signed paper, which is read and kept nowhere."""
    form = visit.form
    if address := form["address"].strip():
        if found := CODE.search(address):
            return to(f"/{PAPERS[found[1]]}/{found[2]}")
        form = Form(form.typed, {"address": [say("check.no-address", visit.language)]})
        return visit.page("home/check.html", 422, checked=None, form=form)
    sent = visit.files.get("paper")
    content = await sent.read(MOST_BYTES) if sent else b""
    [checked] = await visit.ask(file("training", "/signature-checks", content)) if content else [NOTHING]
    return visit.page("home/check.html", checked=checked, form=form)
