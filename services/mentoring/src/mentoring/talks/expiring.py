"""Talks that nobody answered in time."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.parts import Parts
from mentoring.talks.letters import tell

AT_ONCE = 500
# The slot is held, as by whoever answers.
OVER = text("""
    WITH over AS (
        SELECT t.id FROM talks t JOIN talk_slots s ON s.id = t.slot_id
        WHERE t.state = 'requested' AND t.answer_by <= :now ORDER BY t.answer_by LIMIT :most FOR UPDATE OF s SKIP LOCKED
    )
    UPDATE talks t SET state = 'expired', version = version + 1 FROM over, talk_slots s
    WHERE t.id = over.id AND s.id = t.slot_id AND t.state = 'requested' RETURNING t.id, t.mentee_id, s.starts_at
""")


async def expire(session: AsyncSession, parts: Parts) -> int:
    """Lets talks expire that were not answered, and tells whoever asked. Returns how many."""
    now = parts.clock.now()
    rows = (await session.execute(OVER, {"now": now, "most": AT_ONCE})).all()
    for row in rows:
        tell(session, "expired", row.id, row.mentee_id, row.starts_at, now)
    return len(rows)
