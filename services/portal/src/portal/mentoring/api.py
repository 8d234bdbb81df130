"""Mentoring, for mentors and mentees: what to do next first, then each step from joining to the end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import post, put
from portal.deeds import chosen, done
from portal.forms import Form
from portal.mentoring import groups
from portal.mentoring.steps import MOST, SERVICE, SPAN, ask, ended, other, page, rows, side, span
from portal.menu import Item
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Own = Annotated[Visit, Depends(rights.PERSON)]

router.include_router(groups.router)

MENU = (Item("/mentoring", text_named("menu.mentoring"), rights.PERSON.roles),)
HALF_DAYS = [f"{day}-{half}" for day in ("mon", "tue", "wed", "thu", "fri") for half in ("am", "pm")]
MEETS = ("online", "onsite")
ANSWERS = ("useful", "clear", "open")


@router.get("/mentoring")
async def overview(visit: Own) -> Response:
    return await _overview(visit, visit.form)


@router.post("/mentoring")
async def confirm_held(visit: Own) -> Response:
    """One touch: a session was held."""
    said = post(SERVICE, f"/sessions/{visit.form.known('session')}/confirm")
    return await done(visit, said, "/mentoring", lambda form: _overview(visit, form))


async def _overview(visit: Visit, form: Form) -> Response:
    pairs, sessions, programmes, notices = await visit.ask(
        ask("/pairs/me", limit=MOST),
        ask("/sessions/me", limit=MOST),
        ask("/programmes", state="open"),
        ask("/reports/notices"),
    )
    with_whom = {each["id"]: other(visit, each) for each in (*pairs.items, *sessions.items)}
    names = await visit.names(with_whom.values(), pairs, sessions)
    return page(
        visit, "overview", form, pairs=pairs, sessions=sessions, programmes=programmes, notices=notices,
        coming=sorted(sessions.items, key=lambda each: each["starts_at"]), over=ended(visit, sessions),
        titles={each["id"]: each["title"] for each in programmes.items},
        names={each: names.get(whom) for each, whom in with_whom.items()},
    )  # fmt: skip


@router.get("/mentoring/programmes/{programme_id}")
async def programme(visit: Own, programme_id: UUID) -> Response:
    return await _programme(visit, programme_id, visit.form)


@router.post("/mentoring/programmes/{programme_id}")
async def take_part(visit: Own, programme_id: UUID) -> Response:
    path, fields = f"/programmes/{programme_id}/applications/me", ("side", "seats", "languages", "meets", "free")
    deeds = {"apply": put(SERVICE, path, _application(visit.form)), "withdraw": post(SERVICE, f"{path}/withdraw")}
    address = f"/mentoring/programmes/{programme_id}"
    question = chosen(visit, deeds)
    return await done(visit, question, address, lambda form: _programme(visit, programme_id, form), fields)


async def _programme(visit: Visit, programme_id: UUID, form: Form) -> Response:
    path = f"/programmes/{programme_id}"
    found, own, match = await visit.ask(
        ask(path), ask(f"{path}/applications", person_id=visit.person), ask(f"{path}/match/me")
    )
    mine = next(iter(own.items), None)
    if not form.typed:
        form = Form(_typed(mine))
    return page(
        visit,
        "programme",
        form,
        programme=found,
        own=own,
        mine=mine,
        match=match,
        rows=rows(form, "competency"),
        half_days=HALF_DAYS,
    )


def _application(form: Form) -> dict[str, Any]:
    """What somebody says who would take part; whom they wish for or avoid stays as they had said it elsewhere."""
    said: dict[str, Any] = form.given("side")
    goals = {form[f"competency-{n}"].strip(): form.whole(f"level-{n}") for n in rows(form, "competency")}
    said |= {
        "languages": form["languages"].replace(",", " ").split(),
        "meets": [each for each in MEETS if each in form.typed],
        "free": [each for each in HALF_DAYS if each in form.typed],
        "goals": {name: level for name, level in goals.items() if name} if said.get("side") == "mentee" else {},
        "wishes": form["wishes"].split(),
        "avoids": form["avoids"].split(),
    }
    if said.get("side") == "mentor" and form["seats"].strip():
        said["seats"] = form.whole("seats")
    return said


def _typed(mine: Mapping[str, Any] | None) -> dict[str, str]:
    """An application as its form has it; everything is open to who has none."""
    if mine is None:
        return {"languages": "id", **dict.fromkeys([*MEETS, *HALF_DAYS], "yes")}
    typed = {"side": mine["side"], "seats": str(mine["seats"]), "languages": ", ".join(mine["languages"])}
    typed |= {"wishes": " ".join(mine["wishes"]), "avoids": " ".join(mine["avoids"] or [])}
    for n, (competency, level) in enumerate(mine["goals"].items()):
        typed |= {f"competency-{n}": competency, f"level-{n}": str(level)}
    return typed | dict.fromkeys([*mine["meets"], *mine["free"]], "yes")


@router.get("/mentoring/pairs/{pair_id}")
async def pair(visit: Own, pair_id: UUID) -> Response:
    return await _pair(visit, pair_id, visit.form)


@router.post("/mentoring/pairs/{pair_id}")
async def answer_pair(visit: Own, pair_id: UUID) -> Response:
    path, form = f"/pairs/{pair_id}", visit.form
    deeds = {
        "accept": post(SERVICE, f"{path}/accept"),
        "decline": post(SERVICE, f"{path}/decline", form.given("reason")),
        "end": post(SERVICE, f"{path}/end", form.given("reason")),
    }
    address = f"/mentoring{path}"
    return await done(visit, chosen(visit, deeds), address, lambda form: _pair(visit, pair_id, form), ("reason",))


async def _pair(visit: Visit, pair_id: UUID, form: Form) -> Response:
    path = f"/pairs/{pair_id}"
    pairs, agreement, sessions, hours = await visit.ask(
        ask("/pairs/me", limit=MOST), ask(f"{path}/agreement"), ask(f"{path}/sessions"), ask(f"{path}/completions")
    )
    own = next((each for each in pairs.items if each["id"] == str(pair_id)), None)
    if pairs.ok and own is None:
        raise Refused("not-found")
    whom = other(visit, own) if own else ""
    names = await visit.names([whom] if whom else [], pairs)
    return page(
        visit, "pair", form, pairs=pairs, pair=own, agreement=agreement, sessions=sessions, hours=hours,
        side=side(visit, own), over=ended(visit, sessions), name=names.get(whom),
    )  # fmt: skip


@router.get("/mentoring/pairs/{pair_id}/agreement")
async def agreement(visit: Own, pair_id: UUID) -> Response:
    return await _agreement(visit, pair_id, visit.form)


@router.post("/mentoring/pairs/{pair_id}/agreement")
async def agree(visit: Own, pair_id: UUID) -> Response:
    path, form = f"/pairs/{pair_id}/agreement", visit.form
    fields = ("plan", "every_days", "confidentiality")
    goals = [
        {"competency": form[f"competency-{n}"], "start": form.whole(f"start-{n}"), "wanted": form.whole(f"wanted-{n}")}
        for n in rows(form, "competency")
        if form[f"competency-{n}"].strip()
    ]
    proposed = form.given(*fields) | {"goals": goals, "every_days": form.whole("every_days")}
    deeds = {
        "sign": post(SERVICE, f"{path}/sign", {"version": form.whole("version")}),
        "propose": put(SERVICE, path, proposed),
    }
    address = f"/mentoring{path}"
    return await done(visit, chosen(visit, deeds), address, lambda form: _agreement(visit, pair_id, form), fields)


async def _agreement(visit: Visit, pair_id: UUID, form: Form) -> Response:
    [found] = await visit.ask(ask(f"/pairs/{pair_id}/agreement"))
    if not form.typed and found.ok:
        form = Form(_agreed(found.body["proposed"] or found.body["holds"]))
    return page(
        visit, "agreement", form, pair_id=pair_id, agreement=found, rows=rows(form, "competency"),
        side=side(visit, found.body if found.ok else None),
    )  # fmt: skip


def _agreed(held: Mapping[str, Any] | None) -> dict[str, str]:
    """An agreement as its form has it."""
    if held is None:
        return {"every_days": "30"}
    typed = {name: str(held[name]) for name in ("plan", "every_days", "confidentiality")}
    for n, goal in enumerate(held["goals"]):
        typed |= {f"competency-{n}": goal["competency"], f"start-{n}": str(goal["start"])}
        typed |= {f"wanted-{n}": str(goal["wanted"])}
    return typed


@router.get("/mentoring/pairs/{pair_id}/plan")
async def plan(visit: Own, pair_id: UUID) -> Response:
    return await _plan(visit, pair_id, visit.form)


@router.post("/mentoring/pairs/{pair_id}/plan")
async def plan_session(visit: Own, pair_id: UUID) -> Response:
    """Plans a session; sent again, it would be at the time of one there is, and is refused."""
    question = post(SERVICE, f"/pairs/{pair_id}/sessions", span(visit))
    return await done(visit, question, f"/mentoring/pairs/{pair_id}", lambda form: _plan(visit, pair_id, form), SPAN)


async def _plan(visit: Visit, pair_id: UUID, form: Form) -> Response:
    return page(visit, "plan", form if form.typed else Form({"minutes": "60"}), pair_id=pair_id)


@router.get("/mentoring/sessions/{session_id}")
async def session(visit: Own, session_id: UUID) -> Response:
    return await _session(visit, session_id, visit.form)


@router.post("/mentoring/sessions/{session_id}")
async def tell_of_session(visit: Own, session_id: UUID) -> Response:
    path, form = f"/sessions/{session_id}", visit.form
    deeds = {
        "confirm": post(SERVICE, f"{path}/confirm"),
        "cancel": post(SERVICE, f"{path}/cancel", form.given("reason")),
        "log": put(SERVICE, f"{path}/log", form.given("log") | {"actions": _actions(form)}, seen=form["version"]),
        "answer": put(SERVICE, f"{path}/feedback", {name: form.whole(name) for name in ANSWERS}),
    }
    fields = ("reason", "log", *ANSWERS)
    address = f"/mentoring{path}"
    return await done(visit, chosen(visit, deeds), address, lambda form: _session(visit, session_id, form), fields)


def _actions(form: Form) -> list[dict[str, Any]]:
    """What was typed of what the two are to do."""
    return [
        {
            "what": form[f"what-{n}"],
            "whose": form[f"whose-{n}"],
            "due_on": form[f"due-{n}"] or None,
            "done": f"done-{n}" in form.typed,
        }
        for n in rows(form, "what")
        if form[f"what-{n}"].strip()
    ]


async def _session(visit: Visit, session_id: UUID, form: Form) -> Response:
    path = f"/sessions/{session_id}"
    found, answers = await visit.ask(ask(path), ask(f"{path}/feedback"))
    if found.missing:
        raise Refused("not-found")
    said, name = {}, None
    if found.ok:
        whom = other(visit, found.body)
        name = (await visit.names([whom], found)).get(whom)
        said = {"log": found.body["log"] or ""}
        for n, each in enumerate(found.body["actions"]):
            said |= {f"what-{n}": each["what"], f"whose-{n}": each["whose"], f"due-{n}": each["due_on"] or ""}
            said |= {f"done-{n}": "yes"} if each["done"] else {}
    whose, form = (
        side(visit, found.body if found.ok else None),
        form if form["do"] == "log" else Form({**said, **form.typed}, form.faults),
    )
    return page(
        visit, "session", form, session=found, answers=answers, side=whose, rows=rows(form, "what"), over=found.ok and datetime.fromisoformat(found.body["ends_at"]) <= visit.parts.clock.now(),
        version=form["version"] or (found.body["version"] if found.ok else ""), questions=ANSWERS, name=name,
    )  # fmt: skip


@router.get("/mentoring/pairs/{pair_id}/feedback")
async def feedback(visit: Own, pair_id: UUID) -> Response:
    return await _feedback(visit, pair_id, visit.form)


@router.post("/mentoring/pairs/{pair_id}/feedback")
async def give_feedback(visit: Own, pair_id: UUID) -> Response:
    form = visit.form
    stage = "end" if form["do"] == "end" else "start"
    names = [name.removeprefix("of-") for name in form.typed if name.startswith("of-")]
    said: dict[str, Any] = {"levels": {form[f"of-{n}"]: form.whole(f"level-{n}") for n in names}}
    if stage == "end":
        said["content"] = form.whole("content")
    question = put(SERVICE, f"/pairs/{pair_id}/feedback/{stage}", said)
    address = f"/mentoring/pairs/{pair_id}/feedback"
    return await done(visit, question, address, lambda form: _feedback(visit, pair_id, form), ("levels", "content"))


async def _feedback(visit: Visit, pair_id: UUID, form: Form) -> Response:
    pairs, found = await visit.ask(ask("/pairs/me", limit=MOST), ask(f"/pairs/{pair_id}/feedback"))
    own = next((each for each in pairs.items if each["id"] == str(pair_id)), None)
    if found.missing:
        raise Refused("not-found")
    return page(visit, "feedback", form, pair_id=pair_id, pairs=pairs, pair=own, feedback=found, side=side(visit, own))


@router.get("/mentoring/pairs/{pair_id}/report")
async def report(visit: Own, pair_id: UUID) -> Response:
    return await _report(visit, pair_id, visit.form)


@router.post("/mentoring/pairs/{pair_id}/report")
async def send_report(visit: Own, pair_id: UUID) -> Response:
    path, fields = f"/pairs/{pair_id}/report", ("about", "words")
    question = post(SERVICE, f"{path}s", visit.form.given(*fields))
    return await done(
        visit, question, f"/mentoring{path}?sent=true", lambda form: _report(visit, pair_id, form), fields
    )


async def _report(visit: Visit, pair_id: UUID, form: Form) -> Response:
    [found] = await visit.ask(ask(f"/pairs/{pair_id}/reports"))
    if found.missing:
        raise Refused("not-found")
    return page(visit, "report", form, pair_id=pair_id, reports=found)
