"""Webhooks to others, over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from common.refused import Refused
from common.web import etag
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, parts_of
from connectors import rights
from connectors.domain.addresses import read_address
from connectors.domain.signatures import secret_of
from connectors.outside import leads_inside
from connectors.webhooks import commands, queries
from connectors.webhooks.schemas import DeliveryOut, NewSecretOut, ToldOut, WebhookIn, WebhookOut
from contracts.callers import Caller

router = APIRouter(prefix="/v1", tags=["webhooks"])

Keeper = Annotated[Caller[None], Depends(rights.KEEP_WEBHOOKS)]
Reader = Annotated[Caller[None], Depends(rights.READ_WEBHOOKS)]
Oneself = Annotated[Caller[None], Depends(rights.READ_TOLD)]


async def _target(document: WebhookIn, request: Request) -> WebhookIn:
    """A webhook whose address is one that something may go to. Raises Refused: `webhook-address`, `webhook-inside`."""
    inside: bool = parts_of(request).settings.webhook_inside
    url = read_address(document.url, inside=inside)
    if not inside and await leads_inside(url):
        raise Refused("webhook-inside", field="url")
    return document


# Asked for after the caller: whoever may not make a webhook is told that first.
Target = Annotated[WebhookIn, Depends(_target)]


async def _with_secret(session: Transaction, webhook_id: UUID, caller: Caller[None]) -> NewSecretOut:
    made = await queries.webhook(session, webhook_id, caller)
    key = commands.key_of(webhook_id, await commands.secret_number(session, webhook_id), caller.nip_key)
    return NewSecretOut(**made.model_dump(), secret=secret_of(key))


@router.post(
    "/webhooks",
    status_code=201,
    summary="Have events told to an address; its secret is told this once",
    responses={404: {"description": "`not-found`: no such connection"}},
)
async def create_webhook(caller: Keeper, document: Target, session: Transaction) -> NewSecretOut:
    return await _with_secret(session, await commands.subscribe(session, document, caller), caller)


@router.get("/webhooks", summary="Webhooks in the order they were made")
async def list_webhooks(session: Reading, window: AskedWindow, caller: Reader) -> Page[WebhookOut]:
    return await queries.webhook_page(session, window, caller)


@router.get("/webhooks/{webhook_id}", summary="One webhook")
async def get_webhook(webhook_id: UUID, session: Reading, caller: Reader, response: Response) -> WebhookOut:
    return etag.tagged(await queries.webhook(session, webhook_id, caller), response)


@router.put("/webhooks/{webhook_id}", summary="Say anew where to, of what and what for, or switch it on or off")
async def put_webhook(
    webhook_id: UUID, caller: Keeper, document: Target, session: Transaction, seen: etag.Seen, response: Response
) -> WebhookOut:
    await commands.change(session, webhook_id, document, caller, seen=seen)
    return etag.tagged(await queries.webhook(session, webhook_id, caller), response)


@router.post(
    "/webhooks/{webhook_id}/secrets",
    status_code=201,
    summary="A new secret, told this once; the one before signs beside it for 24 hours",
)
async def renew_secret(webhook_id: UUID, session: Transaction, caller: Keeper) -> NewSecretOut:
    await commands.renew_secret(session, webhook_id, caller)
    return await _with_secret(session, webhook_id, caller)


@router.get("/webhooks/{webhook_id}/deliveries", summary="What was or is to be delivered, in order, with each try")
async def list_deliveries(
    webhook_id: UUID,
    session: Reading,
    window: AskedWindow,
    caller: Reader,
    state: Literal["waiting", "delivered", "failed"] | None = None,
) -> Page[DeliveryOut]:
    return await queries.delivery_page(session, webhook_id, state, window, caller)


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    status_code=204,
    summary="Deliver something again, under the same id",
)
async def replay(webhook_id: UUID, delivery_id: UUID, session: Transaction, caller: Keeper) -> None:
    await commands.replay(session, webhook_id, delivery_id, caller)


@router.get("/people/me/webhooks", summary="Who is told of my trainings, and what for")
async def list_told(session: Reading, caller: Oneself) -> list[ToldOut]:
    return await queries.told_of(session, caller.speaks_for("person"))
