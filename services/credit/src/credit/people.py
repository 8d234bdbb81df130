"""The people credit keeps, when they serve and in which posts: every month and every degree is judged by that."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import one_of
from credit.domain.degrees import Schooling
from credit.domain.periods import AWAY, Absence, Post, Tenure
from roster.people import People

PEOPLE = People(
    __name__, "jenjang", "golongan", posts=("jenjang", "position"), statuses=("status",), educations=("degree",)
)
POSTS, STATUSES, EDUCATIONS = (PEOPLE.histories[name] for name in ("posts", "statuses", "educations"))


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
    for person_id, joined_on, number, jenjang, valid_from, valid_to in await session.execute(
        select(
            PEOPLE.c.person_id,
            PEOPLE.c.joined_on,
            POSTS.c.number,
            POSTS.c.jenjang,
            POSTS.c.valid_from,
            POSTS.c.valid_to,
        )
        .outerjoin_from(PEOPLE.table, POSTS, POSTS.c.person_id == PEOPLE.c.person_id)
        .where(one_of(PEOPLE.c.person_id, person_ids))
        .order_by(PEOPLE.c.person_id, POSTS.c.number)
    ):
        joined[person_id] = joined_on
        if number is not None:
            held[person_id].append(Post(jenjang, valid_from, valid_to))
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
