"""Keeps the copy of people in step with the registry, and what they owe with it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.events import Received
from common.inbox import Subscription
from common.sets import insert, one_of, overwrite
from contracts import topics
from contracts.events import PersonChanged
from training.domain.rules import Book
from training.ledger.commands import lay_again
from training.people.tables import Absence, Assignment, Person

PERSON = (
    "person_id",
    "nip_hash",
    "staff_type",
    "status",
    "joined_on",
    "left_on",
    "education",
    "agency_id",
    "unit_id",
    "unit_name",
    "sequence",
)
ASSIGNMENT = ("person_id", "valid_from", "valid_to", "agency_id", "unit_id", "unit_name")
ABSENCE = ("person_id", "valid_from", "valid_to", "status")


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
    kept = await insert(
        session,
        Person.table(),
        PERSON,
        [_person(newest[person]) for person in people],
        f"ON CONFLICT (person_id) DO UPDATE SET {overwrite(PERSON)}"
        " WHERE people.sequence < excluded.sequence RETURNING person_id",
    )
    changed = list(kept.scalars()) if kept else []
    if changed:
        states: list[PersonChanged] = [newest[person].event for person in changed]
        await _replace(session, Assignment.table(), ASSIGNMENT, changed, _assignments(states))
        await _replace(session, Absence.table(), ABSENCE, changed, _absences(states))
        await lay_again(session, changed, book, clock)


def _person(received: Received) -> tuple[Any, ...]:
    return (*(getattr(received.event, column) for column in PERSON[:-1]), received.sequence)


def _assignments(states: Sequence[PersonChanged]) -> list[tuple[Any, ...]]:
    return [
        (state.person_id, part.valid_from, part.valid_to, part.agency_id, part.unit_id, part.unit_name)
        for state in states
        for part in state.assignments
        if part.valid_from != part.valid_to
    ]


def _absences(states: Sequence[PersonChanged]) -> list[tuple[Any, ...]]:
    return [
        (state.person_id, part.valid_from, part.valid_to, part.status)
        for state in states
        for part in state.absences
        if part.valid_from != part.valid_to
    ]


async def _replace(
    session: AsyncSession,
    table: Table,
    columns: Sequence[str],
    people: Sequence[UUID],
    periods: Sequence[tuple[Any, ...]],
) -> None:
    await session.execute(delete(table).where(one_of(table.c.person_id, people)))
    await insert(session, table, columns, periods)
