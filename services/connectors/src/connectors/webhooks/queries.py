"""Reading webhooks and what became of their deliveries."""

from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from connectors.signing.reach import reached
from connectors.signing.tables import Connection
from connectors.webhooks.schemas import AttemptOut, DeliveryOut, ToldOut, WebhookOut
from connectors.webhooks.tables import Attempt, Delivery, Webhook
from contracts.callers import Caller

BY_POSITION: TypeAdapter[tuple[int]] = TypeAdapter(tuple[int])


def kept_by(caller: Caller[None]) -> ColumnElement[bool]:
    """The condition for the webhooks that are the caller's: of their agency, and of the connections that are theirs."""
    if caller.unbound:
        return true()
    whose: list[ColumnElement[bool]] = [
        col(Webhook.connection_id).in_(select(col(Connection.id)).where(reached(caller)))
    ]
    if caller.holds_by("agency"):
        whose.append(col(Webhook.agency_id).in_(caller.offices))
    return or_(*whose)


async def webhook_page(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[WebhookOut]:
    """The webhooks that are the caller's, in the order they were made."""
    query = window.narrow(select(Webhook).where(kept_by(caller)), col(Webhook.id), BY_ID)
    found = [WebhookOut.model_validate(each) for each in await session.scalars(query)]
    return window.page(found, lambda each: [each.id])


async def webhook(session: AsyncSession, webhook_id: UUID, caller: Caller[None]) -> WebhookOut:
    """One of them. Raises Refused `not-found`."""
    found = await session.scalar(select(Webhook).where(col(Webhook.id) == webhook_id, kept_by(caller)))
    if found is None:
        raise Refused("not-found")
    return WebhookOut.model_validate(found)


async def delivery_page(
    session: AsyncSession, webhook_id: UUID, state: str | None, window: Window, caller: Caller[None]
) -> Page[DeliveryOut]:
    """What was or is to be delivered to a webhook, in that order, with each try. Raises Refused `not-found`."""
    await webhook(session, webhook_id, caller)
    query = select(Delivery).where(col(Delivery.webhook_id) == webhook_id)
    if state is not None:
        query = query.where(col(Delivery.state) == state)
    rows = list(await session.scalars(window.narrow(query, col(Delivery.position), BY_POSITION)))
    tries = select(Attempt).where(col(Attempt.delivery_id).in_([each.id for each in rows])).order_by(col(Attempt.id))
    attempts = list(await session.scalars(tries))
    positions = {each.id: each.position for each in rows}
    return window.page(
        [
            DeliveryOut(
                **each.model_dump(include=set(DeliveryOut.model_fields)),
                attempts=[AttemptOut.model_validate(one) for one in attempts if one.delivery_id == each.id],
            )
            for each in rows
        ],
        lambda each: [positions[each.id]],
    )


async def told_of(session: AsyncSession, person_id: UUID) -> list[ToldOut]:
    """The webhooks that were or will be told of somebody's trainings."""
    query = (
        select(
            col(Webhook.id).label("webhook_id"),
            col(Webhook.agency_id),
            col(Webhook.connection_id),
            col(Webhook.events),
            col(Webhook.purpose),
            col(Webhook.url),
            func.count().label("deliveries"),
            func.min(col(Delivery.made_at)).label("first_at"),
            func.max(col(Delivery.made_at)).label("last_at"),
        )
        .join(Delivery, col(Delivery.webhook_id) == col(Webhook.id))
        .where(col(Delivery.person_id) == person_id)
        .group_by(col(Webhook.id))
        .order_by(col(Webhook.id))
    )
    return [ToldOut.model_validate(dict(row)) for row in (await session.execute(query)).mappings()]
