"""Matching runs over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.runs import commands, queries
from mentoring.runs.schemas import MovedOut, ResultOut, RunIn, RunOut, WhyOut

router = APIRouter(prefix="/v1", tags=["runs"])

Matcher = Annotated[Caller[None], Depends(rights.MATCH)]
Reader = Annotated[Caller[None], Depends(rights.READ_RUNS)]
NOT_DONE: dict[int | str, dict[str, Any]] = {409: {"description": "`run-not-done`"}}


@router.post(
    "/programmes/{programme_id}/runs",
    status_code=202,
    summary="Order a match of whoever takes part; its job tells how far it is",
    responses={409: {"description": "`programme-closed`"}},
)
async def post_run(programme_id: UUID, document: RunIn, session: Transaction, caller: Matcher) -> RunOut:
    run_id = await commands.order_run(session, programme_id, document, caller)
    return RunOut.model_validate(await queries.held_run(session, run_id, caller))


@router.get("/programmes/{programme_id}/runs", summary="The runs of a programme in the order they were ordered")
async def list_runs(programme_id: UUID, session: Reading, caller: Reader, window: AskedWindow) -> Page[RunOut]:
    return await queries.run_page(session, window, programme_id, caller)


@router.get("/runs/{run_id}", summary="A run with its figures")
async def get_run(run_id: UUID, session: Reading, caller: Reader) -> RunOut:
    return RunOut.model_validate(await queries.held_run(session, run_id, caller))


@router.post(
    "/runs/{run_id}/repeat",
    status_code=202,
    summary="Order a run again, of the same people as they were then",
    responses=NOT_DONE,
)
async def post_repeat(run_id: UUID, session: Transaction, caller: Matcher) -> RunOut:
    return RunOut.model_validate(
        await queries.held_run(session, await commands.repeat(session, run_id, caller), caller)
    )


@router.get("/runs/{run_id}/results", summary="What a run found, mentee by mentee")
@shows("mentoring")
async def list_results(run_id: UUID, session: Reading, caller: Reader, window: AskedWindow) -> Page[ResultOut]:
    return await queries.result_page(session, window, run_id, caller)


@router.get("/runs/{run_id}/moved/{other_id}", summary="The mentees whose mentor is not the same in two runs")
@shows("mentoring")
async def list_moved(
    run_id: UUID, other_id: UUID, session: Reading, caller: Reader, window: AskedWindow
) -> Page[MovedOut]:
    return await queries.moved_page(session, window, run_id, other_id, caller)


@router.get(
    "/runs/{run_id}/results/{person_id}",
    summary="Why a mentee has this mentor, or none, and the smallest change that would match them",
    responses=NOT_DONE,
)
@shows("mentoring")
async def get_why(run_id: UUID, person_id: UUID, session: Reading, language: UsedLanguage, caller: Reader) -> WhyOut:
    return await queries.explained(session, run_id, person_id, language, caller)
