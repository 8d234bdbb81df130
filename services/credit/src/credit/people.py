"""The people credit keeps, when they serve and in which posts: every month and every degree is judged by that."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import one_of
from contracts.callers import Caller
from contracts.nip import nip_hash
from credit.domain.degrees import Schooling
from credit.domain.periods import AWAY, Absence, Post, Tenure
from roster.people import People

PEOPLE = People(
    __name__,
    "jenjang",
    "golongan",
    assignments=("unit_id",),
    posts=("jenjang", "position", "golongan"),
    statuses=("status",),
    educations=("degree",),
    holdings=("post_id", "kind"),
    promotions=("kind", "jenjang_before", "golongan_before", "jenjang", "golongan"),
)
POSTS, STATUSES, EDUCATIONS, PROMOTIONS = (
    PEOPLE.histories[name] for name in ("posts", "statuses", "educations", "promotions")
)


async def tenures(session: AsyncSession, person_ids: Sequence[UUID]) -> Mapping[UUID, Tenure]:
    """When these people serve and in which posts, by person."""
    away: defaultdict[UUID, list[Absence]] = defaultdict(list)
    for row in await session.execute(
        select(STATUSES)
        .where(one_of(STATUSES.c.person_id, person_ids))
        .order_by(STATUSES.c.person_id, STATUSES.c.number)
    ):
        away[row.person_id].append(Absence(AWAY[row.status], row.valid_from, row.valid_to))
    held: defaultdict[UUID, list[Post]] = defaultdict(list)
    joined: dict[UUID, date] = {}
    for person_id, joined_on, number, *post in await session.execute(
        select(
            PEOPLE.c.person_id,
            PEOPLE.c.joined_on,
            POSTS.c.number,
            POSTS.c.jenjang,
            POSTS.c.valid_from,
            POSTS.c.valid_to,
            POSTS.c.golongan,
        )
        .outerjoin_from(PEOPLE.table, POSTS, POSTS.c.person_id == PEOPLE.c.person_id)
        .where(one_of(PEOPLE.c.person_id, person_ids))
        .order_by(PEOPLE.c.person_id, POSTS.c.number)
    ):
        joined[person_id] = joined_on
        if number is not None:
            held[person_id].append(Post(*post))
    return {person_id: Tenure(day, held[person_id], away[person_id]) for person_id, day in joined.items()}


async def degrees(session: AsyncSession, person_ids: Sequence[UUID]) -> Mapping[UUID, list[Schooling]]:
    """The degrees that the registry has of these people, oldest first, by person."""
    known: defaultdict[UUID, list[Schooling]] = defaultdict(list)
    for row in await session.execute(
        select(EDUCATIONS)
        .where(one_of(EDUCATIONS.c.person_id, person_ids))
        .order_by(EDUCATIONS.c.person_id, EDUCATIONS.c.number)
    ):
        known[row.person_id].append(Schooling(row.degree, row.valid_from))
    return known


class Naming(Protocol):
    """A line that names a person by NIP or by id."""

    nip: str | None
    person_id: UUID | None


async def find_people(session: AsyncSession, lines: Sequence[Naming], caller: Caller[Any]) -> list[UUID | None]:
    """The person of every line, locked; None for somebody who is not known, or not in the caller's agency."""
    hashes = [nip_hash(line.nip, caller.nip_key) if line.nip else None for line in lines]
    found = await PEOPLE.lock(
        session, {line.person_id for line in lines if line.person_id}, {each for each in hashes if each}
    )
    meant = [
        found.by_nip.get(each) if each else found.by_id.get(line.person_id) if line.person_id else None
        for line, each in zip(lines, hashes, strict=True)
    ]
    return [person.person_id if person and caller.reaches(person.agency_id) else None for person in meant]
