"""From events to deliveries: one for each webhook that is to hear of one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.ids import derived_id
from common.store.sets import insert
from connectors.webhooks.excerpts import told
from connectors.webhooks.schemas import Kind
from connectors.webhooks.tables import Delivery
from contracts.events.training import ActivityTaken

NEW = ("id", "webhook_id", "person_id", "event", "body", "due_at")
LISTENING = text(
    "WITH heirs AS (SELECT agency_id, CAST(successors ->> 0 AS uuid) AS heir FROM agencies WHERE successors ->> 0 IS NOT NULL)"
    " SELECT w.id, w.events, w.reference, own.agency_id"
    " FROM unnest(CAST(:agencies AS uuid[])) own (agency_id) LEFT JOIN heirs o ON o.agency_id = own.agency_id"
    " JOIN webhooks w ON w.agency_id = coalesce(o.heir, own.agency_id) WHERE w.enabled ORDER BY w.id"
)
"""Which webhooks are to hear of what is of these agencies, known here already or not: those of an agency, or of its heir alone."""
REPORTING = text(
    "SELECT r.id AS report_id, r.source_name, r.reference, w.id, w.events FROM reports r"
    " JOIN webhooks w ON w.connection_id = r.connection_id AND w.enabled"
    " WHERE r.id = ANY(CAST(:reports AS uuid[])) ORDER BY w.id"
)
"""Which webhooks are to hear of what became of these reports: those of the connection that has reported."""


async def deliver(session: AsyncSession, batch: Sequence[Received], now: datetime) -> None:
    """Lays these events ready for the webhooks that are to hear of them, in their order."""
    agencies = {received.event.agency_id for received in batch}
    listening: defaultdict[UUID, list[tuple[UUID, list[str], str]]] = defaultdict(list)
    for webhook_id, events, reference, agency_id in await session.execute(LISTENING, {"agencies": list(agencies)}):
        listening[agency_id].append((webhook_id, events, reference))
    rows = [
        _row(webhook_id, received, received.event.kind, told(received.event, reference, received.sequence), now)
        for received in batch
        for webhook_id, events, reference in listening[received.event.agency_id]
        if received.event.kind in events
    ]
    await _lay(session, rows, now)


async def deliver_answers(session: AsyncSession, batch: Sequence[Received], now: datetime) -> None:
    """Lays ready for connections what became of what they have reported themselves; that something was refused, their reports show."""
    taken = [received for received in batch if isinstance(received.event, ActivityTaken)]
    listening: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in await session.execute(REPORTING, {"reports": [received.event.report_id for received in taken]}):
        listening[row.report_id].append(row)
    rows = [
        _row(row.id, received, kind, _of_report(row, received), now)
        for received in taken
        for row in listening[received.event.report_id]
        if (kind := _kind(received)) in row.events
    ]
    await _lay(session, rows, now)


def _kind(received: Received) -> Kind:
    if received.event.record_id is None:
        return "training.revoked"
    return "training.completed" if received.sequence == 1 else "training.corrected"


def _of_report(row: Any, received: Received) -> Mapping[str, Any]:
    event: ActivityTaken = received.event
    return {
        "reference": row.reference,
        "source_name": row.source_name,
        "version": received.sequence,
        "report_id": event.report_id,
        "record_id": event.record_id,
        "person_id": event.person_id,
    }


def _row(webhook_id: UUID, received: Received, kind: Kind, said: Mapping[str, Any], now: datetime) -> Sequence[Any]:
    message = {"type": kind, "timestamp": received.time.isoformat(), "data": said}
    named = derived_id("webhook", webhook_id, received.id)
    return named, webhook_id, received.event.person_id, kind, msgspec.json.encode(message).decode(), now


async def _lay(session: AsyncSession, rows: Sequence[Sequence[Any]], now: datetime) -> None:
    await insert(session, Delivery.table(), NEW, rows, state="waiting", tries=0, made_at=now)
