"""Help: first steps in each hat, what is often asked, what words mean, and what a penyetaraan changes; for everybody."""

from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Response

from common.texts import text_named
from portal import rights
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Anybody = Annotated[Visit, Depends(rights.ANYBODY)]


class Step(NamedTuple):
    """What to do, in words, and the page where it is done."""

    text: str
    address: str


STEPS: Mapping[str, Sequence[Step]] = {
    "person": (
        Step(text_named("step.card"), "/card"),
        Step(text_named("step.join"), "/classes"),
        Step(text_named("step.declare"), "/declare"),
        Step(text_named("step.credit"), "/credit"),
        Step(text_named("step.mentoring"), "/mentoring"),
        Step(text_named("step.team"), "/team"),
        Step(text_named("step.assessors"), "/waiting-times"),
        Step(text_named("step.data"), "/data"),
    ),
    "agency_hr": (
        Step(text_named("step.agency"), "/agency"),
        Step(text_named("step.uploads"), "/uploads"),
        Step(text_named("step.agency-classes"), "/agency-classes"),
        Step(text_named("step.exemptions"), "/exemptions"),
        Step(text_named("step.promotions"), "/promotions"),
        Step(text_named("step.pics"), "/pics"),
    ),
    "agency_head": (
        Step(text_named("step.decisions"), "/decisions"),
        Step(text_named("step.agency"), "/agency"),
        Step(text_named("step.promotions"), "/promotions"),
        Step(text_named("step.appeals"), "/appeals"),
    ),
    "pic": (
        Step(text_named("step.short"), "/agency"),
        Step(text_named("step.views"), "/views"),
    ),
    "lan": (
        Step(text_named("step.nation"), "/nation"),
        Step(text_named("step.rounds"), "/rounds"),
        Step(text_named("step.without-pic"), "/without-pic"),
        Step(text_named("step.compare"), "/compare"),
        Step(text_named("step.providers"), "/providers"),
        Step(text_named("step.drafts"), "/drafts"),
        Step(text_named("step.stakeholders"), "/stakeholders"),
    ),
    "analis": (
        Step(text_named("step.nation"), "/nation"),
        Step(text_named("step.rounds"), "/rounds"),
        Step(text_named("step.without-pic"), "/without-pic"),
        Step(text_named("step.compare"), "/compare"),
    ),
    "inspector": (
        Step(text_named("step.agency"), "/agency"),
        Step(text_named("step.nation"), "/nation"),
        Step(text_named("step.views"), "/views"),
    ),
    "steward": (
        Step(text_named("step.position"), "/nation"),
        Step(text_named("step.views"), "/views"),
    ),
    "verifier": (
        Step(text_named("step.judging"), "/judging"),
        Step(text_named("step.checking"), "/checking"),
        Step(text_named("step.waiting-times"), "/waiting-times"),
    ),
    "validator": (
        Step(text_named("step.judging"), "/judging"),
        Step(text_named("step.appeals"), "/appeals"),
        Step(text_named("step.waiting-times"), "/waiting-times"),
    ),
    "provider": (
        Step(text_named("step.classes"), "/teaching"),
        Step(text_named("step.connections"), "/connections"),
    ),
    "programme_manager": (Step(text_named("step.programmes"), "/desk"),),
    "platform_admin": (Step(text_named("step.connections"), "/connections"),),
    "bkn": (
        Step(text_named("step.indexes"), "/totals?by=agency"),
        Step(text_named("step.waiting-times"), "/waiting-times"),
    ),
    "researcher": (
        Step(text_named("step.totals"), "/totals"),
        Step(text_named("step.waiting-times"), "/waiting-times"),
    ),
    "intern": (
        Step(text_named("step.totals"), "/totals"),
        Step(text_named("step.waiting-times"), "/waiting-times"),
    ),
    "operator": (Step(text_named("step.operations"), "/operations"),),
}
"""What a hat does first, in order."""
QUESTIONS = (
    (text_named("faq.counts"), text_named("faq.counts.answer")),
    (text_named("faq.unverified"), text_named("faq.unverified.answer")),
    (text_named("faq.mentoring"), text_named("faq.mentoring.answer")),
    (text_named("faq.leave"), text_named("faq.leave.answer")),
    (text_named("faq.activities"), text_named("faq.activities.answer")),
    (text_named("faq.wrong"), text_named("faq.wrong.answer")),
    (text_named("faq.disagree"), text_named("faq.disagree.answer")),
    (text_named("faq.who-looked"), text_named("faq.who-looked.answer")),
)
"""What is often asked, each with its answer."""
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
PENYETARAAN = (
    text_named("penyetaraan.what"),
    text_named("penyetaraan.points"),
    text_named("penyetaraan.activities"),
    text_named("penyetaraan.report"),
    text_named("penyetaraan.hours"),
    text_named("penyetaraan.help"),
)
"""What somebody is told whose structural post was turned into a functional one."""


@router.get("/help")
async def first_steps(visit: Anybody) -> Response:
    """First steps: those of the hat that is worn at the top, and of all others below."""
    hat = visit.signed.hat if visit.signed else None
    hats = sorted(STEPS, key=lambda each: each != hat)
    return visit.page("help/help.html", hats=hats, steps=STEPS, questions=QUESTIONS)


@router.get("/help/penyetaraan")
async def penyetaraan(visit: Anybody) -> Response:
    return visit.page("help/penyetaraan.html", parts=PENYETARAAN)


@router.get("/glossary")
async def glossary(visit: Anybody) -> Response:
    return visit.page("help/glossary.html", words=WORDS)


@router.get("/help/login")
async def login_help(visit: Anybody) -> Response:
    return visit.page("help/login-help.html")
