"""The life of what SIASN is told: claimed by a sender, settled, sent again or marked as removed by HR."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from connectors.domain.siasn import Pak, Payload, Resource, Training, kind_of, load, pak_payload, training_payload
from connectors.siasn.queries import held
from connectors.siasn.schemas import ExportOut
from contracts.callers import Caller

MOST = 20
NO_PROVIDER = "-"
CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT e.id, person.siasn_id AS person, agency.siasn_id AS agency,
            (SELECT name FROM providers WHERE CAST(provider_id AS text) = e.said ->> 'provider_id') AS provider
        FROM siasn_exports e
        JOIN siasn_ids person ON person.subject_id = e.person_id AND person.siasn_id IS NOT NULL
        JOIN siasn_ids agency ON agency.subject_id = e.agency_id AND agency.siasn_id IS NOT NULL
        WHERE e.state = 'waiting' AND e.due_at <= :now AND (e.claimed_until IS NULL OR e.claimed_until <= :now)
        AND NOT EXISTS (
            SELECT FROM restrictions r WHERE r.person_id = e.person_id
            AND jsonb_exists(r.parts, CASE e.resource WHEN 'angkakredit' THEN 'credit' ELSE 'trainings' END)
        )
        ORDER BY e.due_at, e.id LIMIT :most FOR UPDATE OF e SKIP LOCKED
    )
    UPDATE siasn_exports SET claimed_until = :until, tries = tries + 1 FROM due WHERE siasn_exports.id = due.id
    RETURNING siasn_exports.id, resource, said, siasn_id, version, tries, due.person, due.agency, due.provider
""")
FROM_THERE = text("""
    UPDATE siasn_exports SET state = 'unfit', why = 'from-siasn'
    WHERE state = 'waiting' AND due_at <= :now AND siasn_id IS NULL AND id IN (
        SELECT record_id FROM reports WHERE source_name = 'siasn' AND record_id IS NOT NULL
    )
""")
"""What came from SIASN itself does not go back. It is known by then: training answers in less than the minute that all wait."""
SETTLE = text("""
    UPDATE siasn_exports SET claimed_until = NULL, siasn_id = coalesce(:siasn_id, siasn_id),
        sent_at = CASE WHEN CAST(:state AS text) = 'sent' THEN :now ELSE sent_at END,
        state = CASE WHEN version = :version AND state = 'waiting' THEN :state ELSE state END,
        why = CASE WHEN version = :version AND state = 'waiting' THEN :why ELSE why END,
        due_at = CASE WHEN version = :version AND state = 'waiting' THEN :due_at ELSE due_at END
    WHERE id = :id AND claimed_until = :until
""")
"""Of what was told anew meanwhile only the id is kept: it stays as it is now, and goes out again."""


@dataclass(frozen=True)
class Claimed:
    """Something that only one sender may send, until `until`, with the body that SIASN gets."""

    id: UUID
    resource: Resource
    version: int
    tries: int
    until: datetime
    payload: Payload


async def claim(session: AsyncSession, lease: timedelta, now: datetime) -> list[Claimed]:
    """Takes what is due, of whom SIASN knows; what is about somebody whose record rests stays."""
    until = now + lease
    await session.execute(FROM_THERE, {"now": now})
    rows = await session.execute(CLAIM, {"now": now, "until": until, "most": MOST})
    return [Claimed(row.id, row.resource, row.version, row.tries, until, _payload(row)) for row in rows]


async def settle(
    session: AsyncSession,
    claimed: Claimed,
    state: str,
    now: datetime,
    *,
    siasn_id: str | None = None,
    why: str | None = None,
    due_at: datetime | None = None,
) -> None:
    """Notes how it ended."""
    said = {"state": state, "siasn_id": siasn_id, "why": why, "due_at": due_at, "now": now}
    await session.execute(SETTLE, said | {"id": claimed.id, "until": claimed.until, "version": claimed.version})


async def settle_by_hand(session: AsyncSession, export_id: UUID, caller: Caller[Any]) -> ExportOut:
    """Tells SIASN again what it has refused, or notes that what was revoked was taken out there; that done again changes nothing.

    Raises Refused: `not-found`, `nothing-to-settle`.
    """
    found = await held(session, export_id, caller)
    if found.state == "refused":
        found.state, found.why, found.tries, found.due_at = "waiting", None, 0, caller.now
    elif found.siasn_id is not None and found.state in {"revoked", "removed"}:
        found.state = "removed"
    else:
        raise Refused("nothing-to-settle")
    await session.flush()
    return ExportOut.model_validate(found)


def _payload(row: Any) -> Payload:
    said = row.said
    if row.resource == "angkakredit":
        days = {name: _day(said[name]) for name in ("issued_on", "period_start", "period_end")}
        return pak_payload(Pak(**said | days), row.person, row.siasn_id)
    training = Training(
        number=str(row.id),
        form=said["form"],
        title=said["title"],
        start_date=_day(said["start_date"]),
        end_date=_day(said["end_date"]),
        jp=Decimal(said["jp"]),
        provider=row.provider or NO_PROVIDER,
    )
    kind = kind_of(load().at(training.end_date).tables, training.form)
    return training_payload(training, kind, row.person, row.agency, row.siasn_id)


def _day(written: str) -> date:
    return date.fromisoformat(written)
