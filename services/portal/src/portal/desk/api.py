"""The desk of mentoring programmes: rules, runs, drafts that are mended and published, and what came of it."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import Question, get, post
from portal.deeds import chosen, done
from portal.forms import Form
from portal.menu import Item
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Desk = Annotated[Visit, Depends(rights.DESK)]

MENU = (Item("/desk", text_named("menu.desk"), rights.DESK.roles),)
SERVICE = "mentoring"
RULES = ("seats", "sessions", "months", "min_distance", "confirm_days")
PROGRAMME = ("title", "opens_on", "closes_on")
MOST_NAMED = 1000


def _page(visit: Visit, template: str, form: Form, **values: Any) -> Response:
    return visit.page(f"desk/{template}.html", 422 if form.faults else 200, form=form, **values)


def _ask(path: str, **params: Any) -> Question:
    return get(SERVICE, path, **params)


async def _names(visit: Visit, rows: Iterable[Any]) -> dict[str, str]:
    """What those are called whom the caller may know by name, in the registry's view of them."""
    named = ("person_id", "mentee_id", "mentor_id", "other_mentor_id")
    ids = sorted({row[name] for row in rows for name in named if row.get(name)})[:MOST_NAMED]
    [found] = await visit.ask(post("registry", "/people:names", {"person_ids": ids}))
    return {each["person_id"]: each["name"] for each in found.items}


@router.get("/desk")
async def programmes(visit: Desk, after: str | None = None) -> Response:
    return await _programmes(visit, visit.form, after)


@router.post("/desk")
async def open_programme(visit: Desk) -> Response:
    form = visit.form
    rules = {name: form.whole(name) for name in RULES if form[name].strip()}
    question = post(SERVICE, "/programmes", form.given(*PROGRAMME) | {"rules": rules})
    return await done(visit, question, "/desk", lambda form: _programmes(visit, form), (*PROGRAMME, "rules"))


async def _programmes(visit: Visit, form: Form, after: str | None = None) -> Response:
    [found] = await visit.ask(_ask("/programmes", agency_id=visit.agency, after=after))
    return _page(visit, "programmes", form, programmes=found, rules=RULES)


@router.get("/desk/{programme_id}")
async def programme(visit: Desk, programme_id: UUID) -> Response:
    return await _programme(visit, programme_id, visit.form)


@router.post("/desk/{programme_id}")
async def do_in_programme(visit: Desk, programme_id: UUID) -> Response:
    path, form = f"/programmes/{programme_id}", visit.form
    asked = {"seed": form.whole("seed")} if form["seed"].strip() else {}
    deeds = {
        "run": post(SERVICE, f"{path}/runs", asked | form.given("way")),
        "publish": post(SERVICE, f"{path}/publish"),
        "close": post(SERVICE, f"{path}/close"),
    }
    address = f"/desk/{programme_id}"
    return await done(
        visit, chosen(visit, deeds), address, lambda form: _programme(visit, programme_id, form), ("seed", "way")
    )


async def _programme(visit: Visit, programme_id: UUID, form: Form) -> Response:
    path = f"/programmes/{programme_id}"
    found, runs, coverage, report, unmatched = await visit.ask(
        _ask(path), _ask(f"{path}/runs"), _ask(f"{path}/coverage"), _ask(f"{path}/report"), _ask(f"{path}/unmatched")
    )
    if found.missing or runs.missing:
        raise Refused("not-found")
    names = await _names(visit, unmatched.items)
    groups = coverage.body["groups"] if coverage.ok else ()
    regions = [
        (each["region"], each["unmatched"])
        for each in groups
        if each["jenjang"] is None and each["unmatched"] is not None
    ]
    return _page(
        visit,
        "programme",
        form,
        found=found,
        runs=runs,
        coverage=coverage,
        report=report,
        unmatched=unmatched,
        names=names,
        regions=regions,
    )


@router.get("/desk/{programme_id}/pairs")
async def pairs(
    visit: Desk, programme_id: UUID, state: str | None = None, after: str | None = None, *, review: bool = False
) -> Response:
    return await _pairs(visit, programme_id, visit.form, state=state or None, after=after, review=review)


@router.post("/desk/{programme_id}/pairs")
async def mend(visit: Desk, programme_id: UUID) -> Response:
    """A draft gets another mentor, or exchanges them with another draft; one under review is kept or ended."""
    form = visit.form
    path, given = f"/pairs/{form.known('pair')}", form.given("reason")
    deeds = {
        "mentor": post(SERVICE, f"{path}/mentor", given | form.given("mentor_id")),
        "exchange": post(SERVICE, f"{path}/exchange", given | {"pair_id": form["other"]}),
        "keep": post(SERVICE, f"{path}/keep", given),
        "end": post(SERVICE, f"{path}/end-reviewed", given),
    }
    address = f"/desk/{programme_id}/pairs"
    return await done(
        visit, chosen(visit, deeds), address, lambda form: _pairs(visit, programme_id, form), ("reason", "mentor_id")
    )


async def _pairs(visit: Visit, programme_id: UUID, form: Form, **asked: Any) -> Response:
    path = f"/programmes/{programme_id}"
    found, applied = await visit.ask(
        _ask(f"{path}/pairs", **asked), _ask(f"{path}/applications", side="mentor", limit=MOST_NAMED)
    )
    if found.missing:
        raise Refused("not-found")
    names = await _names(visit, [*found.items, *applied.items])
    mentors = [each["person_id"] for each in applied.items if not each["withdrawn_at"]]
    drafts = [each for each in found.items if each["state"] == "draft"]
    return _page(
        visit, "pairs", form, pairs=found, names=names, mentors=mentors, drafts=drafts, programme_id=programme_id,
        state=asked.get("state"), review=asked.get("review"),
    )  # fmt: skip


@router.get("/desk/{programme_id}/runs/{run_id}")
async def run(visit: Desk, programme_id: UUID, run_id: UUID, other: UUID | None = None) -> Response:
    return await _run(visit, programme_id, run_id, visit.form, other)


@router.post("/desk/{programme_id}/runs/{run_id}")
async def draft(visit: Desk, programme_id: UUID, run_id: UUID) -> Response:
    question = post(SERVICE, f"/runs/{run_id}/draft")
    address = f"/desk/{programme_id}/pairs?state=draft"
    return await done(visit, question, address, lambda form: _run(visit, programme_id, run_id, form))


async def _run(visit: Visit, programme_id: UUID, run_id: UUID, form: Form, other: UUID | None = None) -> Response:
    """A run with how far its job is; beside another, whose mentor is not the same in the two."""
    path = f"/runs/{run_id}"
    found, runs, results, moved = await visit.ask(
        _ask(path),
        _ask(f"/programmes/{programme_id}/runs"),
        _ask(f"{path}/results"),
        _ask(f"{path}/moved/{other or run_id}"),
    )
    if found.missing:
        raise Refused("not-found")
    job_id = found.body["job_id"] if found.ok else run_id
    [job] = await visit.ask(_ask(f"/jobs/{job_id}"))
    names = await _names(visit, [*results.items, *moved.items])
    return _page(
        visit, "run", form, found=found, runs=runs, results=results, moved=moved, job=job, names=names, other=other,
        programme_id=programme_id,
    )  # fmt: skip


@router.get("/desk/{programme_id}/runs/{run_id}/people/{person_id}")
async def why(visit: Desk, programme_id: UUID, run_id: UUID, person_id: UUID) -> Response:
    """Why somebody has this mentor, or none, and what would change it."""
    [found] = await visit.ask(_ask(f"/runs/{run_id}/results/{person_id}"))
    if found.missing:
        raise Refused("not-found")
    return visit.page("desk/why.html", found=found, programme_id=programme_id, run_id=run_id)
