"""Rounds of sounding: how each agency stands, and whose digest waits."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading
from contracts.callers import Caller
from notification import rights
from notification.rounds import queries
from notification.rounds.schemas import DigestOut, DigestState, RoundKind, RoundOut, WaitingOut

router = APIRouter(prefix="/v1", tags=["rounds"])

Reader = Annotated[Caller[None], Depends(rights.READ)]


@router.get("/rounds", summary="Rounds, newest first")
async def list_rounds(
    caller: Reader, session: Reading, window: AskedWindow, kind: RoundKind | None = None
) -> Page[RoundOut]:
    return await queries.rounds(session, caller, window, kind=kind)


@router.get("/rounds/{round_id}", summary="A round with its counts")
async def get_round(round_id: UUID, caller: Reader, session: Reading) -> RoundOut:
    return await queries.one_round(session, caller, round_id)


@router.get("/rounds/{round_id}/digests", summary="What each agency is told in a round")
async def list_digests(
    round_id: UUID, caller: Reader, session: Reading, window: AskedWindow, state: DigestState | None = None
) -> Page[DigestOut]:
    return await queries.digests(session, caller, window, round_id, state=state)


@router.get("/waiting", summary="Digests that wait for an agency to name somebody to write to")
async def list_waiting(caller: Reader, session: Reading, window: AskedWindow) -> Page[WaitingOut]:
    return await queries.waiting(session, caller, window)
