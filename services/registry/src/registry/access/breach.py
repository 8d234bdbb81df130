"""Whom a breach concerned: the people and parts that a suspected client, or anybody in a time span, was shown.

UU 27/2022, Pasal 46: within 3 x 24 hours the people concerned and the authority are told in writing what was disclosed,
when and how, and what was done about it.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.texts import Language
from contracts.parts import PARTS
from registry.texts import PARTS as WORDS
from registry.texts import moment, say

TOUCHED = """
    SELECT person_id, array_agg(DISTINCT part ORDER BY part) AS parts, count(*) AS times,
        min(seen_at) AS first, max(seen_at) AS last
    FROM looks, unnest(person_ids) AS person_id
    WHERE seen_at >= :since AND seen_at < :until {client}
    GROUP BY person_id ORDER BY person_id
"""
OF_ANYBODY = text(TOUCHED.format(client=""))
OF_CLIENT = text(TOUCHED.format(client="AND client = :client"))


@dataclass(frozen=True)
class Touched:
    """Somebody whom a breach concerned: the parts of their record that were shown, how often, and when."""

    person_id: UUID
    parts: Sequence[str]
    times: int
    first: datetime
    last: datetime

    @property
    def fields(self) -> list[str]:
        """The fields that were shown."""
        return sorted({field for part in self.parts for field in PARTS[part]})


async def touched(
    session: AsyncSession, since: datetime, until: datetime, client: str | None
) -> AsyncIterator[Touched]:
    """The people whose records were shown from `since` on and before `until`, to a client or to anybody, by their ids."""
    span = {"since": since, "until": until}
    found = (
        await session.stream(OF_ANYBODY, span)
        if client is None
        else await session.stream(OF_CLIENT, span | {"client": client})
    )
    async for row in found:
        yield Touched(*row)


@dataclass(frozen=True)
class Breach:
    """What is told of a breach: the span, what was shown of how many, how it came about, and what was done."""

    since: datetime
    until: datetime
    client: str | None
    people: int
    parts: Sequence[str]
    how: str | None
    done: str | None


def notice_to_people(breach: Breach, parts: Sequence[str], language: Language) -> str:
    """The draft of what those are told of whom these parts were shown."""
    return say("breach.people", language, **_values(breach, parts, language))


def notice_to_authority(breach: Breach, language: Language) -> str:
    """The draft of what the authority is told."""
    return say("breach.authority", language, people=breach.people, **_values(breach, breach.parts, language))


def _values(breach: Breach, parts: Sequence[str], language: Language) -> dict[str, object]:
    open_ = say("breach.open", language)
    return {
        "what": ", ".join(say(WORDS[part], language) for part in parts),
        "since": moment(breach.since, language),
        "until": moment(breach.until, language),
        "client": breach.client or say("breach.anybody", language),
        "how": breach.how or open_,
        "done": breach.done or open_,
    }
