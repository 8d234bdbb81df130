"""Where drafts of rules are loaded, and what they would change is asked."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from credit import rights
from credit.domain.books import Regulations
from credit.drafts.commands import load_draft, order_replay
from credit.drafts.enacting import activate
from credit.drafts.queries import Who, list_changes, list_drafts, read_draft, read_replay
from credit.drafts.schemas import ActivateIn, DraftIn, DraftOut, ReplayChangeOut, ReplayOut

router = APIRouter(prefix="/v1", tags=["drafts"])

Drafter = Annotated[Caller[Regulations], Depends(rights.DRAFT)]
Enactor = Annotated[Caller[Regulations], Depends(rights.ENACT)]


@router.post(
    "/drafts",
    summary="Load the draft of a rule pack: its own cases must pass",
    status_code=201,
    responses={
        409: {"description": "`draft-known`: a pack of this id is there"},
        422: {"description": "`draft-invalid`"},
    },
)
async def add_draft(draft: DraftIn, session: Transaction, caller: Drafter) -> DraftOut:
    return await read_draft(session, await load_draft(session, draft.subject, draft.content, caller))


@router.get("/drafts", summary="Drafts of rules")
async def get_drafts(session: Reading, _: Drafter, window: AskedWindow) -> Page[DraftOut]:
    return await list_drafts(session, window)


@router.get("/drafts/{draft_id}", summary="A draft of rules")
async def get_draft(draft_id: UUID, session: Reading, _: Drafter) -> DraftOut:
    return await read_draft(session, draft_id)


@router.post(
    "/drafts/{draft_id}/replay",
    summary="Go through all points so far under a draft, in a copy: a job of its own, which changes nothing of the ledger",
    status_code=202,
    responses={422: {"description": "`draft-before-rules`, `draft-makes-no-points`"}},
)
async def replay_draft(draft_id: UUID, session: Transaction, caller: Drafter) -> ReplayOut:
    return await read_replay(session, await order_replay(session, draft_id, caller))


@router.post(
    "/drafts/{draft_id}/activate",
    summary="Make a draft of somebody else law from a day on: it must prove itself, and have been gone through where it makes points",
    responses={
        403: {"description": "`draft-of-own`"},
        409: {"description": "`draft-is-law`, `draft-not-replayed`, `day-taken`"},
        422: {"description": "`day-not-ahead`, `draft-before-rules`, `draft-invalid`"},
    },
)
async def activate_draft(draft_id: UUID, body: ActivateIn, session: Transaction, caller: Enactor) -> DraftOut:
    await activate(session, draft_id, body.law_from, caller)
    return await read_draft(session, draft_id)


@router.get("/replays/{replay_id}", summary="How far a replay is, and how many would gain and lose how much")
async def get_replay(replay_id: UUID, session: Reading, _: Drafter) -> ReplayOut:
    return await read_replay(session, replay_id)


@router.get("/replays/{replay_id}/changes", summary="Who would gain or lose under a draft, and what")
@shows("credit")
async def get_changes(
    replay_id: UUID, session: Reading, caller: Drafter, window: AskedWindow, who: Who | None = None
) -> Page[ReplayChangeOut]:
    del caller
    return await list_changes(session, replay_id, window, who)
