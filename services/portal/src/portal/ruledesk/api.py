"""LAN tries a rule before it is law, and makes it so: all points go through a draft in a copy, and a second person says from when it holds."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import get, post
from portal.deeds import chosen, done
from portal.forms import Form
from portal.menu import Item
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Drafter = Annotated[Visit, Depends(rights.LAN)]

MENU = (Item("/drafts", text_named("menu.drafts"), rights.LAN.roles),)
SERVICE = "credit"
SHOWN = 50
WHO = ("gain", "lose")
LOADED = ("subject", "content")


@router.get("/drafts")
async def drafts(visit: Drafter, after: str | None = None) -> Response:
    return await _drafts(visit, visit.form, after)


@router.post("/drafts")
async def load(visit: Drafter) -> Response:
    said = {"subject": visit.form["subject"], "content": visit.form["content"].replace("\r\n", "\n")}
    question = post(SERVICE, "/drafts", said)
    return await done(visit, question, "/drafts?done=true", lambda form: _drafts(visit, form), LOADED)


async def _drafts(visit: Visit, form: Form, after: str | None = None) -> Response:
    [found] = await visit.ask(get(SERVICE, "/drafts", after=after, limit=SHOWN))
    return _page(visit, "drafts", form, found=found)


@router.get("/drafts/{draft_id}")
async def draft(visit: Drafter, draft_id: UUID) -> Response:
    return await _draft(visit, draft_id, visit.form)


@router.post("/drafts/{draft_id}")
async def do_with_draft(visit: Drafter, draft_id: UUID) -> Response:
    """Has all points so far go through it, in a copy; or makes it law from a day on."""
    path = f"/drafts/{draft_id}"
    deeds = {
        "replay": post(SERVICE, f"{path}/replay"),
        "activate": post(SERVICE, f"{path}/activate", visit.form.given("law_from")),
    }
    return await done(visit, chosen(visit, deeds), path, lambda form: _draft(visit, draft_id, form), ("law_from",))


async def _draft(visit: Visit, draft_id: UUID, form: Form) -> Response:
    """The draft, beside what it would change."""
    [found] = await visit.ask(get(SERVICE, f"/drafts/{draft_id}"))
    if found.missing:
        raise Refused("not-found")
    replay_id = found.body["replay_id"] if found.ok else None
    [replay] = await visit.ask(get(SERVICE, f"/replays/{replay_id}")) if replay_id else [None]
    return _page(visit, "draft", form, found=found, replay=replay, own=found.ok and _own(visit, found.body))


def _own(visit: Visit, draft: Mapping[str, Any]) -> bool:
    """Whether who looks has loaded it: another makes it law."""
    return draft["loaded_by"] == visit.who.principal.subject


@router.get("/drafts/{draft_id}/replays/{replay_id}")
async def replay(
    visit: Drafter, draft_id: UUID, replay_id: UUID, who: str | None = None, after: str | None = None
) -> Response:
    """How far it is, and who would gain and who would lose how much."""
    path = f"/replays/{replay_id}"
    found, changes = await visit.ask(
        get(SERVICE, path),
        get(SERVICE, f"{path}/changes", who=who if who in WHO else None, after=after, limit=SHOWN),
    )
    if found.missing:
        raise Refused("not-found")
    names = await visit.names(each["person_id"] for each in changes.items)
    return visit.page(
        "ruledesk/replay.html", found=found, changes=changes, names=names, draft_id=draft_id, who=who, whos=WHO
    )


def _page(visit: Visit, template: str, form: Form, **values: Any) -> Response:
    return visit.page(f"ruledesk/{template}.html", 422 if form.faults else 200, form=form, **values)
