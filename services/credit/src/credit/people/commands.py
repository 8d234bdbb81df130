"""Keeping the copy of the registry."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, Table, delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.waiting import admit
from common.store.sets import insert, one_of, overwrite
from contracts.events import PersonChanged
from credit.domain.degrees import Schooling
from credit.domain.periods import Absence, Away, Post, Service
from credit.people.tables import absences, educations, former_numbers, people, posts

PERSON = (
    "person_id",
    "nip_hash",
    "agency_id",
    "staff_type",
    "status",
    "joined_on",
    "jenjang",
    "golongan",
    "sequence",
)
NUMBER = ("person_id", "number", "nip_hash")
POST = ("person_id", "number", "valid_from", "valid_to", "jenjang", "golongan")
EDUCATION = ("person_id", "number", "valid_from", "degree")
ABSENCE = ("person_id", "number", "valid_from", "valid_to", "why")
AWAY: Mapping[str, Away] = {"leave": "on-leave", "study": "on-study", "retired": "retired", "deceased": "deceased"}
"""What a status of the registry means here; an active person is not away."""


class Kept(NamedTuple):
    """Who was not known before, and who was and has changed."""

    arrived: list[UUID]
    changed: list[UUID]


async def keep_people(session: AsyncSession, received: Sequence[Received]) -> Kept:
    """Stores the newest state of each person."""
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
    told: list[PersonChanged] = []
    if changed is not None:
        told = [newest[row.person_id][1] for row in changed.all()]
        await _replace(session, posts, POST, told, _posts)
        await _replace(session, absences, ABSENCE, told, _absences)
        await _replace(session, educations, EDUCATION, told, _educations)
        await _replace(
            session, former_numbers, NUMBER, told, lambda person: [(each,) for each in person.former_nip_hashes]
        )
    return Kept(arrived, [person.person_id for person in told if person.person_id in known])


async def known_people(session: AsyncSession, person_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these people the registry has told of."""
    rows = await session.scalars(
        text("SELECT person_id FROM people WHERE person_id = ANY(CAST(:ids AS uuid[]))"), {"ids": list(person_ids)}
    )
    return set(rows)


async def _replace(
    session: AsyncSession,
    table: Table,
    columns: Sequence[str],
    told: Sequence[PersonChanged],
    rows: Callable[[PersonChanged], Sequence[Sequence[Any]]],
) -> None:
    await session.execute(delete(table).where(one_of(table.c.person_id, [person.person_id for person in told])))
    numbered = [(person.person_id, number, *row) for person in told for number, row in enumerate(rows(person), 1)]
    await insert(session, table, columns, numbered)


def _posts(person: PersonChanged) -> list[Sequence[Any]]:
    return [(post.valid_from, post.valid_to, post.jenjang, post.golongan) for post in person.posts]


def _absences(person: PersonChanged) -> list[Sequence[Any]]:
    spans = [(span.status, span.valid_from, span.valid_to) for span in person.statuses or person.absences]
    if person.left_on and not person.statuses:  # an event from before statuses were told
        spans.append((person.status if person.status in {"retired", "deceased"} else "retired", person.left_on, None))
    return [(start, until, AWAY[status]) for status, start, until in spans if status in AWAY]


def _educations(person: PersonChanged) -> list[Sequence[Any]]:
    if person.education and not person.educations:  # an event from before degrees had dates
        return [(person.joined_on, person.education)]
    return [(span.valid_from, span.degree) for span in person.educations]


async def lock_people(
    session: AsyncSession, person_ids: Sequence[UUID], agency: UUID | None = None
) -> dict[UUID, Row[Any]]:
    """Locks those of these people who serve in `agency` (None: anywhere), in the order of their ids.

    Whatever decides about a person's months, cases or balance takes this lock first, so nothing
    deadlocks. It does not conflict with foreign keys that point to people.
    """
    rows = await session.execute(
        text(
            "SELECT person_id, agency_id, nip_hash || ARRAY("
            "  SELECT former.nip_hash FROM former_numbers former WHERE former.person_id = people.person_id"
            " ) AS nip_hashes FROM people"
            " WHERE person_id = ANY(CAST(:ids AS uuid[]))"
            " AND (CAST(:agency AS uuid) IS NULL OR agency_id = :agency)"
            " ORDER BY person_id FOR NO KEY UPDATE"
        ),
        {"ids": list(person_ids), "agency": agency},
    )
    return {row.person_id: row for row in rows}


async def educations_of(session: AsyncSession, person_ids: Sequence[UUID]) -> Mapping[UUID, list[Schooling]]:
    """The degrees of people in the order of their days, by person."""
    known: defaultdict[UUID, list[Schooling]] = defaultdict(list)
    for row in await session.execute(
        text(
            "SELECT person_id, degree, valid_from FROM educations WHERE person_id = ANY(CAST(:ids AS uuid[]))"
            " ORDER BY person_id, number"
        ),
        {"ids": list(person_ids)},
    ):
        known[row.person_id].append(Schooling(row.degree, row.valid_from))
    return known


async def service_of(session: AsyncSession, person_ids: Sequence[UUID]) -> Mapping[UUID, Service]:
    """When and as what these people serve, by person."""
    wanted = {"ids": list(person_ids)}
    away: defaultdict[UUID, list[Absence]] = defaultdict(list)
    for row in await session.execute(
        text(
            "SELECT person_id, why, valid_from, valid_to FROM absences WHERE person_id = ANY(CAST(:ids AS uuid[]))"
            " ORDER BY person_id, number"
        ),
        wanted,
    ):
        away[row.person_id].append(Absence(row.why, row.valid_from, row.valid_to))
    held: defaultdict[UUID, list[Post]] = defaultdict(list)
    joined: dict[UUID, date] = {}
    for row in await session.execute(
        text(
            "SELECT people.person_id, joined_on, number, posts.jenjang, valid_from, valid_to"
            " FROM people LEFT JOIN posts ON posts.person_id = people.person_id"
            " WHERE people.person_id = ANY(CAST(:ids AS uuid[])) ORDER BY people.person_id, number"
        ),
        wanted,
    ):
        joined[row.person_id] = row.joined_on
        if row.number is not None:
            held[row.person_id].append(Post(row.jenjang, row.valid_from, row.valid_to))
    return {person_id: Service(day, held[person_id], away[person_id]) for person_id, day in joined.items()}


def _person(sequence: int, person: PersonChanged) -> tuple[Any, ...]:
    return (*(getattr(person, column) for column in PERSON[:-1]), sequence)
