"""Keeping what SIASN is to be told: a row a record or PAK, as it is now; of several words on one the newest counts."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.parts import Parts
from common.refused import Refused
from common.store.sets import insert, one_of
from connectors.domain.siasn import Resource, kind_of, load, whole_hours
from connectors.settings import Settings
from connectors.siasn.tables import SiasnExport
from contracts.events.credit import PakIssued
from contracts.events.training import TrainingRevoked

LATER = timedelta(minutes=1)
"""After which it is sent: until then what is mended at once is one message, and what came from SIASN is known to have."""
ROW = ("id", "resource", "person_id", "agency_id", "version", "said", "state", "why", "due_at")
NEWER = """
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, person_id = excluded.person_id, agency_id = excluded.agency_id,
        resource = CASE WHEN excluded.state = 'revoked' THEN siasn_exports.resource ELSE excluded.resource END,
        said = excluded.said, why = excluded.why, tries = 0, told_at = excluded.told_at,
        state = CASE WHEN excluded.state = 'waiting' AND siasn_exports.state = 'sent' AND siasn_exports.said = excluded.said
            THEN 'sent' ELSE excluded.state END,
        due_at = excluded.due_at
    WHERE siasn_exports.version < excluded.version
"""
"""What would say the same as what was sent is not sent again."""


async def lay_records(session: AsyncSession, batch: Sequence[Received], parts: Parts) -> None:
    """Keeps records of the agencies that SIASN is told of: what is verified, and whatever becomes of that later."""
    rows: list[tuple[Any, ...]] = []
    begun: set[Any] = set()
    for each in batch:
        record = each.event
        if record.event is TrainingRevoked:
            rows.append(_revoked(record.record_id, "kursus", each))
            continue
        if record.verified:
            begun.add(record.record_id)
        state, why, resource = "waiting", None, "kursus"
        try:
            resource = kind_of(load().at(record.end_date).tables, record.form).resource
            whole_hours(record.jp_counted)
        except Refused as refused:
            state, why = "unfit", refused.code
        said = {
            "form": record.form,
            "title": record.title,
            "start_date": record.start_date.isoformat(),
            "end_date": record.end_date.isoformat(),
            "jp": str(record.jp_counted),
            "provider_id": str(record.provider_id) if record.provider_id else None,
        }
        rows.append(_row(record.record_id, resource, each, said, state, why, parts))
    await _lay(session, rows, begun, parts)


async def lay_papers(session: AsyncSession, batch: Sequence[Received], parts: Parts) -> None:
    """Keeps PAK of the agencies that SIASN is told of."""
    rows: list[tuple[Any, ...]] = []
    for each in batch:
        paper = each.event
        if isinstance(paper, PakIssued):
            names = {"number", "issued_on", "period_start", "period_end", "ak_new", "origin"}
            said = paper.model_dump(mode="json", include=names)
            rows.append(_row(paper.paper_id, "angkakredit", each, said, "waiting", None, parts))
        else:
            rows.append(_revoked(paper.paper_id, "angkakredit", each))
    await _lay(session, rows, {row[0] for row in rows}, parts)


def _row(
    of: Any, resource: Resource, each: Received, said: dict[str, Any], state: str, why: str | None, parts: Parts
) -> tuple[Any, ...]:
    due = parts.clock.now() + LATER
    event = each.event
    return of, resource, event.person_id, event.agency_id, each.sequence, json.dumps(said), state, why, due


def _revoked(of: Any, resource: Resource, each: Received) -> tuple[Any, ...]:
    event = each.event
    return of, resource, event.person_id, event.agency_id, each.sequence, "{}", "revoked", None, None


async def _lay(session: AsyncSession, rows: Sequence[tuple[Any, ...]], begun: set[Any], parts: Parts) -> None:
    """What is not begun by the batch, or is of an agency that SIASN is not told of, is kept only where it was begun before."""
    settings: Settings = parts.settings
    if not settings.siasn_agencies:
        return
    ids = SiasnExport.table().c.id
    known = set(await session.scalars(select(ids).where(one_of(ids, {row[0] for row in rows}))))
    newest = {row[0]: row for row in sorted(rows, key=lambda row: row[4])}
    kept = [
        row
        for of, row in sorted(newest.items())
        if of in known or (row[3] in settings.siasn_agencies and (of in begun or row[6] == "revoked"))
    ]
    await insert(session, SiasnExport.table(), ROW, kept, NEWER, tries=0, told_at=parts.clock.now())
