"""What a service holds of an agency, and whom a reform of it gives that to: told when the registry asks.

Services do not ask each other in a request: a plan is asked about by an event, and each acts on its own copy when the
reform has come. A service says it in `reforms/consumers.py`, by `telling`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.ids import derived_id
from common.messages.inbox import Subscription
from common.parts import Parts
from common.store.outbox import emit
from contracts import topics
from contracts.events.reforms import AgencyHeld, GoesTo, HeldItem, ReformPreviewAsked


@dataclass(frozen=True)
class Held:
    """Something of an agency: its name, who gets it, how it is counted (a query by `:agency`), and where it is listed."""

    kind: str
    goes_to: GoesTo
    sql: str
    listed: str | None = None


def telling(module: str, held: Sequence[Held]) -> Callable[[Parts], Subscription]:
    """How a service hears that a reform is planned, and tells how much it holds of the agency, counted in one statement."""
    service = module.partition(".")[0]
    counts = text(f"SELECT {', '.join(f'({each.sql})' for each in held)}")

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        for received in batch:
            asked: ReformPreviewAsked = received.event
            found = (await session.execute(counts, {"agency": asked.agency_id})).one()
            answer = AgencyHeld(
                preview_id=asked.preview_id,
                agency_id=asked.agency_id,
                service=service,
                items=[
                    HeldItem(
                        kind=each.kind,
                        goes_to=each.goes_to,
                        count=count,
                        listed=each.listed and each.listed.format(agency=asked.agency_id),
                    )
                    for each, count in zip(held, found, strict=True)
                ],
            )
            emit(session, answer, sequence=1, event_id=derived_id("agency-held", asked.preview_id, service))

    def subscription(_: Parts) -> Subscription:
        return Subscription(f"{service}.reforms", topics.REFORM_PREVIEWS, (ReformPreviewAsked,), handle)

    return subscription
