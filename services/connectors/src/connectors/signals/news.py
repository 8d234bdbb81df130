"""What platforms tell outside of xAPI, in the same words as statements: whoever they name and whichever course, by the names of xAPI."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import derived_id
from connectors.domain.payloads import Told
from connectors.mapping.names import course_of, user_of
from connectors.signals.commands import Said, take
from connectors.signing.tables import Connection
from contracts.zone import JAKARTA


async def tell(
    session: AsyncSession, connection: Connection, told: Sequence[Told], nip_key: str, now: datetime
) -> None:
    """Takes in what was told, and reports what follows. What was told before counts once."""
    if told:
        await take(session, connection, [said_of(each, connection.id, nip_key) for each in told], (), now)


def said_of(told: Told, connection_id: UUID, nip_key: str) -> Said:
    """The word that a message is. Its id says when the same course counts anew: of a year, or ever, the word that came first stays."""
    user, course = user_of(told.agent, nip_key), course_of(told.course, told.title)
    assert user is not None, "each adapter names a user"  # noqa: S101 - tells the type checker
    day = told.at.astimezone(JAKARTA).date()
    again = told.again if told.news == "finished" else "day"
    when = {"day": told.at.isoformat(), "year": str(day.year), "never": ""}[again]
    named = derived_id("told", connection_id, told.news, user.key.hex(), course.key.hex(), when)
    return Said(named, user, course, told.sign, told.news, told.at)
