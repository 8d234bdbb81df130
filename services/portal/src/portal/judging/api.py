"""Whoever checks and attests credit points: the queue by harm of waiting, a case with its evidence beside it, and many at once."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import Answer, bulk, get, post
from portal.charts import Told
from portal.deeds import chosen, done
from portal.forms import Form
from portal.menu import Item
from portal.texts import CALLED, say
from portal.visits import Visit, to

router = APIRouter(include_in_schema=False)

Judge = Annotated[Visit, Depends(rights.JUDGES)]
AppealJudge = Annotated[Visit, Depends(rights.APPEALS)]
Anybody = Annotated[Visit, Depends(rights.SIGNED_IN)]

MENU = (
    Item("/judging", text_named("menu.judging"), rights.JUDGES.roles),
    Item("/appeals", text_named("menu.appeals"), rights.APPEALS.roles),
    Item("/waiting-times", text_named("menu.waiting-times")),
)
SERVICE = "credit"
TAKEN = 20
"""How many cases are taken at once."""
SHOWN = 50
NARROW = ("kind", "jenjang", "overdue", "held")
WAITING_FOR = {"submitted": "check", "checked": "attest"}
"""What is decided of a case in a state."""


@router.get("/judging")
async def queue(visit: Judge, after: str | None = None) -> Response:
    return await _queue(visit, visit.form, after)


@router.post("/judging")
async def decide_many(visit: Judge) -> Response:
    """Takes the most urgent, or decides of all rows in which something was chosen, each with its own reason."""
    if visit.form["do"] == "take":
        question = post(SERVICE, "/queue:take", {"most": TAKEN})
        return await done(visit, question, "/judging?held=true", lambda form: _queue(visit, form))
    lines = _lines(visit.form)
    sent = await visit.do(bulk(SERVICE, "/cases:decide", lines))
    refused = [each for each in sent.lines if each["status"] == "refused"]
    if sent.ok and not refused:
        return to(f"/judging?done={len(lines)}")
    left = {lines[each["line"] - 1]["id"]: each["message"] for each in refused} if sent.ok else {}
    typed = {name: value for name, value in visit.typed.items() if not sent.ok or name.partition("-")[2] in left}
    words = [{"field": f"reason-{case}", "message": message} for case, message in left.items()]
    given = Answer(422, {"errors": words}) if left else sent
    return await _queue(
        visit, Form(typed).refused(given, [each["field"] for each in words], say("form.not-sent", visit.language))
    )


def _lines(form: Form) -> list[dict[str, str]]:
    """What was chosen in each row, with its reason."""
    acts = {name.removeprefix("act-"): act for name, act in form.typed.items() if name.startswith("act-") and act}
    return [
        {"id": case, "act": act}
        | ({"reason": form[f"reason-{case}"].strip()} if form[f"reason-{case}"].strip() else {})
        for case, act in acts.items()
    ]


async def _queue(visit: Visit, form: Form, after: str | None = None) -> Response:
    asked = {name: visit.request.query_params.get(name) or None for name in NARROW}
    [found] = await visit.ask(get(SERVICE, "/queue", **asked, after=after, limit=SHOWN))
    names = await visit.names((each["person_id"] for each in found.items), found)
    return _page(visit, "queue", form, found=found, names=names, asked=asked)


@router.get("/judging/{case_id}")
async def case(visit: Judge, case_id: UUID) -> Response:
    return await _case(visit, case_id, visit.form)


@router.post("/judging/{case_id}")
async def decide(visit: Judge, case_id: UUID) -> Response:
    form, path = visit.form, f"/cases/{case_id}"
    faults = [
        {"part": name.removeprefix("fault-"), "code": code}
        for name, code in form.typed.items()
        if name.startswith("fault-") and code
    ]
    returned = form.given("reason") | {"parts": faults}
    deeds = {
        "check": post(SERVICE, f"{path}/check", seen=form["version"]),
        "attest": post(SERVICE, f"{path}/attest", seen=form["version"]),
        "return": post(SERVICE, f"{path}/return", returned, seen=form["version"]),
    }
    said = "/judging?held=true&done=1"
    return await done(visit, chosen(visit, deeds), said, lambda form: _case(visit, case_id, form), ("reason",))


async def _case(visit: Visit, case_id: UUID, form: Form) -> Response:
    found, subjects = await visit.ask(get(SERVICE, f"/cases/{case_id}"), get(SERVICE, "/rule-subjects"))
    if found.missing:
        raise Refused("not-found")
    c = found.body if found.ok else None
    names = await visit.names([c["person_id"]], found) if c else {}
    given = await _proof(visit, c) if c else None
    return _page(
        visit, "case", form, case=found, names=names, given=given, faults_of=_faults_of(subjects),
        act=WAITING_FOR.get(c["state"]) if c else None,
    )  # fmt: skip


async def _proof(visit: Visit, case: Mapping[str, Any]) -> Answer | None:
    """The training record that a claim of education rests on."""
    if not case["record_id"]:
        return None
    [given] = await visit.ask(get(SERVICE, f"/evidence/{case['record_id']}"))
    return given


def _faults_of(subjects: Answer) -> Mapping[str, list[str]]:
    """The codes of what may be wrong, by part, as the rules of returns have them now."""
    packs = subjects.body["returns"] if subjects.ok else ()
    rules = next((pack["tables"] for pack in packs if pack["valid_to"] is None), None)
    reasons = rules["reasons"] if rules else ()
    parts = {part for reason in reasons for part in reason["parts"]}
    return {part: [reason["code"] for reason in reasons if part in reason["parts"]] for part in parts}


@router.get("/appeals")
async def appeals(visit: AppealJudge, state: str = "filed", after: str | None = None) -> Response:
    [found] = await visit.ask(get(SERVICE, "/appeals", state=state or None, after=after, limit=SHOWN))
    names = await visit.names((each["person_id"] for each in found.items), found)
    return visit.page("judging/appeals.html", found.page, found=found, names=names, state=state)


@router.get("/appeals/{appeal_id}")
async def appeal(visit: AppealJudge, appeal_id: UUID) -> Response:
    return await _appeal(visit, appeal_id, visit.form)


@router.post("/appeals/{appeal_id}")
async def answer(visit: AppealJudge, appeal_id: UUID) -> Response:
    path, given = f"/appeals/{appeal_id}", visit.form.given("answer")
    deeds = {
        "grant": post(SERVICE, f"{path}/grant", given),
        "deny": post(SERVICE, f"{path}/deny", given),
        "issue": post(SERVICE, f"{path}/issue"),
    }
    return await done(visit, chosen(visit, deeds), path, lambda form: _appeal(visit, appeal_id, form), ("answer",))


async def _appeal(visit: Visit, appeal_id: UUID, form: Form) -> Response:
    """What is objected to, beside the case that it is against."""
    [found] = await visit.ask(get(SERVICE, f"/appeals/{appeal_id}"))
    if found.missing:
        raise Refused("not-found")
    [against] = await visit.ask(get(SERVICE, f"/cases/{found.body['case_id']}")) if found.ok else [found]
    names = await visit.names([found.body["person_id"]], found) if found.ok else {}
    return _page(visit, "appeal", form, found=found, case=against, names=names)


@router.get("/waiting-times")
async def waiting_times(visit: Anybody) -> Response:
    """How long cases waited, agency by agency, as it is published; and for a superior, of each of theirs."""
    asked = [get(SERVICE, "/waiting-times")]
    if visit.who.hat in rights.PERSON.roles:
        asked.append(get(SERVICE, "/assessors"))
    found, *own = await visit.ask(*asked)
    assessors = [each for answer in own for each in answer.items]
    names = await visit.names((each["person_id"] for each in assessors), *own)
    return visit.page(
        "judging/waiting-times.html",
        found.page,
        found=found,
        half=_longest(visit, found),
        assessors=assessors,
        names=names,
    )


def _longest(visit: Visit, found: Answer) -> list[Told]:
    """Where half of what waited was done latest, in days, the longest first."""
    nameless = say("waiting-times.nameless", visit.language)
    return [
        (f"{each['agency'] or nameless}, {say(CALLED['waits'][each['state']], visit.language)}", _half(each))
        for each in sorted(found.items, key=_half, reverse=True)
    ]


def _half(waited: Mapping[str, Any]) -> Decimal:
    """The days, to a tenth, in which half of what waited was done."""
    return (Decimal(waited["median_seconds"]) / 86400).quantize(Decimal("0.1"))


def _page(visit: Visit, template: str, form: Form, **values: Any) -> Response:
    return visit.page(f"judging/{template}.html", 422 if form.faults else 200, form=form, **values)
