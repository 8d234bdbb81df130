"""Assessing training records: what each gives in AK, whatever order its events come in.

A row keeps the highest version of a record and, separately, of its revocation, so that each is applied by one statement
that ignores what is older. Then the degrees of the people concerned are settled.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.store.sets import copy, insert, overwrite
from credit.domain.books import Regulations
from credit.domain.degrees import REVOKED, judge_activity
from credit.evidence.excerpts import Completed, Revoked
from credit.evidence.settling import settle_degrees
from credit.evidence.tables import CLAIMS, evidence

DETAILS = (
    "person_id",
    "agency_id",
    "sequence",
    "form",
    "title",
    "end_date",
    "jp_counted",
    "verified",
    "degree",
    "hands",
    "rule_pack",
)
RECORD = ("record_id", *DETAILS, "outcome", "reason_code", "source")
REVOCATION = ("record_id", "person_id", "agency_id", "revoked_sequence", "revocation")
LOOK = text(
    "SELECT person_id, NULL AS record_id FROM unnest(CAST(:people AS uuid[])) AS given (person_id)"
    " WHERE NOT EXISTS (SELECT FROM people WHERE people.person_id = given.person_id)"
    " UNION ALL"
    " SELECT NULL, record_id FROM evidence WHERE record_id = ANY(CAST(:records AS uuid[]))"
)


async def look(session: AsyncSession, batch: Sequence[Received]) -> tuple[set[UUID], set[UUID]]:
    """Which people of these records are not known here, and which of the records are."""
    asked = {
        "people": list({received.event.person_id for received in batch}),
        "records": [received.event.record_id for received in batch],
    }
    rows = (await session.execute(LOOK, asked)).all()
    return {row.person_id for row in rows if row.person_id}, {row.record_id for row in rows if row.record_id}


async def assess(
    session: AsyncSession, batch: Sequence[Received], here: Collection[UUID], book: Regulations, now: datetime
) -> None:
    """Assesses the records of known people by the rules of their end dates; `here` are the records stored before."""
    completions = _newest(received for received in batch if not isinstance(received.event, Revoked))
    revocations = _newest(received for received in batch if isinstance(received.event, Revoked))
    people = {*await _store(session, completions, here, book), *await _revoke(session, revocations)}
    if people:
        await settle_degrees(session, sorted(people), book, now)


def _newest(batch: Iterable[Received]) -> list[Received]:
    newest: dict[UUID, Received] = {}
    for received in batch:
        held = newest.get(received.event.record_id)
        if held is None or held.sequence < received.sequence:
            newest[received.event.record_id] = received
    return [newest[record_id] for record_id in sorted(newest)]


async def _store(
    session: AsyncSession, completions: Sequence[Received], here: Collection[UUID], book: Regulations
) -> list[UUID]:
    """Stores records, each with the verdict on an activity. Returns whose degrees must be settled."""
    if not completions:
        return []
    verdicts = {day: _verdict(book, day) for day in {received.event.end_date for received in completions}}
    first = [received for received in completions if received.event.record_id not in here]
    if first:
        await copy(
            session, evidence.name, (*RECORD, "state"), [(*_row(received, verdicts), "active") for received in first]
        )
    changed = await insert(
        session,
        evidence,
        RECORD,
        [_row(received, verdicts) for received in completions if received.event.record_id in here],
        f"""
        ON CONFLICT (record_id) DO UPDATE SET {overwrite(DETAILS)},
            state = CASE WHEN evidence.revoked_sequence > excluded.sequence THEN 'revoked' ELSE 'active' END,
            outcome = excluded.outcome,
            reason_code = CASE WHEN evidence.revoked_sequence > excluded.sequence
                THEN evidence.reason_code ELSE excluded.reason_code END,
            source = CASE WHEN evidence.revoked_sequence > excluded.sequence THEN NULL ELSE excluded.source END,
            revocation = CASE WHEN evidence.revoked_sequence > excluded.sequence THEN evidence.revocation END,
            revoked_sequence = CASE WHEN evidence.revoked_sequence > excluded.sequence
                THEN evidence.revoked_sequence END
        WHERE evidence.sequence < excluded.sequence
        RETURNING person_id, {CLAIMS} AS settles
        """,
        state="active",
    )
    return [
        *(received.event.person_id for received in first if received.event.degree),
        *(row.person_id for row in (changed or ()) if row.settles),
    ]


async def _revoke(session: AsyncSession, revocations: Sequence[Received]) -> list[UUID]:
    """Marks records as revoked, even those that have not come yet. Returns whose degrees must be settled."""
    rows: list[tuple[Any, ...]] = []
    for received in revocations:
        event: Revoked = received.event
        rows.append((event.record_id, event.person_id, event.agency_id, received.sequence, event.reason))
    revoked = await insert(
        session,
        evidence,
        REVOCATION,
        rows,
        f"""
        ON CONFLICT (record_id) DO UPDATE SET state = excluded.state, outcome = excluded.outcome,
            reason_code = excluded.reason_code, source = NULL, revocation = excluded.revocation,
            revoked_sequence = excluded.revoked_sequence
        WHERE excluded.revoked_sequence > GREATEST(evidence.sequence, evidence.revoked_sequence)
        RETURNING person_id, {CLAIMS} AS settles
        """,
        sequence=0,
        state="revoked",
        outcome=REVOKED.outcome,
        reason_code=REVOKED.reason,
    )
    return [] if revoked is None else [row.person_id for row in revoked.all() if row.settles]


def _verdict(book: Regulations, day: date) -> tuple[str, str, str, str]:
    """The pack of an end date, and what it makes of an activity: outcome, reason, and the legal source of the reason."""
    pack = book.at(day)
    verdict = judge_activity(pack.tables)
    return pack.id, verdict.outcome, verdict.reason, pack.tables.reasons[verdict.reason]


def _row(received: Received, verdicts: Mapping[date, tuple[str, str, str, str]]) -> tuple[Any, ...]:
    event: Completed = received.event
    return (
        event.record_id,
        event.person_id,
        event.agency_id,
        received.sequence,
        event.form,
        event.title,
        event.end_date,
        event.jp_counted,
        event.verified,
        event.degree,
        msgspec.json.encode(event.hands).decode(),
        *verdicts[event.end_date],
    )
