"""Connections over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.web import etag
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from connectors import rights
from connectors.connections import commands, queries
from connectors.connections.schemas import ConnectionIn, ConnectionOut, NewCredentialOut
from contracts.callers import Caller

router = APIRouter(prefix="/v1", tags=["connections"])

Keeper = Annotated[Caller[None], Depends(rights.KEEP_CONNECTIONS)]
KeeperOfKeys = Annotated[Caller[None], Depends(rights.KEEP_CREDENTIALS)]
Reader = Annotated[Caller[None], Depends(rights.READ_CONNECTIONS)]


@router.post("/connections", status_code=201, summary="Connect a platform of your agency or provider")
async def create_connection(
    document: ConnectionIn, session: Transaction, caller: Keeper, language: UsedLanguage, response: Response
) -> ConnectionOut:
    made = await commands.connect(session, document, caller)
    return etag.tagged(await queries.connection(session, made, caller, language), response)


@router.get("/connections", summary="Connections in the order they were made")
async def list_connections(
    session: Reading, window: AskedWindow, caller: Reader, language: UsedLanguage
) -> Page[ConnectionOut]:
    return await queries.connection_page(session, window, caller, language)


@router.get("/connections/{connection_id}", summary="One connection, with the keys that are good")
async def get_connection(
    connection_id: UUID, session: Reading, caller: Reader, language: UsedLanguage, response: Response
) -> ConnectionOut:
    return etag.tagged(await queries.connection(session, connection_id, caller, language), response)


@router.put("/connections/{connection_id}", summary="Name a connection anew, or let it send or not")
async def put_connection(
    connection_id: UUID,
    document: ConnectionIn,
    session: Transaction,
    caller: Keeper,
    seen: etag.Seen,
    language: UsedLanguage,
    response: Response,
) -> ConnectionOut:
    await commands.change(session, connection_id, document, caller, seen=seen)
    return etag.tagged(await queries.connection(session, connection_id, caller, language), response)


@router.post(
    "/connections/{connection_id}/credentials",
    status_code=201,
    summary="A new key with its secret, told this once; the one before stays good until it is ended",
    responses={409: {"description": "`credentials-two`"}},
)
async def create_credential(connection_id: UUID, session: Transaction, caller: KeeperOfKeys) -> NewCredentialOut:
    return await commands.give_credential(session, connection_id, caller)


@router.delete(
    "/connections/{connection_id}/credentials/{credential_id}", status_code=204, summary="End a key of a connection"
)
async def delete_credential(
    connection_id: UUID, credential_id: UUID, session: Transaction, caller: KeeperOfKeys
) -> None:
    await commands.end_credential(session, connection_id, credential_id, caller)
