"""Keeps the copy of people in step with the registry, and what they owe with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.events import Received
from common.inbox import Subscription
from contracts import topics
from contracts.events import PersonChanged
from training.domain.rules import Book
from training.ledger.commands import lay_again
from training.sets import Columns, lists, unnest

PERSON: Columns = {
    "person_id": "uuid",
    "nip_hash": "text",
    "staff_type": "text",
    "status": "text",
    "joined_on": "date",
    "left_on": "date",
    "education": "text",
    "agency_id": "uuid",
    "unit_id": "uuid",
    "unit_name": "text",
}
KEEP_PEOPLE = text(
    f"INSERT INTO people AS known ({', '.join(PERSON)}, sequence)"  # noqa: S608 - built of names in this code
    f" SELECT * FROM {unnest({**PERSON, 'sequence': 'bigint'})}"
    f" ON CONFLICT (person_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in [*PERSON, 'sequence'])}"
    " WHERE known.sequence < excluded.sequence RETURNING person_id"
)
ASSIGNMENT: Columns = {
    "person_id": "uuid",
    "valid_from": "date",
    "valid_to": "date",
    "agency_id": "uuid",
    "unit_id": "uuid",
    "unit_name": "text",
}
ABSENCE: Columns = {"person_id": "uuid", "valid_from": "date", "valid_to": "date", "status": "text"}


@dataclass(frozen=True)
class _Period:
    """A dated part of a person's history, with the columns of either table."""

    person_id: UUID
    valid_from: date
    valid_to: date | None
    agency_id: UUID | None = None
    unit_id: UUID | None = None
    unit_name: str | None = None
    status: str | None = None


def subscription(book: Book, clock: Clock) -> Subscription:
    """What this service wants of the registry."""

    async def handle(session: AsyncSession, received: Sequence[Received]) -> None:
        await keep_people(session, received, book, clock)

    return Subscription("training.people", topics.PEOPLE, [PersonChanged], handle)


async def keep_people(session: AsyncSession, received: Sequence[Received], book: Book, clock: Clock) -> None:
    """Keeps the newest state of each person; what is older than the state known changes nothing."""
    newest: dict[UUID, Received] = {}
    for event in sorted(received, key=lambda event: event.sequence):
        newest[event.event.person_id] = event
    # Locked in the order of person id, as everywhere.
    people = sorted(newest)
    rows = await session.execute(
        KEEP_PEOPLE,
        lists(PERSON, [newest[person].event for person in people])
        | {"sequence": [newest[person].sequence for person in people]},
    )
    changed = [row.person_id for row in rows]
    if changed:
        states: list[PersonChanged] = [newest[person].event for person in changed]
        await _replace(session, "assignments", ASSIGNMENT, changed, _assignments(states))
        await _replace(session, "absences", ABSENCE, changed, _absences(states))
        await lay_again(session, changed, book, clock)


def _assignments(states: Sequence[PersonChanged]) -> list[_Period]:
    return [
        _Period(state.person_id, part.valid_from, part.valid_to, part.agency_id, part.unit_id, part.unit_name)
        for state in states
        for part in state.assignments
        if part.valid_from != part.valid_to
    ]


def _absences(states: Sequence[PersonChanged]) -> list[_Period]:
    return [
        _Period(state.person_id, part.valid_from, part.valid_to, status=part.status)
        for state in states
        for part in state.absences
        if part.valid_from != part.valid_to
    ]


async def _replace(
    session: AsyncSession, table: str, columns: Columns, people: Sequence[UUID], periods: Sequence[_Period]
) -> None:
    await session.execute(
        text(f"DELETE FROM {table} WHERE person_id = ANY(CAST(:people AS uuid[]))"),  # noqa: S608 - a name of ours
        {"people": people},
    )
    if periods:
        await session.execute(
            text(f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM {unnest(columns)}"),  # noqa: S608 - built of names in this code
            lists(columns, periods),
        )
