"""Webhooks of platforms over HTTP: their addresses, and what arrives there."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from common.web.auth import everybody
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, parts_of
from connectors import rights
from connectors.inbound import commands, queries
from connectors.inbound.schemas import ArrivalOut, NewReceiverOut, ReceiverIn, ReceiverOut, SecretIn
from contracts.callers import Caller

router = APIRouter(tags=["inbound"])

Keeper = Annotated[Caller[None], Depends(rights.KEEP_CREDENTIALS)]
Reader = Annotated[Caller[None], Depends(rights.READ_CONNECTIONS)]
OF_CONNECTION = "/v1/connections/{connection_id}"


@router.post(
    f"{OF_CONNECTION}/receivers",
    status_code=201,
    summary="An address for webhooks of a platform; a secret made here is told this once",
)
async def create_receiver(
    connection_id: UUID, document: ReceiverIn, session: Transaction, caller: Keeper
) -> NewReceiverOut:
    made, secret = await commands.open_receiver(session, connection_id, document, caller)
    return NewReceiverOut(**queries.told(made).model_dump(), secret=secret)


@router.get(f"{OF_CONNECTION}/receivers", summary="The addresses for webhooks of a connection")
async def list_receivers(connection_id: UUID, session: Reading, caller: Reader) -> list[ReceiverOut]:
    return await queries.receivers(session, connection_id, caller)


@router.post(
    f"{OF_CONNECTION}/receivers/{{receiver_id}}/secrets",
    status_code=201,
    summary="Another secret; the one before is good beside it for 24 hours",
)
async def renew_secret(
    connection_id: UUID, receiver_id: UUID, document: SecretIn, session: Transaction, caller: Keeper
) -> NewReceiverOut:
    given = document.secret.get_secret_value() if document.secret else None
    receiver, secret = await commands.renew_secret(session, connection_id, receiver_id, given, caller)
    return NewReceiverOut(**queries.told(receiver).model_dump(), secret=secret)


@router.get(f"{OF_CONNECTION}/arrivals", summary="What arrived for a connection, and what became of it")
async def list_arrivals(
    connection_id: UUID,
    session: Reading,
    window: AskedWindow,
    caller: Reader,
    state: Literal["waiting", "taken", "ignored", "refused"] | None = None,
) -> Page[ArrivalOut]:
    return await queries.arrival_page(session, connection_id, state, window, caller)


@router.post(f"{OF_CONNECTION}/arrivals/{{arrival_id}}/retake", status_code=204, summary="Read a refused message again")
async def retake_arrival(connection_id: UUID, arrival_id: UUID, session: Transaction, caller: Keeper) -> None:
    await commands.retake(session, connection_id, arrival_id, caller)


# A platform signs in by what it signs; it knows the address and nothing else of ours.
@router.post("/hooks/{receiver_id}", status_code=204, include_in_schema=False, dependencies=[Depends(everybody)])
async def take_webhook(receiver_id: UUID, request: Request, session: Transaction) -> None:
    body = await request.body()
    await commands.take_in(session, receiver_id, request.headers, request.url.path, body, parts_of(request))
