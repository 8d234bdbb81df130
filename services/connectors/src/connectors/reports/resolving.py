"""What waits and waits no longer, set by set: whoever has become known, and the courses that were mapped."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from connectors.people import PEOPLE
from connectors.reports.commands import settle

KNOWN = text("""
    WITH numbers AS (
        SELECT nip_hash, person_id FROM people WHERE nip_hash = ANY(CAST(:hashes AS text[]))
        UNION SELECT nip_hash, person_id FROM former_numbers WHERE nip_hash = ANY(CAST(:hashes AS text[]))
    ), one AS (
        SELECT nip_hash, (array_agg(person_id))[1] AS person_id FROM numbers GROUP BY nip_hash HAVING count(*) = 1
    )
    UPDATE reports r SET person_id = one.person_id FROM one
    WHERE r.nip_hash = one.nip_hash AND r.person_id IS NULL RETURNING r.id
""")
"""A number that two people have at the moment names nobody."""


async def know_people(session: AsyncSession, nip_hashes: Collection[str], now: datetime) -> None:
    """Gives reports that wait for these numbers to whom they name."""
    hashes = [each for each in nip_hashes if each]
    if not hashes:
        return
    await PEOPLE.lock(session, nip_hashes=hashes)
    found = await session.scalars(KNOWN, {"hashes": hashes})
    await settle(session, list(found), now)
