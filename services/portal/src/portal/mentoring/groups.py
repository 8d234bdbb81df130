"""Circles and single talks: which there are, one's own, and what is to be answered or said of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from portal import rights
from portal.asking import post, put
from portal.deeds import chosen, done
from portal.forms import Form
from portal.mentoring.steps import MOST, SERVICE, SPAN, ask, ended, mentors, other, page, side, span
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Own = Annotated[Visit, Depends(rights.PERSON)]


@router.get("/mentoring/circles")
async def circles(visit: Own, after: str | None = None) -> Response:
    return await _circles(visit, visit.form, after)


@router.post("/mentoring/circles")
async def join(visit: Own) -> Response:
    circle_id = visit.form.known("circle")
    question = post(SERVICE, f"/circles/{circle_id}/join")
    return await done(visit, question, f"/mentoring/circles/{circle_id}", lambda form: _circles(visit, form))


async def _circles(visit: Visit, form: Form, after: str | None = None) -> Response:
    found, own = await visit.ask(ask("/circles", after=after), ask("/circles/me", limit=MOST))
    mine = {each["id"] for each in own.items}
    names = await visit.names(mentors(visit, found, own), found, own)
    return page(visit, "circles", form, circles=found, own=own, mine=mine, names=names)


@router.get("/mentoring/circles/{circle_id}")
async def circle(visit: Own, circle_id: UUID) -> Response:
    return await _circle(visit, circle_id, visit.form)


@router.post("/mentoring/circles/{circle_id}")
async def do_in_circle(visit: Own, circle_id: UUID) -> Response:
    path, form = f"/circles/{circle_id}", visit.form
    meeting = f"/circle-meetings/{form.known('meeting')}" if form["meeting"] else ""
    present = {"present": [name.removeprefix("there-") for name in form.typed if name.startswith("there-")]}
    deeds = {
        "leave": post(SERVICE, f"{path}/leave"),
        "plan": post(SERVICE, f"{path}/meetings", span(visit)),
        "confirm": post(SERVICE, f"{meeting}/confirm"),
        "log": put(SERVICE, f"{meeting}/log", form.given("log") | present, seen=form["version"]),
        "cancel": post(SERVICE, f"{meeting}/cancel", form.given("reason")),
    }
    address, fields = f"/mentoring{path}", (*SPAN, "log", "reason")
    return await done(visit, chosen(visit, deeds), address, lambda form: _circle(visit, circle_id, form), fields)


async def _circle(visit: Visit, circle_id: UUID, form: Form) -> Response:
    path = f"/circles/{circle_id}"
    found, meetings = await visit.ask(ask(path), ask(f"{path}/meetings", limit=MOST))
    if found.missing:
        raise Refused("not-found")
    is_mentor = found.ok and found.body["mentor_id"] == str(visit.person)
    members = found.body["members"] if found.ok else ()
    ids = [found.body["mentor_id"], *(each["person_id"] for each in members)] if found.ok else []
    names = await visit.names(ids, found)
    return page(
        visit,
        "circle",
        form,
        circle=found,
        meetings=meetings,
        is_mentor=is_mentor,
        over=ended(visit, meetings),
        me=str(visit.person),
        numbers={each["person_id"]: number for number, each in enumerate(members, 1)},
        names=names,
    )


@router.get("/mentoring/talks")
async def talks(visit: Own, after: str | None = None) -> Response:
    return await _talks(visit, visit.form, after)


@router.post("/mentoring/talks")
async def do_of_talk(visit: Own) -> Response:
    form = visit.form
    slot = f"/talk-slots/{form.known('slot')}" if form["slot"] else ""
    talk = f"/talks/{form.known('talk')}" if form["talk"] else ""
    deeds = {
        "ask": post(SERVICE, f"{slot}/talks", form.given("topic")),
        "offer": post(SERVICE, "/talk-slots", {"way": "online", **span(visit)}),
        "accept": post(SERVICE, f"{talk}/accept"),
        "reject": post(SERVICE, f"{talk}/reject", form.given("reason")),
        "confirm": post(SERVICE, f"{talk}/confirm"),
        "cancel": post(SERVICE, f"{talk}/cancel", form.given("reason")),
    }
    fields = ("topic", "reason", *SPAN)
    return await done(visit, chosen(visit, deeds), "/mentoring/talks", lambda form: _talks(visit, form), fields)


async def _talks(visit: Visit, form: Form, after: str | None = None) -> Response:
    slots, own = await visit.ask(ask("/talk-slots", after=after), ask("/talks", limit=MOST))
    sides = {each["id"]: side(visit, each) for each in own.items}
    with_whom = {each["id"]: other(visit, each) for each in own.items}
    names = await visit.names((*with_whom.values(), *mentors(visit, slots)), own, slots)
    return page(
        visit,
        "talks",
        form,
        slots=slots,
        own=own,
        sides=sides,
        over=ended(visit, own),
        with_whom=with_whom,
        names=names,
    )
