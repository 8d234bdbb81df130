"""Offering converted staff a mentor: whoever may join a programme of their agency that takes people, and is in it on neither side."""

from datetime import datetime, time, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.ids import derived_id
from common.store.database import Database
from common.store.outbox import emit
from contracts.events.notification import MessageRequested
from contracts.zone import JAKARTA
from roster.days import covers_sql, in_service_sql

AT_ONCE = 500
TAG = "hasil-penyetaraan"
"""As the registry has it (`contracts/tags.toml`)."""
DAY = "CAST(:today AS date)"
OFFERED = text(f"""
    WITH found AS (
        INSERT INTO mentor_offers (programme_id, person_id, offered_on)
        SELECT g.id, p.person_id, {DAY} FROM programmes g JOIN people p USING (agency_id)
        WHERE g.state = 'open' AND {DAY} BETWEEN g.opens_on AND g.closes_on AND {in_service_sql("p", DAY)}
            AND EXISTS (SELECT FROM tags t WHERE t.person_id = p.person_id AND t.tag = :tag AND {covers_sql("t", DAY)})
            AND EXISTS (
                SELECT FROM posts s WHERE s.person_id = p.person_id AND {covers_sql("s", DAY)}
                AND g.rules -> 'mentee_jenjang' ? s.jenjang
            )
            AND NOT EXISTS (SELECT FROM applications a WHERE a.programme_id = g.id AND a.person_id = p.person_id)
            AND NOT EXISTS (SELECT FROM mentor_offers o WHERE o.programme_id = g.id AND o.person_id = p.person_id)
        ORDER BY g.id, p.person_id LIMIT :most
        ON CONFLICT DO NOTHING RETURNING programme_id, person_id
    )
    SELECT person_id, g.id AS programme_id, g.title, g.closes_on, g.agency_id FROM found JOIN programmes g ON g.id = programme_id
    ORDER BY programme_id, person_id
""")  # noqa: S608 - built of names in this code


async def offer_all(database: Database, clock: Clock) -> int:
    """Offers each who has not been told of a programme yet; returns how many were.

    Safe to run at any time: each round is a transaction of its own, and finds who is left.
    """
    offered = 0
    while True:
        async with database.transaction() as session:
            done = await _offer(session, clock)
        offered += done
        if done < AT_ONCE:
            return offered


async def _offer(session: AsyncSession, clock: Clock) -> int:
    rows = (await session.execute(OFFERED, {"today": clock.today(), "tag": TAG, "most": AT_ONCE})).all()
    for row in rows:
        asked = MessageRequested(
            request_id=derived_id("mentor-offer", row.programme_id, row.person_id),
            recipient="person",
            recipient_id=row.person_id,
            template="mentor-offer",
            values={"title": row.title, "closes_on": row.closes_on},
            reason="converted",
            expires_at=datetime.combine(row.closes_on + timedelta(days=1), time(), JAKARTA),
            asked_by=row.agency_id,
        )
        emit(session, asked, sequence=1, time=clock.now())
    return len(rows)
