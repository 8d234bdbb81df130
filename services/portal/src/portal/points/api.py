"""The pages of a civil servant about their credit points: what they have, where each entry is from, their cases, and whether they can rise."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.texts import text_named
from portal import rights
from portal.asking import get, handed_on, post
from portal.deeds import done
from portal.forms import Form
from portal.menu import Item
from portal.texts import say
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Own = Annotated[Visit, Depends(rights.PERSON)]

MENU = (Item("/credit", text_named("menu.credit"), rights.PERSON.roles),)
CONTESTED = ("grounds", "predikat")
DECIDED = ("attested", "returned")
"""States of a case in which something was decided that can be contested."""


@router.get("/credit")
async def credit(visit: Own, after: str | None = None) -> Response:
    """What has accumulated in each jenjang with the entries that make it, whether they can rise, and their cases."""
    points, promotion, cases = await visit.ask(
        get("credit", "/people/me/credit"),
        get("credit", "/people/me/credit/promotion"),
        get("credit", "/cases", person_id=visit.person, after=after, limit=50),
    )
    return visit.page("points/credit.html", points=points, promotion=promotion, cases=cases)


@router.get("/credit/rise")
async def rise(visit: Own) -> Response:
    """Each condition of a rise in rank and in level, with its reason and its rule."""
    [promotion] = await visit.ask(get("credit", "/people/me/credit/promotion"))
    return visit.page("points/rise.html", promotion=promotion)


@router.get("/credit/entries/{entry_id}")
async def entry(visit: Own, entry_id: UUID) -> Response:
    """Where one entry comes from: what went in, by which rule, and who decided."""
    [found] = await visit.ask(get("credit", f"/people/me/credit/explain/{entry_id}"))
    return visit.page("points/entry.html", 404 if found.missing else 200, explained=found)


@router.get("/credit/papers")
async def papers(visit: Own) -> Response:
    return await _papers(visit, visit.form)


@router.post("/credit/papers")
async def print_paper(visit: Own) -> Response:
    """A paper as a signed PDF: the number on it is the registry's, since credit keeps none."""
    [oneself] = await visit.ask(get("registry", "/people/me"))
    nip = oneself.body["nip"] if oneself.ok else ""
    sent = await visit.do(post("credit", f"/papers/{visit.typed_id('paper')}/print", {"nip": nip}))
    if sent.ok:
        return handed_on(sent)
    return await _papers(visit, visit.form.refused(sent, (), say("form.not-sent", visit.language)))


async def _papers(visit: Visit, form: Form) -> Response:
    """The papers that were issued about them, and what has become of each."""
    [found] = await visit.ask(get("credit", "/papers", person_id=visit.person, limit=1000))
    return visit.page("points/papers.html", 422 if form.faults else found.page, found=found, form=form)


@router.get("/credit/professionalism")
async def professionalism(visit: Own) -> Response:
    """Their index of professionalism by dimension, and what one more training would change."""
    [found] = await visit.ask(get("credit", "/people/me/professionalism"))
    return visit.page("points/professionalism.html", found.page, found=found)


@router.get("/credit/cases/{case_id}")
async def case(visit: Own, case_id: UUID) -> Response:
    return await _case(visit, case_id, visit.form)


@router.post("/credit/cases/{case_id}")
async def contest(visit: Own, case_id: UUID) -> Response:
    """Objects to what was decided of a case of theirs; once that is denied, appeals."""
    grounds = visit.form.given("grounds", "predikat")
    question = post("credit", f"/cases/{case_id}/appeals", grounds)
    return await done(visit, question, "/credit/appeals", lambda form: _case(visit, case_id, form), CONTESTED)


async def _case(visit: Visit, case_id: UUID, form: Form) -> Response:
    """A case of theirs, with its parts and all that was done; what was decided can be contested."""
    [found] = await visit.ask(get("credit", f"/cases/{case_id}"))
    status = 422 if form.faults else 404 if found.missing else 200
    return visit.page("points/case.html", status, case=found, form=form, decided=DECIDED)


@router.get("/credit/appeals")
async def appeals(visit: Own, after: str | None = None) -> Response:
    return await _appeals(visit, visit.form, after)


@router.post("/credit/appeals")
async def withdraw_appeal(visit: Own) -> Response:
    """Withdraws an objection or appeal that nobody has answered."""
    question = post("credit", f"/appeals/{visit.typed_id('appeal')}/withdraw")
    return await done(visit, question, "/credit/appeals", lambda form: _appeals(visit, form, None))


async def _appeals(visit: Visit, form: Form, after: str | None) -> Response:
    """Their objections and appeals, each with its clock."""
    [found] = await visit.ask(get("credit", "/appeals", person_id=visit.person, after=after))
    return visit.page("points/appeals.html", 422 if form.faults else 200, appeals=found, form=form)


@router.get("/credit/guide")
async def guide(visit: Own) -> Response:
    """What counts for their jenjang now and what gives nothing, each with its rule."""
    [found] = await visit.ask(get("credit", "/people/me/credit/guide"))
    return visit.page("points/guide.html", guide=found)


@router.get("/credit/when")
async def when(
    visit: Own,
    predikat: str = "baik",
    start: str = "",
    post_on: str = "",
    test_on: str = "",
    degree_on: str = "",
) -> Response:
    """When they can rise if things go as supposed, and what is in the way until then; what is supposed stands in the address."""
    supposed = {"start": start, "post_on": post_on, "test_on": test_on, "degree_on": degree_on}
    given = {name: day for name, day in supposed.items() if day}
    [found] = await visit.ask(get("credit", "/people/me/credit/forecast", predikat=predikat, **given))
    form = Form(supposed | {"predikat": predikat})
    if found.faults:
        form = form.refused(found, (*supposed, "predikat"), "")
    return visit.page("points/when.html", 422 if form.faults else 200, forecast=found, form=form)
