"""Who is who, for the use cases that count for people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from training.domain.duty import in_service

LOCK = text(
    "WITH former AS MATERIALIZED ("
    " SELECT person_id, nip_hash FROM former_numbers WHERE nip_hash = ANY(CAST(:nip_hashes AS text[]))"
    ") SELECT person_id, joined_on, left_on, agency_id,"
    " nip_hash || ARRAY(SELECT former.nip_hash FROM former WHERE former.person_id = people.person_id) AS nip_hashes"
    " FROM people WHERE person_id = ANY(CAST(:ids AS uuid[]) || ARRAY(SELECT former.person_id FROM former))"
    " OR nip_hash = ANY(CAST(:nip_hashes AS text[]))"
    " ORDER BY person_id FOR NO KEY UPDATE"
)
SERVED = text(
    "SELECT person_id, valid_from, valid_to, agency_id FROM assignments WHERE person_id IN ("
    " SELECT person_id FROM assignments WHERE person_id = ANY(CAST(:ids AS uuid[])) AND valid_to IS NOT NULL"
    ") ORDER BY person_id, valid_from"
)
"""Most have served in one agency only; it is on their row."""

# The same rule as Known.agency_on, for many records `r` of people `p`; a test holds the two together.
AGENCY_ON = """
    coalesce((
        SELECT a.agency_id FROM assignments a
        WHERE a.person_id = r.person_id AND (a.valid_to IS NULL OR r.end_date < a.valid_to)
        ORDER BY a.valid_from LIMIT 1
    ), p.agency_id)
"""


class Service(NamedTuple):
    """Where a person served, from a day until the day before another."""

    valid_from: date
    valid_to: date | None
    agency_id: UUID


@dataclass(slots=True)
class Known:
    """A person as records need them: when they served, and where; `served` is empty for who never moved."""

    person_id: UUID
    joined_on: date
    left_on: date | None
    agency_id: UUID
    served: list[Service]

    def in_service(self, day: date) -> bool:
        return in_service(day, self.joined_on, self.left_on)

    def agency_on(self, day: date) -> UUID:
        """The agency on a day; the first one known for days before the registry's history begins."""
        for served in self.served:
            if served.valid_to is None or day < served.valid_to:
                return served.agency_id
        return self.agency_id


@dataclass(frozen=True)
class Roll:
    """People found, by id and by the hash of a number that is or was theirs."""

    by_id: dict[UUID, Known]
    by_nip: dict[str, Known]


async def lock_people(session: AsyncSession, ids: Collection[UUID], nip_hashes: Collection[str]) -> Roll:
    """Finds people and holds them until the transaction ends, in the order of person id.

    Whoever changes a person's records or ledger holds the person first, so two changes wait for
    each other and never for good. A number that somebody had before a new contract finds them still; one
    that two people have at the moment (it moves) finds nobody.
    """
    rows = (await session.execute(LOCK, {"ids": list(ids), "nip_hashes": list(nip_hashes)})).all()
    by_id: dict[UUID, Known] = {}
    by_nip: dict[str, Known] = {}
    shared: set[str] = set()
    for person_id, joined_on, left_on, agency_id, theirs in rows:
        known = by_id[person_id] = Known(person_id, joined_on, left_on, agency_id, [])
        shared.update(nip_hash for nip_hash in theirs if by_nip.setdefault(nip_hash, known) is not known)
    for nip_hash in shared:
        del by_nip[nip_hash]
    for person_id, *served in await session.execute(SERVED, {"ids": list(by_id)}):
        by_id[person_id].served.append(Service(*served))
    return Roll(by_id, by_nip)
