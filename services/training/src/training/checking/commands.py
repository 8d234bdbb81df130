"""Taking records to check, and deciding about them: none is in two hands at once, and nobody decides about their own.

Taking passes over rows that somebody else is taking at the moment, so verifiers never wait for each other.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import derived_id
from common.refused import Refused
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.notification import MessageRequested
from training.checking import queries
from training.checking.schemas import CheckOut
from training.checking.tables import Check
from training.domain.checking import BOOK, Verdict, check_open
from training.domain.rules import Book
from training.records.commands import confirm_held, held_record, revoke_held
from training.records.tables import Record

MAILED_FOR = timedelta(days=90)
"""How long the mail waits for an address."""
# A lease that ran out is taken over with its row, so its id is good for whoever has it now.
TAKE = text("""
    WITH next AS MATERIALIZED (
        SELECT r.id FROM records r
        WHERE r.state = 'valid' AND NOT r.verified AND r.agency_id = ANY(CAST(:offices AS uuid[]))
            AND NOT r.hands && CAST(:hands AS text[]) AND CAST(r.person_id AS text) <> ALL(CAST(:hands AS text[]))
            AND NOT EXISTS (SELECT FROM checks c WHERE c.record_id = r.id AND c.verdict IS NULL AND c.until > :now)
        ORDER BY r.id LIMIT :most FOR NO KEY UPDATE OF r SKIP LOCKED
    )
    INSERT INTO checks (id, record_id, held_by, acting_for, until)
    SELECT uuidv7(), id, :subject, :acting_for, :until FROM next
    ON CONFLICT (record_id) WHERE verdict IS NULL
    DO UPDATE SET held_by = excluded.held_by, acting_for = excluded.acting_for, until = excluded.until
    WHERE checks.until <= :now
    RETURNING id
""")


async def take(session: AsyncSession, most: int, caller: Caller[Book]) -> list[CheckOut]:
    """Puts the longest waiting records into the caller's hands, as many as the rules let them have at once."""
    rules = BOOK.at(caller.today).tables
    in_hand = await session.scalar(
        select(func.count()).where(
            col(Check.held_by) == caller.subject, col(Check.verdict).is_(None), col(Check.until) > caller.now
        )
    )
    given = {
        "offices": list(caller.offices),
        "hands": sorted(caller.actor.hands),
        "subject": caller.subject,
        "acting_for": caller.acting_for,
        "now": caller.now,
        "until": caller.now + rules.lease,
        "most": rules.may_take(in_hand or 0, most),
    }
    return await queries.checks(session, (await session.scalars(TAKE, given)).all())


async def confirm(session: AsyncSession, check_id: UUID, caller: Caller[Book]) -> None:
    """Says that a record in the caller's hands is as it was told: it is verified from now on. Raises Refused."""
    _, record = await _decide(session, check_id, "confirmed", None, caller)
    await confirm_held(session, record, caller)


async def refuse(session: AsyncSession, check_id: UUID, reason: str, caller: Caller[Book]) -> None:
    """Says why a record in the caller's hands does not count, and writes to whom it is about. Raises Refused."""
    check, record = await _decide(session, check_id, "refused", reason, caller)
    await revoke_held(session, record, reason, caller)
    emit(
        session,
        MessageRequested(
            request_id=derived_id("training-refused", check.id),
            recipient="person",
            recipient_id=record.person_id,
            template="training-refused",
            values={"number": str(record.id), "end_date": record.end_date.isoformat()},
            reason="your-training",
            expires_at=caller.now + MAILED_FOR,
            asked_by=record.agency_id,
        ),
        sequence=1,
        time=caller.now,
    )


async def _decide(
    session: AsyncSession, check_id: UUID, verdict: Verdict, reason: str | None, caller: Caller[Book]
) -> tuple[Check, Record]:
    """Decides about a record, held after its person: whoever decides at the same time waits, and finds it decided."""
    record_id = await session.scalar(select(col(Check.record_id)).where(col(Check.id) == check_id))
    if record_id is None:
        raise Refused("not-found")
    record, _ = await held_record(session, record_id, caller)
    check = await session.get_one(Check, check_id, with_for_update=True)
    check_open(check.verdict, check.held_by, check.until, caller.subject, caller.now)
    if caller.actor.is_own_case(record.person_id) or not caller.actor.hands.isdisjoint(record.hands):
        raise Refused("own-record")
    if record.state == "revoked":
        raise Refused("record-revoked")
    if record.verified:
        raise Refused("already-verified")
    check.verdict, check.reason, check.decided_at = verdict, reason, caller.now
    return check, record
