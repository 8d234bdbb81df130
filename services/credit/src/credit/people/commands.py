"""Keeping the copy of the registry."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.inbox import admit
from common.sets import insert, overwrite
from contracts.events import PersonChanged
from credit.domain.periods import Post
from credit.people.tables import people, posts

PERSON = (
    "person_id",
    "nip_hash",
    "agency_id",
    "staff_type",
    "status",
    "education",
    "jenjang",
    "golongan",
    "sequence",
)
POST = ("person_id", "number", "valid_from", "valid_to", "jenjang", "golongan")


async def keep_people(session: AsyncSession, received: Sequence[Received]) -> list[UUID]:
    """Stores the newest state of each person, and answers who was not known before."""
    newest: dict[UUID, tuple[int, PersonChanged]] = {}
    for item in received:
        person: PersonChanged = item.event
        if person.person_id not in newest or newest[person.person_id][0] < item.sequence:
            newest[person.person_id] = (item.sequence, person)
    ids = sorted(newest)
    known = await known_people(session, ids)
    arrived = [person_id for person_id in ids if person_id not in known]
    if arrived:
        await admit(session)
    changed = await insert(
        session,
        people,
        PERSON,
        [_person(*newest[person_id]) for person_id in ids],
        f"ON CONFLICT (person_id) DO UPDATE SET {overwrite(PERSON)}"
        " WHERE people.sequence < excluded.sequence RETURNING person_id",
    )
    if changed is not None:
        await _replace_posts(session, [newest[row.person_id][1] for row in changed.all()])
    return arrived


async def known_people(session: AsyncSession, person_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these people the registry has told of."""
    rows = await session.scalars(
        text("SELECT person_id FROM people WHERE person_id = ANY(CAST(:ids AS uuid[]))"), {"ids": list(person_ids)}
    )
    return set(rows)


async def _replace_posts(session: AsyncSession, changed: Sequence[PersonChanged]) -> None:
    await session.execute(
        text("DELETE FROM posts WHERE person_id = ANY(CAST(:ids AS uuid[]))"),
        {"ids": [person.person_id for person in changed]},
    )
    rows = [
        (person.person_id, number, post.valid_from, post.valid_to, post.jenjang, post.golongan)
        for person in changed
        for number, post in enumerate(person.posts, 1)
    ]
    await insert(session, posts, POST, rows)


async def lock_people(
    session: AsyncSession, person_ids: Sequence[UUID], agency: UUID | None = None
) -> dict[UUID, Row[Any]]:
    """Locks those of these people who serve in `agency` (None: anywhere), in the order of their ids.

    Whatever decides about a person's months, cases or balance takes this lock first, so nothing
    deadlocks. It does not conflict with foreign keys that point to people.
    """
    rows = await session.execute(
        text(
            "SELECT person_id, nip_hash, agency_id, education FROM people"
            " WHERE person_id = ANY(CAST(:ids AS uuid[]))"
            " AND (CAST(:agency AS uuid) IS NULL OR agency_id = :agency)"
            " ORDER BY person_id FOR NO KEY UPDATE"
        ),
        {"ids": list(person_ids), "agency": agency},
    )
    return {row.person_id: row for row in rows}


async def posts_of(session: AsyncSession, person_ids: Sequence[UUID]) -> Mapping[UUID, list[Post]]:
    """The posts of people, by person."""
    rows = await session.execute(
        text(
            "SELECT person_id, jenjang, valid_from, valid_to FROM posts WHERE person_id = ANY(CAST(:ids AS uuid[]))"
            " ORDER BY person_id, number"
        ),
        {"ids": list(person_ids)},
    )
    held: defaultdict[UUID, list[Post]] = defaultdict(list)
    for row in rows:
        held[row.person_id].append(Post(row.jenjang, row.valid_from, row.valid_to))
    return held


def _person(sequence: int, person: PersonChanged) -> tuple[Any, ...]:
    return (*(getattr(person, column) for column in PERSON[:-1]), sequence)
