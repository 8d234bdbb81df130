"""The queue over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from common.fields import Line
from common.web.pages import AskedWindow
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from credit import rights
from credit.domain.books import Regulations
from credit.domain.cases import Kind
from credit.queue import commands, queries, times
from credit.queue.schemas import AgesOut, AssessorsOut, NarrowedIn, QueueOut, TakeIn, TakenOut, WaitingTimesOut

router = APIRouter(prefix="/v1", tags=["queue"])

Decider = Annotated[Caller[Regulations], Depends(rights.QUEUE)]
Overseer = Annotated[Caller[Regulations], Depends(rights.READ_AGES)]
Superior = Annotated[Caller[Regulations], Depends(rights.READ_ASSESSORS)]
Anybody = Annotated[Caller[Regulations], Depends(rights.READ_WAITING_TIMES)]


@router.get("/queue", summary="Cases that wait for your decision, the most urgent first")
@shows("cases", introduces=True)
async def get_queue(
    session: Reading,
    caller: Decider,
    window: AskedWindow,
    agency_id: UUID | None = None,
    kind: Kind | None = None,
    jenjang: Line | None = None,
    overdue: bool = False,
    held: Annotated[
        bool, Query(description="only those in your hands, or in the hands of whoever you act for")
    ] = False,
) -> QueueOut:
    asked = NarrowedIn(agency_id=agency_id, kind=kind, jenjang=jenjang, overdue=overdue)
    return await queries.queue_page(session, window, asked, caller, held=held)


@router.post("/queue:take", summary="Take the most urgent cases that wait for your decision: nobody else is given them")
@shows("cases")
async def post_take(document: TakeIn, session: Transaction, caller: Decider) -> TakenOut:
    return TakenOut(items=await commands.take(session, document, caller))


@router.get("/waiting-times", summary="How long cases wait for a decision, by agency")
async def get_waiting_times(session: Reading, caller: Anybody) -> WaitingTimesOut:
    return await times.published_times(session, caller.rules, caller.today)


@router.get("/queue-ages", summary="How many cases wait, how long already, and how many are overdue, by agency")
async def get_ages(session: Reading, caller: Overseer) -> AgesOut:
    return await times.queue_ages(session, caller)


@router.get("/assessors", summary="How long cases wait for those whose superior you are, one by one")
@shows("cases", introduces=True)
async def get_assessors(session: Reading, caller: Superior) -> AssessorsOut:
    return await times.assessor_times(session, caller)
