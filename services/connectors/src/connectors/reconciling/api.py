"""Comparing a platform's own list, and a platform's test call, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from common.web.parts import Transaction
from connectors import rights
from connectors.reconciling import commands
from connectors.reconciling.schemas import ComparedOut, ListIn, MissingOut
from connectors.reports.commands import note
from connectors.signing.tables import Connection
from contracts.callers import Caller

router = APIRouter(prefix="/v1", tags=["reconciling"])

Keeper = Annotated[Caller[None], Depends(rights.KEEP_CREDENTIALS)]
Platform = Annotated[Caller[None], Depends(rights.RECORD)]


class TestedOut(BaseModel):
    """As which connection a platform is signed in."""

    connection_id: UUID
    name: str
    platform: str


@router.post(
    "/connections/{connection_id}/reconcile", summary="Compare the platform's own list; name and take what is missing"
)
async def post_list(connection_id: UUID, document: ListIn, session: Transaction, caller: Keeper) -> ComparedOut:
    connection = await commands.of_caller(session, connection_id, caller)
    listed = commands.read(document)
    missing = await commands.compare(session, connection, listed, caller.nip_key, caller.now, take=document.take)
    return ComparedOut(
        listed=len(listed),
        known=len(listed) - len(missing),
        missing=[MissingOut(line=place + 1, course=listed[place].course) for place in missing],
        taken=document.take,
    )


@router.post(
    "/test-calls", summary="Whether a platform is signed in, and as which connection; its key or token as for xAPI"
)
async def post_test_call(session: Transaction, caller: Platform) -> TestedOut:
    found = await session.get_one(Connection, caller.speaks_for("connection"))
    await note(session, found.id, caller.now)
    return TestedOut(connection_id=found.id, name=found.name, platform=found.platform)
