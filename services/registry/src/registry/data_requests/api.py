"""Requests about people's data over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from registry import rights
from registry.data_requests import commands, queries
from registry.data_requests.schemas import AnswerIn, DataRequestIn, DataRequestOut
from registry.domain.data_request import Act, State

router = APIRouter(prefix="/v1", tags=["data-requests"])

Asker = Annotated[Caller[Any], Depends(rights.READ_ONESELF)]
Reader = Annotated[Caller[Any], Depends(rights.FOLLOW_REQUESTS)]
Actor = Annotated[Caller[Any], Depends(rights.ANSWER_REQUESTS)]


@router.post(
    "/people/me/data-requests",
    status_code=201,
    summary="Ask that one's data be corrected, or rest while in doubt",
    responses={404: {"description": "`not-found`: nobody by the claim"}},
)
async def post_request(document: DataRequestIn, session: Transaction, caller: Asker) -> DataRequestOut:
    return await queries.request(session, await commands.ask(session, document, caller), caller)


@router.get("/data-requests", summary="Requests in the order they were made")
@shows("data_requests")
async def list_requests(
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    state: State | None = None,
    person_id: UUID | None = None,
    *,
    overdue: bool = False,
) -> Page[DataRequestOut]:
    return await queries.request_page(session, window, caller, state, person_id, overdue=overdue)


@router.get("/data-requests/{request_id}", summary="A request with each step of it")
@shows("data_requests")
async def get_request(request_id: UUID, session: Reading, caller: Reader) -> DataRequestOut:
    return await queries.request(session, request_id, caller)


@router.post(
    "/data-requests/{request_id}/{act}",
    summary="Grant or refuse somebody's request; withdraw one's own, or lift the restriction it led to",
    responses={403: {"description": "`own-request`"}, 409: {"description": "`request-state`: no such move from there"}},
)
@shows("data_requests")
async def post_act(
    request_id: UUID, act: Act, document: AnswerIn, session: Transaction, caller: Actor
) -> DataRequestOut:
    await commands.act(session, request_id, act, document.reason, caller)
    return await queries.request(session, request_id, caller)
